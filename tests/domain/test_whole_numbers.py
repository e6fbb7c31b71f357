"""Whole numbers from outside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.whole_numbers import ID_MAX, whole_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7),
        ("0", 0),
        (7, 7),
        ("9" * 18, 10**18 - 1),
        (str(ID_MAX), ID_MAX),
        (str(ID_MAX + 1), None),
        ("9" * 19, None),
        ("9" * 40, None),
        ("9" * 10_000, None),
        ("１２", None),
        ("٣", None),
        ("²", None),
        ("-1", None),
        ("+1", None),
        (" 1", None),
        ("1.0", None),
        ("", None),
        (None, None),
    ],
)
def test_ids_are_digits_of_at_most_64_bits(text: object, number: int | None) -> None:
    """What the database could not hold, or is not written in ASCII digits, is no id."""
    assert whole_number(text) == number


@given(st.text() | st.integers().map(str), st.integers(0, 10**20))
def test_a_number_lies_within_its_bound(text: str, most: int) -> None:
    """Whatever is typed, the answer is none or the number written, within the bound."""
    number = whole_number(text, most)
    assert number is None or (0 <= number <= most and number == int(text))
