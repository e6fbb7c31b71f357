"""How two figures differ, for comparisons side by side."""

from decimal import Decimal
from fractions import Fraction

from portal.domain.statistics.rates import NO_RATE, Rate, round_half_up

MINUS = "−"
"""The sign of a negative difference, as wide as the plus."""


def signed(text: str, value: int | Fraction) -> str:
    """Put the sign of ``value`` before ``text``; nothing before a difference of 0."""
    return text if value == 0 else f"{'+' if value > 0 else MINUS}{text}"


def count_difference(one: int, other: int) -> str:
    """Return how many more (or fewer) ``one`` is than ``other``: +1,234, −12 or 0."""
    return signed(f"{abs(one - other):,}", one - other)


def points(one: Rate, other: Rate) -> Decimal | None:
    """Return ``one`` minus ``other`` in percentage points, from the exact rates, half away from 0.

    None where one of them is no rate.
    """
    if one.value is None or other.value is None:
        return None
    gap = (one.value - other.value) * 100
    size = round_half_up(abs(gap), 2)
    return -size if gap < 0 else size


def points_text(one: Rate, other: Rate) -> str:
    """Return the difference of two rates in percentage points: +1.23, −0.40, 0.00, or — without one."""
    found = points(one, other)
    return NO_RATE if found is None else signed(str(abs(found)), Fraction(found))
