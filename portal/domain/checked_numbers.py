"""Numbers that people type: a head, a sequence and a check digit by ISO 7064 Mod 11,10.

The check digit catches every single wrong digit.
"""

from __future__ import annotations

from typing import ClassVar

from stdnum.iso7064 import mod_11_10

from portal.domain.errors import InvalidInput

_MOST = 999_999_999


class MistypedNumber(InvalidInput):
    """A text that is no number; ``code`` is ``shape`` or ``check`` (a typing error)."""

    messages: ClassVar[dict[str, str]]

    def __init__(self, code: str) -> None:
        super().__init__("number", self.messages[code])
        self.code = code


def number_ending(head: str, sequence: int, width: int) -> str:
    """Return what follows the digits of ``head``: the sequence of at least ``width``, the check.

    Raises ``ValueError`` for a sequence outside 1 to 999,999,999.
    """
    if not 1 <= sequence <= _MOST:
        raise ValueError(f"sequence {sequence} is not within 1 to {_MOST:,}")
    digits = f"{sequence:0{width}d}"
    return f"{digits}-{mod_11_10.calc_check_digit(head + digits)}"


def read_sequence(digits: str, sequence: str, width: int, error: type[MistypedNumber]) -> int:
    """Return the sequence of a number whose ``digits`` end with their check.

    Raises ``error`` with ``check`` for a wrong digit, with ``shape`` for no sequence. One that is
    wider than ``width`` never begins with 0, so that nothing has two numbers.
    """
    if not mod_11_10.is_valid(digits):
        raise error("check")
    if int(sequence) == 0 or (len(sequence) > width and sequence[0] == "0"):
        raise error("shape")
    return int(sequence)
