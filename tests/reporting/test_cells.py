"""Cells of exported tables."""

import pytest

from portal.reporting.cells import safe_cell


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "＝1+1", "＋1", "－1", "＠x"]
)
def test_words_never_become_formulas(text: str) -> None:
    """A text that begins like a formula is kept as words, a number as a number."""
    assert safe_cell(text) == f"'{text}"
    assert safe_cell(-5) == -5
