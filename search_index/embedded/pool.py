"""The postings of a segment while it is being built.

Whoosh's pool keeps one tuple for each posting, sorts them all and spills gigabytes to the disk.
Documents arrive with ascending numbers, so that the postings of a term need no sorting: here they
are appended to plain arrays, with a tenth of the memory and nothing spilled. The number of
documents in a segment bounds the memory.
"""

from array import array
from collections.abc import Iterator

Item = tuple[str, bytes, int, float, bytes]


class _Term:
    """The postings of one term so far."""

    __slots__ = ("numbers", "sizes", "values", "weights")

    def __init__(self) -> None:
        self.numbers = array("I")
        self.weights = array("f")
        self.sizes = array("H")
        self.values = bytearray()


class TermPool:
    """A pool of postings by field and term, with the interface of Whoosh's ``PostingPool``."""

    def __init__(self) -> None:
        self._fields: dict[str, dict[bytes, _Term]] = {}

    def add(self, item: Item) -> None:
        """Append one (field, term, document number, weight, value); numbers ascend in each term."""
        field, text, number, weight, value = item
        terms = self._fields.setdefault(field, {})
        term = terms.get(text)
        if term is None:
            term = terms[text] = _Term()
        term.numbers.append(number)
        term.weights.append(weight)
        term.sizes.append(len(value))
        term.values += value

    def iter_postings(self) -> Iterator[Item]:
        """Yield all postings by field, term and document number; free the memory of each term."""
        for field in sorted(self._fields):
            terms = self._fields[field]
            for text in sorted(terms):
                term = terms.pop(text)
                values = bytes(term.values)
                start = 0
                for number, weight, size in zip(
                    term.numbers, term.weights, term.sizes, strict=True
                ):
                    yield field, text, number, weight, values[start : start + size]
                    start += size

    def cleanup(self) -> None:
        """Free all memory."""
        self._fields.clear()
