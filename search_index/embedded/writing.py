"""Commits: opening a writer, merging segments, and the meaning of errors."""

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

from search_index.embedded.codec import LetterCodec, Pool
from search_index.embedded.snapshot import Snapshot
from search_index.embedded.storage import open_index
from search_index.engine import Document
from search_index.errors import IndexDamaged, IndexUnwritable, SearchIndexError

SEGMENT_DOCUMENTS = 20_000
"""Most documents in a segment: some 300 MB of memory at 650 characters each."""

TIER = 6
"""Segments of one order of magnitude (1–9, 10–99, …) that may lie beside each other."""

_CANNOT_WRITE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EFBIG}

MergePolicy = Callable[[Any, list[Any]], list[Any]]


class LetterWriter(SegmentWriter):  # type: ignore[misc]
    """Whoosh's writer of a segment, with our lists beside its columns."""

    def __init__(self, folder: Path, before: Snapshot) -> None:
        # A compound segment would be copied into memory whole each time a reader is opened.
        super().__init__(open_index(folder), codec=LetterCodec(), compound=False)
        self.pool = Pool(before)

    def add(self, document: Document, columns: dict[str, object]) -> None:
        """Add one document with its ``document_columns``."""
        self.add_document(**columns)
        self.pool.inverter.add(document.title, document.text, document.reply)

    def add_postings_to_pool(self, reader: Any, startdoc: int, docmap: dict[int, int]) -> None:
        """Add the lists of the documents of ``reader`` that are not deleted."""
        kept = np.fromiter(reader.all_doc_ids(), np.int64)
        self.pool.inverter.add_lists(reader._terms.unpacked(), kept)


@contextmanager
def committing(
    folder: Path, before: Snapshot, merge: MergePolicy | None = None
) -> Iterator[LetterWriter]:
    """Yield a writer of the index in ``folder``; commit at the end, cancel on any error.

    ``before`` is what the index holds; an empty one will do where it is filled from nothing.
    """
    with writing():
        writer = LetterWriter(folder, before)
    try:
        yield writer
        with writing():
            writer.commit(mergetype=merge or merge_tiers)
    except BaseException:
        if not writer.is_closed:
            writer.cancel()
        raise


@contextmanager
def writing() -> Iterator[None]:
    """Turn errors in the files while writing into errors of this library."""
    try:
        yield
    except SearchIndexError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _CANNOT_WRITE:
            raise IndexUnwritable(
                f"The index cannot be written ({error.strerror}): make room or set the rights."
            ) from error
        raise IndexDamaged(
            f"The index cannot be changed ({type(error).__name__}: {error}): rebuild it."
        ) from error


def merge_tiers(writer: Any, segments: list[Any]) -> list[Any]:
    """Merge the segments of each order of magnitude that has too many."""
    tiers: dict[int, list[Any]] = {}
    for segment in segments:
        tiers.setdefault(len(str(segment.doc_count_all())), []).append(segment)
    kept: list[Any] = []
    for tier in tiers.values():
        documents = sum(segment.doc_count_all() for segment in tier)
        if len(tier) < TIER or documents > SEGMENT_DOCUMENTS:
            kept += tier
        else:
            merge_all(writer, tier)
    return kept


def merge_all(writer: Any, segments: list[Any]) -> list[Any]:
    """Copy the live documents of all ``segments`` into the new one."""
    for segment in segments:
        reader = SegmentReader(writer.storage, writer.schema, segment)
        try:
            writer.add_reader(reader)
        finally:
            reader.close()
    return []


def merge_only(names: set[str]) -> MergePolicy:
    """Return a policy that merges the segments called ``names`` and keeps the others."""

    def policy(writer: Any, segments: list[Any]) -> list[Any]:
        merge_all(writer, [s for s in segments if s.segment_id() in names])
        return [s for s in segments if s.segment_id() not in names]

    return policy


def purges(folder: Path) -> list[set[str]]:
    """Return the groups of segments to merge so that no deleted document is left in the files.

    Segments with deletions, and those too small to stand alone, go together into groups of at most
    ``SEGMENT_DOCUMENTS`` documents.
    """
    segments = sorted(open_index(folder)._segments(), key=lambda s: s.doc_count_all())
    groups: list[set[str]] = []
    room = 0
    deletions: set[str] = {s.segment_id() for s in segments if s.deleted_count()}
    for segment in segments:
        count = segment.doc_count_all()
        if segment.segment_id() not in deletions and count > SEGMENT_DOCUMENTS // 2:
            continue
        if not groups or count > room:
            groups.append(set())
            room = SEGMENT_DOCUMENTS
        groups[-1].add(segment.segment_id())
        room -= count
    return [group for group in groups if len(group) > 1 or group & deletions]
