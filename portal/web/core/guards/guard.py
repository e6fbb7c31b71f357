"""What stands before a secret that could be guessed, or before a form that could flood an office.

The uses are counted by address, or by address and name together, never by a name alone, so that
nobody can lock out somebody else. Where they are used up, a solved challenge lets one more through;
without script one waits, each time twice as long.
"""

from __future__ import annotations

from dataclasses import dataclass

from portal.web.core.guards import challenge
from portal.web.core.rate_limits import Key, force, give_back, grown_wait, take, used


@dataclass(frozen=True, slots=True)
class Guard:
    """The limits before one purpose: each a rule such as ``10 per 10 minutes`` and its key."""

    purpose: str
    limits: tuple[tuple[str, Key], ...]
    growing: bool = False
    """Whether the wait doubles each time that a limit is used up within a day."""

    def take(self) -> int:
        """Count a use and return 0, or return the seconds to wait, with a challenge on the page.

        A use that comes with a solved challenge is counted beyond the limit.
        """
        wait = self._take()
        if not wait:
            return 0
        if challenge.solved(self.purpose):
            for rule, key in self.limits:
                force(rule, key)
            return 0
        self._offer()
        return wait

    def give_back(self) -> None:
        """Take the use back: what it was taken for costs nothing."""
        for rule, key in self.limits:
            give_back(rule, key)

    def offer(self) -> None:
        """Put a challenge on the page where half of a limit is used up."""
        if any(uses * 2 >= most for uses, most in self._used()):
            self._offer()

    def _take(self) -> int:
        taken: list[tuple[str, Key]] = []
        for rule, key in self.limits:
            wait = grown_wait(rule, key) if self.growing else 0
            wait = wait or take(rule, key)
            if wait:
                for each in taken:
                    give_back(*each)
                return max(wait, grown_wait(rule, key, begin=wait) if self.growing else 0)
            taken.append((rule, key))
        return 0

    def _offer(self) -> None:
        beyond = [(uses - most) // max(2, most // 4) for uses, most in self._used()]
        challenge.offer(self.purpose, max(beyond))

    def _used(self) -> list[tuple[int, int]]:
        return [used(rule, key) for rule, key in self.limits]
