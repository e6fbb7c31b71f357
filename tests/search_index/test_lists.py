"""The posting lists: written and read, put together, checked, and what searches keep of them."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search_index.embedded import lists, snapshot
from search_index.embedded.inversion import Inverter
from search_index.embedded.lists import TEXT, ListFiles, Lists, encoded
from search_index.embedded.snapshot import Found, KeptNumbers, Numbers, Term
from search_index.engine import Upsert
from tests.search_index.builders import document, engine_with, found

texts = st.tuples(*[st.text(alphabet="供暖物业a1，", max_size=8)] * 3)


def inverted(documents: list[tuple[str, str, str]]) -> dict[str, Lists]:
    """Return the lists of documents given as title, letter and reply."""
    inverter = Inverter()
    for each in documents:
        inverter.add(*each)
    return inverter.finish()


def same(some: dict[str, Lists], others: dict[str, Lists]) -> bool:
    """Return whether the lists of both are equal, element by element."""
    names = ("terms", "starts", "numbers", "counts", "place_starts", "places", "firsts", "lengths")
    return some.keys() == others.keys() and all(
        np.array_equal(getattr(some[field], name), getattr(others[field], name))
        for field in some
        for name in names
    )


def read(lists: dict[str, Lists], count: int) -> ListFiles:
    """Return ``lists`` as they are read from the two files that they are written to."""
    terms, postings = encoded(lists, count)
    return ListFiles(memoryview(terms), memoryview(b"".join(postings)))


@settings(deadline=None)
@given(st.lists(texts, min_size=1, max_size=6))
def test_lists_are_read_as_they_were_written(documents: list[tuple[str, str, str]]) -> None:
    """Lists come back with their documents, counts and positions."""
    lists = inverted(documents)
    assert same(read(lists, len(documents)).unpacked(), lists)


@settings(deadline=None)
@given(st.lists(st.tuples(texts, st.booleans()), min_size=1, max_size=6), st.lists(texts))
def test_lists_put_together_are_those_of_the_documents_kept(
    first: list[tuple[tuple[str, str, str], bool]], second: list[tuple[str, str, str]]
) -> None:
    """Merging a segment without its deleted documents equals inverting what is left."""
    inverter = Inverter()
    kept = np.flatnonzero([stays for _, stays in first])
    inverter.add_lists(inverted([each for each, _ in first]), kept)
    for each in second:
        inverter.add(*each)
    left = [each for each, stays in first if stays] + second
    expected = inverted(left) if left else inverter.finish()
    assert not left or same(inverter.finish(), expected)


def test_long_lists_are_put_together_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """However few elements are gathered at a time, the lists are the same."""
    letters = [("供暖物业", "物业，供暖a1", "供暖"), ("物业", "a1", ""), ("供暖", "供暖", "物业a1")]
    monkeypatch.setattr(lists, "_SLICE", 3)
    inverter = Inverter()
    inverter.add_lists(inverted(letters[:2]), np.arange(2))
    inverter.add(*letters[2])
    assert same(inverter.finish(), inverted(letters))


def test_a_file_cut_short_is_noticed() -> None:
    """Terms that end too early, or postings, raise instead of giving fewer documents."""
    terms, postings = encoded(inverted([("供暖", "物业", "")]), 1)
    body = b"".join(postings)
    with pytest.raises(ValueError, match="terms"):
        ListFiles(memoryview(terms[:-9]), memoryview(body))
    with pytest.raises(ValueError, match="shorter"):
        ListFiles(memoryview(terms), memoryview(body[:-1]))


def test_a_changed_posting_is_found_by_verifying() -> None:
    """A changed byte in the postings does not fit the checksum."""
    terms, postings = encoded(inverted([("供暖", "物业", "")]), 1)
    body = bytearray(b"".join(postings))
    ListFiles(memoryview(terms), memoryview(body)).verify()
    body[0] ^= 1
    with pytest.raises(ValueError, match="checksum"):
        ListFiles(memoryview(terms), memoryview(body)).verify()


def test_positions_beyond_the_last_one_are_kept_apart_from_phrases() -> None:
    """A word far behind in a very long text still has a posting."""
    lists = inverted([("", "供" * 70_000 + "暖气", "")])[TEXT]
    assert int(lists.places.max()) == 65_535
    assert len(lists.numbers) == len(lists.terms)


def test_phrases_survive_the_merging_of_segments(tmp_path: Path) -> None:
    """A phrase is found after several commits and their merging, positions included."""
    engine = engine_with(tmp_path, document(1))
    for n in range(2, 12):
        engine.apply([Upsert(document(n))])
    before = found(engine, '"住房公积金"')
    engine.optimise()
    assert set(found(engine, '"住房公积金"')) == set(before) == {1, 6, 11}
    assert found(engine, '"公积金住房"') == []


def two_documents() -> Lists:
    """Return a list of the documents 1 and 65,535 with three occurrences, in short numbers."""
    return Lists(
        terms=np.array([7], np.uint64),
        starts=np.array([0, 2], np.uint32),
        numbers=np.array([1, 65_535], np.uint16),
        counts=np.array([1, 18], np.uint8),
        place_starts=np.array([0, 3], np.uint32),
        places=np.array([4, 0, 9], np.uint16),
        firsts=np.packbits(np.array([1, 1, 0], np.bool_)),
        lengths=np.zeros(0, np.int64),
    )


def test_numbers_of_a_later_segment_are_not_cut() -> None:
    """The numbers of a segment take two bytes, those of all documents more."""
    term = Term([Found(two_documents(), 0, 0, 2, 70_000)])
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

        numbers: list[int] = kept.of(needle, find).tolist()
        return numbers

    for needle in ("a", "b", "a", "b", "c", "c", "a"):
        assert ask(needle) == [1, 2]
    assert asked == ["a", "b", "c", "a"]
