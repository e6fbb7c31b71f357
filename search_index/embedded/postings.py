"""Reading one segment: posting lists and columns.

Whoosh's matchers advance one document at a time through several Python calls; reading whole lists
is about ten times as fast, which allows exact totals and facets.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any, TypeVar

from whoosh.matching.wrappers import FilterMatcher

from search_index.embedded.codec import PostingList
from search_index.embedded.schema import CHARACTERS, COLUMNS, TEXT, seal

T = TypeVar("T")


class Columns:
    """The columns of one segment, by document number; they never change once written."""

    def __init__(self, reader: Any) -> None:
        self.count: int = reader.doc_count_all()
        columns = [list(reader.column_reader(name)) for name in (*COLUMNS, "seal")]
        if any(len(column) != self.count for column in columns):
            raise ValueError(f"columns of {self.count} documents differ in length")
        for *values, sealed in zip(*columns, strict=True):
            if seal(*values) != sealed:
                raise ValueError(f"the columns of entry {values[0]} do not fit their checksum")
        entry_ids, revisions, days, kinds, organisations, _ = columns
        self.entry_ids: array[int] = array("Q", entry_ids)
        self.revisions: array[int] = array("I", revisions)
        self.days: array[int] = array("I", days)
        self.years = array("H", [date.fromordinal(day).year for day in days])
        self.kinds: list[str] = list(_shared(kinds, bytes.decode))
        self.organisations: list[tuple[int, ...]] = list(_shared(organisations, _as_ids))
        self.lengths = array(
            "I", (reader.doc_field_length(n, TEXT) or 0 for n in range(self.count))
        )
        self.terms: int = sum(self.lengths)


def _as_ids(value: bytes) -> tuple[int, ...]:
    return tuple(int(part) for part in value.split(b",") if part)


def _shared(values: Iterable[bytes], convert: Callable[[bytes], T]) -> Iterator[T]:
    known: dict[bytes, T] = {}
    for value in values:
        if value not in known:
            known[value] = convert(value)
        yield known[value]


class Leaf:
    """One segment during one request, with the posting lists read so far."""

    def __init__(self, reader: Any, columns: Columns) -> None:
        self.reader = reader
        self.columns = columns
        self.live = frozenset(reader.all_doc_ids()) if reader.has_deletions() else None
        self._lists: dict[tuple[str, str], PostingList | None] = {}

    def frequency(self, field: str, term: str) -> int:
        """Return the number of documents in the segment with ``term``, deleted ones included."""
        return int(self.reader.doc_frequency(field, term.encode()))

    def count(self) -> int:
        """Return the number of documents that are not deleted."""
        return self.columns.count if self.live is None else len(self.live)

    def probe(self, most: int | None) -> None:
        """Read up to ``most`` posting lists of each field; raise where the files are damaged."""
        for field in (TEXT, CHARACTERS):
            for term in islice(self.reader.lexicon(field), most):
                postings = self._read(field, term)
                if not postings or postings.numbers[-1] >= self.columns.count:
                    raise ValueError(f"the posting list of {term!r} does not fit")
                if field == TEXT:
                    postings.positions(len(postings.numbers) - 1)

    def documents(self) -> set[int]:
        """Return the numbers of all documents that are not deleted."""
        return set(range(self.columns.count)) if self.live is None else set(self.live)

    def postings(self, term: str, field: str = TEXT) -> PostingList | None:
        """Return the posting list of ``term``, deleted documents included; ``None`` without one."""
        key = (field, term)
        if key not in self._lists:
            self._lists[key] = self._read(field, term.encode())
        return self._lists[key]

    def numbers(self, term: str, field: str = TEXT) -> list[int]:
        """Return the numbers of the documents that contain ``term``, ascending."""
        postings = self.postings(term, field)
        return postings.numbers if postings else []

    def with_character(self, character: str) -> list[int]:
        """Return the numbers of documents that contain one Han character."""
        return self.numbers(character, CHARACTERS)

    def positions(self, term: str, wanted: set[int]) -> dict[int, "array[int]"]:
        """Return document number → positions of ``term`` for the documents in ``wanted``."""
        postings = self.postings(term)
        if postings is None:
            return {}
        numbers = enumerate(postings.numbers)
        return {number: postings.positions(i) for i, number in numbers if number in wanted}

    def _read(self, field: str, term: bytes) -> PostingList | None:
        if (field, term) not in self.reader:
            return None
        matcher = self.reader.postings(field, term)
        if isinstance(matcher, FilterMatcher):
            matcher = matcher.child
        if not isinstance(matcher, PostingList):
            raise TypeError(f"a posting list of another codec: {type(matcher).__name__}")
        return matcher
