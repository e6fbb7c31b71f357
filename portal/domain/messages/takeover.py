"""Which of two gateways is used: the second takes over when the first fails, and gives back later."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

FAILURES = 3
"""Failed or slow attempts, one after the other, after which the next gateway takes over."""
SLOW_SECONDS = 5.0
REST = timedelta(minutes=5)
"""How long a gateway rests before it is tried again."""


@dataclass
class Takeover:
    """The state of ``count`` gateways, the preferred one first.

    A gateway with three failed or slow attempts in a row rests for five minutes. The first one
    that does not rest is used; where all rest, the one whose rest ends first.
    """

    count: int
    _recent: list[deque[bool]] = field(init=False)
    _rests: list[datetime | None] = field(init=False)

    def __post_init__(self) -> None:
        self._recent = [deque(maxlen=FAILURES) for _ in range(self.count)]
        self._rests = [None] * self.count

    def choose(self, now: datetime) -> int:
        """Return the place of the gateway to use."""
        resting = []
        for place, until in enumerate(self._rests):
            if until is None or until <= now:
                return place
            resting.append((until, place))
        return min(resting)[1]

    def note(self, place: int, worked: bool, seconds: float, now: datetime) -> None:
        """Note how an attempt went: whether the gateway ``worked``, and how long it took."""
        well = worked and seconds < SLOW_SECONDS
        recent = self._recent[place]
        recent.append(well)
        if well:
            self._rests[place] = None
        elif self._rests[place] is not None or (len(recent) == FAILURES and not any(recent)):
            # One that fails right after its rest rests again.
            self._rests[place] = now + REST
