"""A sudden rise: far more letters about a topic than the weeks before let expect.

If letters came as before, their number in a week would follow a Poisson distribution. A rise is a
number that would be reached by chance in less than :data:`CHANCE` of weeks, and at least
:data:`LEAST` letters, so that a single household's letters are none.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

DAYS = 7
"""Days, today included, whose letters may be a rise."""
WEEKS = 8
"""Weeks before these days with which they are compared."""
LEAST = 5
"""Letters that make a rise."""
CHANCE = 0.001
"""Share of weeks in which as many letters come by chance, below which they are a rise."""


@dataclass(frozen=True, slots=True, order=True)
class Rise:
    """``count`` letters of the last :data:`DAYS`, against ``before`` of the weeks before them."""

    count: int
    before: int

    @property
    def usual(self) -> float:
        """The expected number; one letter more than there were, so that nothing is impossible."""
        return (self.before + 1) / WEEKS

    @property
    def weekly(self) -> float:
        """The letters of a week as there were."""
        return self.before / WEEKS

    @property
    def chance(self) -> float:
        """The probability of as many letters or more where the expected number is usual."""
        return max(0.0, 1 - _at_most(self.count - 1, self.usual))

    @property
    def is_sudden(self) -> bool:
        """Whether supervisors are to see it."""
        return self.count >= LEAST and self.chance < CHANCE


def _at_most(count: int, mean: float) -> float:
    """Return the Poisson probability of ``count`` or fewer."""
    term = total = exp(-mean)
    for number in range(1, count + 1):
        term *= mean / number
        total += term
    return total if count >= 0 else 0.0
