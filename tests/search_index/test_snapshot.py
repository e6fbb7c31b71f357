"""What a snapshot remembers between searches, and lists behind many other documents."""

import numpy as np
import pytest

from search_index.embedded import snapshot
from search_index.embedded.lists import Lists
from search_index.embedded.snapshot import Found, KeptNumbers, Numbers, Term

NONE = np.zeros(0, np.int64)


def lists() -> Lists:
    """Return a list of the documents 1 and 65,535 with three occurrences, in short numbers."""
    return Lists(
        terms=np.array([7], np.uint64),
        starts=np.array([0, 2], np.uint32),
        numbers=np.array([1, 65_535], np.uint16),
        counts=np.array([1, 18], np.uint8),
        place_starts=np.array([0, 3], np.uint32),
        places=np.array([4, 0, 9], np.uint16),
        firsts=np.packbits(np.array([1, 1, 0], np.bool_)),
        lengths=NONE,
    )


def test_numbers_of_a_later_segment_are_not_cut() -> None:
    """The numbers of a segment take two bytes, those of all documents more."""
    term = Term([Found(lists(), 0, 0, 2, 70_000)])
    assert term.numbers.tolist() == [70_001, 135_535]
    assert [(int(place >> 17), int(place & 0xFFFF)) for place in term.places()] == [
        (70_001, 4),
        (135_535, 0),
        (135_535, 9),
    ]
    assert term.frequencies().tolist() == [1, 3 + 2]


@pytest.mark.parametrize("numbers", [[], [3], list(range(0, 1_001, 2)), list(range(1_001))])
def test_what_is_kept_is_what_was_found(numbers: list[int]) -> None:
    """Few documents are kept as they are, many in bits; both are found once."""
    kept = KeptNumbers(1_001)
    asked: list[str] = []

    def find() -> Numbers:
        asked.append("once")
        return np.array(numbers, np.int64)

    assert [kept.of("公积金", find).tolist() for _ in range(3)] == [numbers] * 3
    assert asked == ["once"]


def test_too_much_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to the limit everything is kept; what goes beyond it stays alone."""
    monkeypatch.setattr(snapshot, "MOST_KEPT", 32)
    kept = KeptNumbers(1_000)
    asked: list[str] = []

    def ask(needle: str) -> list[int]:
        def find() -> Numbers:
            asked.append(needle)
            return np.array([1, 2], np.int64)

        return kept.of(needle, find).tolist()

    for needle in ("a", "b", "a", "b", "c", "c", "a"):
        assert ask(needle) == [1, 2]
    assert asked == ["a", "b", "c", "a"]
