"""One segment of the index: the columns of its documents and its posting lists."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from search_index.embedded.lists import TEXT, Lists
from search_index.embedded.schema import COLUMNS, seal

T = TypeVar("T")


class Segment:
    """The documents of one segment by their numbers, deleted ones included; it never changes.

    ``kinds``, ``topics``, ``places``, ``ratings`` and ``paths`` are values, for a document its kind, its
    topic, its place, its rating and the organisations it counts for.
    """

    def __init__(self, reader: Any) -> None:
        self.name: str = reader.segment().segment_id()
        self.count: int = reader.doc_count_all()
        columns = [list(reader.column_reader(name)) for name in (*COLUMNS, "seal")]
        if any(len(column) != self.count for column in columns):
            raise ValueError(f"columns of {self.count} documents differ in length")
        for *values, sealed in zip(*columns, strict=True):
            if seal(*values) != sealed:
                raise ValueError(f"the columns of entry {values[0]} do not fit their checksum")
        entry_ids, revisions, days, kinds, organisations, topics, places, ratings, _ = columns
        self.entry_ids = np.array(entry_ids, np.int64)
        self.revisions = np.array(revisions, np.int64)
        self.days = np.array(days, np.int64)
        self.kinds: list[str] = list(_shared(kinds, bytes.decode))
        self.topics: list[str] = list(_shared(topics, bytes.decode))
        self.places: list[int] = places
        self.ratings: list[str] = list(_shared(ratings, bytes.decode))
        self.paths: list[tuple[int, ...]] = list(_shared(organisations, _as_ids))
        self._files = reader._terms
        if self._files.documents != self.count:
            raise ValueError(
                f"the lists are of {self._files.documents} documents, not {self.count}"
            )

    def lists(self, field: str) -> Lists:
        """Return the posting lists of a field."""
        lists: Lists = self._files.fields[field]
        return lists

    @property
    def number_type(self) -> np.dtype[Any]:
        """The type of the numbers of documents in its lists."""
        kind: np.dtype[Any] = self.lists(TEXT).numbers.dtype
        return kind

    def find(self, field: str, terms: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return the place of each of ``terms`` among the lists of a field, -1 without a list."""
        known = self.lists(field).terms
        if not len(known):
            return np.full(len(terms), -1)
        places = known.searchsorted(terms)
        return np.where(known.take(places, mode="clip") == terms, places, -1)

    def unchanged(self) -> bool:
        """Return whether the files of the lists are still those that were opened."""
        unchanged: bool = self._files.unchanged()
        return unchanged

    def verify(self) -> None:
        """Read all posting lists; raise where the files are damaged."""
        self._files.verify()


def _as_ids(value: bytes) -> tuple[int, ...]:
    return tuple(int(part) for part in value.split(b",") if part)


def _shared(values: Iterable[bytes], convert: Callable[[bytes], T]) -> Iterator[T]:
    known: dict[bytes, T] = {}
    for value in values:
        if value not in known:
            known[value] = convert(value)
        yield known[value]
