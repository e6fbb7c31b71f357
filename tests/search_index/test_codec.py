from array import array
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index.embedded.codec import _decode, _encode
from search_index.engine import Upsert
from tests.search_index.builders import document, engine_with, found

postings = st.dictionaries(
    st.integers(0, 2**31),
    st.tuples(st.integers(1, 50), st.lists(st.integers(0, 65_535), min_size=1, max_size=5)),
    min_size=1,
    max_size=200,
)


@given(postings)
def test_a_posting_list_is_read_as_it_was_written(
    entries: dict[int, tuple[int, list[int]]],
) -> None:
    """A list comes back with its numbers, weights and positions, whatever its length."""
    numbers = array("I", sorted(entries))
    weights = array("f", [entries[n][0] for n in numbers])
    values = [array("H", entries[n][1]).tobytes() for n in numbers]
    read_numbers, read_weights, read_values = _decode(_encode(numbers, weights, values))
    assert read_values is not None
    assert read_numbers == list(numbers)
    assert read_weights == weights
    assert [read_values[i] for i in range(len(numbers))] == values


@given(st.sets(st.integers(0, 2**31), min_size=1))
def test_a_list_without_positions_has_none(numbers: list[int]) -> None:
    """A list of a field without positions comes back without."""
    ordered = array("I", sorted(numbers))
    weights = array("f", [1.0] * len(ordered))
    assert _decode(_encode(ordered, weights, [])) == (list(ordered), weights, None)


@pytest.mark.parametrize("cut", [3, 14, 20, 40])
def test_a_list_cut_short_is_noticed(cut: int) -> None:
    """A list that ends too early raises instead of giving fewer documents."""
    numbers = array("I", range(0, 20))
    blob = _encode(numbers, array("f", [float(n) for n in numbers]), [])
    with pytest.raises(Exception):  # noqa: B017, PT011 - any error at all counts as damage
        _decode(blob[:cut])


def test_phrases_survive_the_merging_of_segments(tmp_path: Path) -> None:
    """A phrase is found after several commits and their merging, positions included."""
    engine = engine_with(tmp_path, document(1))
    for n in range(2, 12):
        engine.apply([Upsert(document(n))])
    before = found(engine, '"住房公积金"')
    engine.optimise()
    assert set(found(engine, '"住房公积金"')) == set(before) == {1, 6, 11}
    assert found(engine, '"公积金住房"') == []
