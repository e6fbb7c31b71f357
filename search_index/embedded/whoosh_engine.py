"""The embedded engine: Whoosh stores the postings, this library interprets them.

A new reader for each request sees every commit; ``Searcher.refresh`` is not used, because it brings
deleted documents back. Any error while reading is reported as damage, so that callers have one
error to handle.
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeVar

from whoosh import index

from search_index.analysis import ANALYZER_VERSION
from search_index.embedded import similar as similar_letters
from search_index.embedded.generations import Generations, sync
from search_index.embedded.postings import Columns, Leaf
from search_index.embedded.schema import ENTRY, SCHEMA_VERSION, create_schema, document_fields
from search_index.embedded.searching import search
from search_index.embedded.storage import open_index
from search_index.embedded.writing import SEGMENT_DOCUMENTS, committing, merge_only, purges, writing
from search_index.engine import Change, Document, Replay, SearchRequest, Upsert
from search_index.errors import IndexDamaged, SearchIndexError
from search_index.query import parse
from search_index.results import SearchPage, SimilarHit

T = TypeVar("T")

LOCK_WAIT = 10.0
"""Seconds that a writer waits for another one."""

PROBED_LISTS = 50
"""Posting lists of each field read by a quick check."""


class WhooshEngine:
    """A ``SearchEngine`` in one directory of the local disk; safe to share between threads."""

    def __init__(self, directory: Path) -> None:
        stamp: dict[str, object] = {
            "analyzer": ANALYZER_VERSION,
            "schema": SCHEMA_VERSION,
            "byte order": sys.byteorder,
        }
        self._generations = Generations(Path(directory), stamp)
        self._columns: dict[str, Columns] = {}

    def search(self, request: SearchRequest) -> SearchPage:
        """Return one page of hits; see ``SearchEngine.search``."""
        query = parse(request.text)
        return self._read(lambda leaves: search(leaves, query, request))

    def similar(
        self, text: str, limit: int = 5, exclude: int | None = None, title: str = ""
    ) -> list[SimilarHit]:
        """Return the entries closest to a letter; see ``SearchEngine.similar``."""
        return self._read(
            lambda leaves: similar_letters.similar(leaves, title, text, limit, exclude)
        )

    def ids_and_revisions(self) -> dict[int, int]:
        """Return entry id → revision of everything in the index."""
        return self._read(_ids_and_revisions)

    def document_count(self) -> int:
        """Return the number of documents that can be found."""
        return self._read(lambda leaves: sum(leaf.count() for leaf in leaves))

    def check(self, *, thorough: bool = False) -> None:
        """Raise an error where the index needs a rebuild; see ``SearchEngine.check``."""
        self._columns = {}
        most = None if thorough else PROBED_LISTS
        self._read(lambda leaves: _probe(leaves, most))

    def apply(self, changes: Sequence[Change]) -> None:
        """Apply the changes in one commit; see ``SearchEngine.apply``.

        Raises ``ValueError`` for a document that cannot be indexed, before anything is written.
        """
        prepared = _prepare(changes)
        with self._generations.lock("write", LOCK_WAIT), writing():
            _write(self._generations.current(), prepared)

    def optimise(self) -> int:
        """Leave no deleted document in the files; see ``SearchEngine.optimise``."""
        with self._generations.lock("write", LOCK_WAIT), writing():
            folder = self._generations.current()
            groups = purges(folder)
            for group in groups:
                with committing(folder, merge_only(group)):
                    pass
            sync(folder)
        return len(groups)

    def rebuild(self, documents: Iterable[Document], *, replay: Replay) -> int:
        """Build a new generation and swap it in; see ``SearchEngine.rebuild``.

        Errors of ``documents`` and of ``replay`` are passed on, and the old index stays.
        """
        with self._generations.lock("rebuild", 0):
            with writing():
                folder = self._generations.begin()
                index.create_in(str(folder), create_schema())
            _fill(folder, documents)
            with self._generations.lock("write", LOCK_WAIT):
                prepared = _prepare(replay(self._read_folder(folder, _ids_and_revisions)))
                with writing():
                    _write(folder, prepared)
                    self._generations.swap(folder)
            self._generations.sweep()
        return self.document_count()

    def _read(self, work: Callable[[list[Leaf]], T]) -> T:
        """Run ``work`` on the current generation, and again if it was replaced meanwhile."""
        folder: Path | None = None
        while True:
            before = folder
            try:
                folder = self._generations.current()
                return self._read_folder(folder, work)
            except SearchIndexError:
                raise
            except Exception as error:  # noqa: BLE001 - damaged files raise anything at all
                if folder is None or folder == before:
                    raise IndexDamaged(
                        f"The index in {self._generations.directory} cannot be read "
                        f"({type(error).__name__}: {error}): rebuild it."
                    ) from error

    def _read_folder(self, folder: Path, work: Callable[[list[Leaf]], T]) -> T:
        reader = open_index(folder).reader()
        try:
            segments = [leaf for leaf, _ in reader.leaf_readers() if leaf.doc_count_all()]
            return work(self._leaves(segments))
        finally:
            reader.close()

    def _leaves(self, segments: list[Any]) -> list[Leaf]:
        """Return the segments with their columns, which are read once and cached while in use."""
        known = self._columns
        columns = {}
        for segment in segments:
            name = segment.segment().segment_id()
            columns[name] = known.get(name) or Columns(segment)
        self._columns = columns
        return [Leaf(segment, columns[segment.segment().segment_id()]) for segment in segments]


def _probe(leaves: list[Leaf], most: int | None) -> None:
    for leaf in leaves:
        leaf.probe(most)


def _ids_and_revisions(leaves: list[Leaf]) -> dict[int, int]:
    return {
        leaf.columns.entry_ids[number]: leaf.columns.revisions[number]
        for leaf in leaves
        for number in leaf.documents()
    }


def _prepare(changes: Iterable[Change]) -> dict[int, dict[str, object] | None]:
    """Return entry id → fields to write, ``None`` to delete; the last change wins."""
    prepared: dict[int, dict[str, object] | None] = {}
    for change in changes:
        if isinstance(change, Upsert):
            prepared[change.document.entry_id] = document_fields(change.document)
        else:
            prepared[change.entry_id] = None
    return prepared


def _fill(folder: Path, documents: Iterable[Document]) -> None:
    """Write ``documents`` into an empty index, a segment at a time."""
    remaining = iter(documents)
    for first in remaining:
        with committing(folder) as writer:
            for document in chain((first,), islice(remaining, SEGMENT_DOCUMENTS - 1)):
                fields = document_fields(document)
                with writing():
                    writer.add_document(**fields)


def _write(folder: Path, prepared: dict[int, dict[str, object] | None]) -> None:
    if not prepared:
        return
    with committing(folder) as writer:
        with writer.searcher() as searcher:
            for entry_id in prepared:
                writer.delete_by_term(ENTRY, str(entry_id), searcher=searcher)
        for fields in prepared.values():
            if fields is not None:
                writer.add_document(**fields)
    sync(folder)
