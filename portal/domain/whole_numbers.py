"""Whole numbers from outside: addresses, forms, sessions."""

from __future__ import annotations

ID_MAX = 2**63 - 1
"""The largest id: the database keeps 64 bits with a sign."""


def whole_number(text: object, most: int = ID_MAX) -> int | None:
    """Return the number from 0 to ``most`` that ``text`` is in ASCII digits, else ``None``.

    Signs, blanks and digits of other scripts are no number, and neither is anything longer than
    ``most``, so that the time this takes does not grow with the text.
    """
    typed = str(text or "")
    if not (typed.isascii() and typed.isdigit() and len(typed) <= len(str(most))):
        return None
    number = int(typed)
    return number if number <= most else None
