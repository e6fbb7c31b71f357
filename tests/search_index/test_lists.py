"""The posting lists: written and read, put together, and checked."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search_index.embedded import lists
from search_index.embedded.inversion import Inverter
from search_index.embedded.lists import TEXT, ListFiles, Lists, encoded
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
