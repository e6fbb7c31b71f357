"""Numbers of requests for disclosure: ``GK2026-000123-7``.

GK (公开), the civil year of receipt, the sequence in that year and a check digit by ISO 7064 Mod
11,10 over year and sequence, as letter numbers have it. The letters in front keep the two kinds
apart wherever a number is typed.
"""

from __future__ import annotations

import re
import unicodedata

from portal.domain.checked_numbers import MistypedNumber, number_ending, read_sequence
from portal.domain.errors import N_
from portal.domain.letters.numbers import compact, parse_number

PREFIX = "GK"
_WIDTH = 6
_RECEIPT_MAX = 2_000
"""Characters of a pasted text that are looked at."""
_NUMBER = re.compile(r"GK(?P<digits>(?P<year>[0-9]{4})(?P<sequence>[0-9]{6,9})[0-9])")


class RequestNumberError(MistypedNumber):
    """A text that is no number of a disclosure request."""

    messages = {
        "shape": N_(
            "公开申请编号由 GK、年份、序号和一位校验码组成，形如 GK2026-000123-7，请核对回执"
        ),
        "check": N_("公开申请编号有一位数字可能输错或颠倒了，请对照回执再核对一遍"),
    }


def format_request_number(year: int, sequence: int) -> str:
    """Return the number, such as ``GK2026-000123-7``.

    The sequence has at least six digits and widens above 999,999. Raises ValueError outside
    1 to 999,999,999.
    """
    head = f"{year:04d}"
    return f"{PREFIX}{head}-{number_ending(head, sequence, _WIDTH)}"


def looks_like_request_number(text: str) -> bool:
    """Return whether what was typed is meant for a request and not for a letter."""
    return compact(text).upper().startswith(PREFIX)


def parse_request_number(text: str) -> str:
    """Return the number that people type; small letters, spaces, dashes, full-width digits are taken.

    Raises RequestNumberError: ``check`` where it has the right form but a wrong digit, else
    ``shape``.
    """
    match = _NUMBER.fullmatch(compact(text).upper())
    if match is None:
        raise RequestNumberError("shape")
    sequence = read_sequence(match["digits"], match["sequence"], _WIDTH, RequestNumberError)
    return format_request_number(int(match["year"]), sequence)


def parse_any_number(text: str) -> str:
    """Return the number of a request where it looks like one, else that of a letter.

    Raises :class:`MistypedNumber`.
    """
    return parse_request_number(text) if looks_like_request_number(text) else parse_number(text)


_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ー", "-"))
_ON_RECEIPT = re.compile(
    r"(?<![0-9A-Z])(?P<number>(?:GK[0-9]{4}-[0-9]{6,9}|[0-9]{8}-[0-9]{5,9})-[0-9])(?![0-9A-Z-])"
    r"|(?<![0-9A-Z-])(?P<code>[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{5})(?![0-9A-Z-])"
)


def read_receipt(text: str) -> tuple[str, str] | None:
    """Return number and query code as they stand on a receipt from which ``text`` was copied.

    ``None`` where either is missing or stands there twice in different ways.
    """
    plain = unicodedata.normalize("NFKC", text[:_RECEIPT_MAX]).translate(_DASHES).upper()
    found = {(each.lastgroup, each[0]) for each in _ON_RECEIPT.finditer(plain)}
    parts = dict(found)
    return (parts["number"], parts["code"]) if len(found) == len(parts) == 2 else None
