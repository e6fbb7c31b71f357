"""The embedded engine: Whoosh stores the postings, this library interprets them.

A request looks for a newer commit first and opens that; ``Searcher.refresh`` is not used, because
it brings deleted documents back. Any error while reading is reported as damage, so that callers have one
error to handle.
"""

import sys
import threading
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

import numpy as np
from whoosh import index

from search_index.analysis import ANALYZER_VERSION
from search_index.embedded import similar as similar_letters
from search_index.embedded.generations import Generations, last_commit, sync
from search_index.embedded.schema import SCHEMA_VERSION, create_schema, document_columns
from search_index.embedded.searching import search
from search_index.embedded.segment import Segment
from search_index.embedded.snapshot import Snapshot
from search_index.embedded.storage import open_index
from search_index.embedded.writing import SEGMENT_DOCUMENTS, committing, merge_only, purges, writing
from search_index.engine import Change, Document, Nearness, Replay, SearchRequest, Upsert
from search_index.errors import IndexDamaged, SearchIndexError
from search_index.query import parse
from search_index.results import SearchPage, SimilarHit

T = TypeVar("T")

LOCK_WAIT = 10.0
"""Seconds that a writer waits for another one."""


class WhooshEngine:
    """A ``SearchEngine`` in one directory of the local disk; safe to share between threads."""

    def __init__(self, directory: Path) -> None:
        stamp: dict[str, object] = {
            "analyzer": ANALYZER_VERSION,
            "schema": SCHEMA_VERSION,
            "byte order": sys.byteorder,
        }
        self._generations = Generations(Path(directory), stamp)
        self._kept: _Kept | None = None
        self._opening = threading.Lock()

    def search(self, request: SearchRequest) -> SearchPage:
        """Return one page of hits; see ``SearchEngine.search``."""
        query = parse(request.text, request.synonyms)
        return self._read(lambda snapshot: search(snapshot, query, request))

    def similar(
        self,
        text: str,
        limit: int = 5,
        exclude: int | None = None,
        title: str = "",
        nearness: Nearness | None = None,
    ) -> list[SimilarHit]:
        """Return the entries closest to a letter; see ``SearchEngine.similar``."""
        return self._read(
            lambda snapshot: similar_letters.similar(
                snapshot, title, text, limit, exclude, nearness
            )
        )

    def ids_and_revisions(self) -> dict[int, int]:
        """Return entry id → revision of everything in the index."""
        return self._read(_ids_and_revisions)

    def last_commit(self) -> Hashable:
        """Return what distinguishes the last commit from any other state; see ``SearchEngine.last_commit``."""
        return self._with_last(lambda kept: kept.commit)

    def document_count(self) -> int:
        """Return the number of documents that can be found."""
        return self._read(lambda snapshot: len(snapshot.live_numbers))

    def check(self, *, thorough: bool = False) -> None:
        """Raise an error where the index needs a rebuild; see ``SearchEngine.check``."""
        self._kept = None
        self._read(Snapshot.verify if thorough else lambda snapshot: None)

    def apply(self, changes: Sequence[Change]) -> None:
        """Apply the changes in one commit; see ``SearchEngine.apply``.

        Raises ``ValueError`` for a document that cannot be indexed, before anything is written.
        """
        prepared = _prepare(changes)
        with self._generations.lock("write", LOCK_WAIT), writing():
            folder = self._generations.current()
            _write(folder, self._last(folder).snapshot, prepared)

    def optimise(self) -> int:
        """Leave no deleted document in the files; see ``SearchEngine.optimise``."""
        with self._generations.lock("write", LOCK_WAIT), writing():
            folder = self._generations.current()
            groups = purges(folder)
            before = self._last(folder).snapshot
            for group in groups:
                with committing(folder, before, merge_only(group)):
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
                built = _opened(folder, None).snapshot
                prepared = _prepare(replay(_ids_and_revisions(built)))
                with writing():
                    _write(folder, built, prepared)
                    self._generations.swap(folder)
            self._generations.sweep()
        return self.document_count()

    def _read(self, work: Callable[[Snapshot], T]) -> T:
        """Run ``work`` on the snapshot of the last commit; see :meth:`_with_last`."""
        return self._with_last(lambda kept: work(kept.snapshot))

    def _with_last(self, work: "Callable[[_Kept], T]") -> T:
        """Run ``work`` on the current generation, and again if it was replaced meanwhile."""
        folder: Path | None = None
        while True:
            before = folder
            try:
                folder = self._generations.current()
                return work(self._last(folder))
            except SearchIndexError:
                raise
            except Exception as error:  # noqa: BLE001 - damaged files raise anything at all
                if folder is None or folder == before:
                    raise IndexDamaged(
                        f"The index in {self._generations.directory} cannot be read "
                        f"({type(error).__name__}: {error}): rebuild it."
                    ) from error

    def _last(self, folder: Path) -> "_Kept":
        """Return the last commit in ``folder``, which is kept until the next."""
        kept = self._kept
        if kept is not None and kept.is_current(folder):
            return kept
        with self._opening:
            kept = self._kept
            if kept is None or not kept.is_current(folder):
                kept = self._kept = _opened(folder, kept)
            return kept


@dataclass(frozen=True, slots=True)
class _Kept:
    """A snapshot with the commit that it shows and its segments by name."""

    commit: tuple[Path, tuple[int, int, int]]
    segments: dict[str, Segment]
    snapshot: Snapshot

    def is_current(self, folder: Path) -> bool:
        """Return whether the last commit is this one, and nobody has written to its files."""
        if self.commit != (folder, last_commit(folder)):
            return False
        return all(segment.unchanged() for segment in self.segments.values())


def _opened(folder: Path, before: _Kept | None) -> _Kept:
    """Read the last commit in ``folder``; segments that were there ``before`` are not read again."""
    known = before.segments if before is not None and before.commit[0] == folder else {}
    # Read before the reader is opened: where a commit comes between, the next request opens it again.
    commit = folder, last_commit(folder)
    reader = open_index(folder).reader()
    try:
        leaves = [leaf for leaf, _ in reader.leaf_readers() if leaf.doc_count_all()]
        names = [leaf.segment().segment_id() for leaf in leaves]
        segments = [
            known[name] if name in known and known[name].unchanged() else Segment(leaf)
            for name, leaf in zip(names, leaves, strict=True)
        ]
        deleted = [sorted(leaf.segment().deleted_docs()) for leaf in leaves]
    finally:
        reader.close()
    return _Kept(commit, dict(zip(names, segments, strict=True)), Snapshot(segments, deleted))


def _ids_and_revisions(snapshot: Snapshot) -> dict[int, int]:
    live = snapshot.live_numbers
    return dict(
        zip(snapshot.entry_ids[live].tolist(), snapshot.revisions[live].tolist(), strict=True)
    )


Prepared = dict[int, tuple[Document, dict[str, object]] | None]


def _prepare(changes: Iterable[Change]) -> Prepared:
    """Return entry id → document and columns to write, ``None`` to delete; the last change wins."""
    prepared: Prepared = {}
    for change in changes:
        if isinstance(change, Upsert):
            document = change.document
            prepared[document.entry_id] = document, document_columns(document)
        else:
            prepared[change.entry_id] = None
    return prepared


def _fill(folder: Path, documents: Iterable[Document]) -> None:
    """Write ``documents`` into an empty index, a segment at a time."""
    remaining = iter(documents)
    for first in remaining:
        with committing(folder, Snapshot([], [])) as writer:
            for document in chain((first,), islice(remaining, SEGMENT_DOCUMENTS - 1)):
                columns = document_columns(document)
                with writing():
                    writer.add(document, columns)


def _write(folder: Path, before: Snapshot, prepared: Prepared) -> None:
    if not prepared:
        return
    live = before.live_numbers
    replaced = live[np.isin(before.entry_ids[live], list(prepared))]
    with committing(folder, before) as writer:
        for number in replaced.tolist():
            writer.delete_document(number)
        for change in prepared.values():
            if change is not None:
                writer.add(*change)
    sync(folder)
