"""Cells of exported tables: text that a spreadsheet would take for a formula is defused."""

from __future__ import annotations

from typing import TypeVar

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
Cell = TypeVar("Cell")


def safe_cell(value: Cell) -> Cell | str:
    """Return ``value``; a text that begins like a formula gets an apostrophe in front.

    The characters are those of OWASP's page on CSV injection; a spreadsheet in Chinese takes those of
    full width for the others. Numbers stay numbers.
    """
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
