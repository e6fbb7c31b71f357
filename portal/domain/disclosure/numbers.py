"""Numbers of requests for disclosure: ``GK2026-000123-7``.

GK (公开), the civil year of receipt, the sequence in that year and a check digit by ISO 7064 Mod
11,10 over year and sequence, as letter numbers have it. The letters in front keep the two kinds
apart wherever a number is typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from stdnum.iso7064 import mod_11_10

from portal.domain.errors import N_, InvalidInput
from portal.domain.letters.numbers import compact

PREFIX = "GK"
_WIDTH = 6
_NUMBER = re.compile(r"GK(?P<digits>(?P<year>[0-9]{4})(?P<sequence>[0-9]{6,9})[0-9])")
_MESSAGES = {
    "shape": N_("公开申请编号由 GK、年份、序号和一位校验码组成，形如 GK2026-000123-7，请核对回执"),
    "check": N_("公开申请编号有一位数字可能输错或颠倒了，请对照回执再核对一遍"),
}


class RequestNumberError(InvalidInput):
    """A text that is no number of a request; `code` is ``shape`` or ``check`` (a typing error)."""

    def __init__(self, code: str) -> None:
        super().__init__("number", _MESSAGES[code])
        self.code = code


@dataclass(frozen=True, order=True)
class RequestNumber:
    """Civil year of receipt in Shanghai and the request's sequence in that year, from 1."""

    year: int
    sequence: int

    def __str__(self) -> str:
        """The number as it is shown and stored."""
        return format_request_number(self.year, self.sequence)


def format_request_number(year: int, sequence: int) -> str:
    """Return the number, such as ``GK2026-000123-7``.

    The sequence has at least six digits and widens above 999,999. Raises ValueError outside
    1 to 999,999,999.
    """
    if not 1 <= sequence <= 999_999_999:
        raise ValueError(f"sequence {sequence} is not within 1 to 999,999,999")
    year_part, sequence_part = f"{year:04d}", f"{sequence:0{_WIDTH}d}"
    check = mod_11_10.calc_check_digit(year_part + sequence_part)
    return f"{PREFIX}{year_part}-{sequence_part}-{check}"


def looks_like_request_number(text: str) -> bool:
    """Tell whether what was typed is meant for a request and not for a letter."""
    return compact(text).upper().startswith(PREFIX)


def parse_request_number(text: str) -> RequestNumber:
    """Read a number as people type it: small letters, spaces, dashes, full-width digits are taken.

    Raises RequestNumberError: ``check`` where it has the right form but a wrong digit, else
    ``shape``.
    """
    match = _NUMBER.fullmatch(compact(text).upper())
    if match is None:
        raise RequestNumberError("shape")
    if not mod_11_10.is_valid(match["digits"]):
        raise RequestNumberError("check")
    sequence = match["sequence"]
    # A wider sequence never starts with 0: one request has one number.
    if int(sequence) == 0 or (len(sequence) > _WIDTH and sequence[0] == "0"):
        raise RequestNumberError("shape")
    return RequestNumber(int(match["year"]), int(sequence))
