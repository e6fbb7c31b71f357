"""When something that failed is tried again: growing delays, spread out, for a limited time."""

from __future__ import annotations

from datetime import datetime, timedelta
from zlib import crc32

from portal.domain.messages.states import Outcome

FIRST_DELAY = timedelta(seconds=15)
LONGEST_DELAY = timedelta(hours=1)
SPREAD = 0.5
"""Share of a delay by which attempts of one moment are spread."""
PATIENCE = timedelta(hours=24)
"""How long a channel that fails is tried."""
PATIENCE_WITH_PERSONS = timedelta(hours=72)
"""How long an address is tried that does not accept messages now, such as a full mailbox."""


def delay(attempts: int, seed: int) -> timedelta:
    """Return the delay after so many ``attempts`` (from 1) of the job ``seed``.

    It doubles from 15 seconds to an hour and lies within 25 per cent around that. The same attempt
    of the same job always gets the same delay.
    """
    doubled: int = 2 ** min(attempts - 1, 20)
    plain = min(FIRST_DELAY * doubled, LONGEST_DELAY)
    share = crc32(f"{seed}/{attempts}".encode()) / 2**32
    return plain * (1 - SPREAD / 2 + SPREAD * share)


def next_attempt(
    outcome: Outcome, attempts: int, began: datetime, now: datetime, seed: int
) -> datetime | None:
    """Return when a job that came to ``outcome`` is tried again, ``None`` for never.

    ``attempts`` counts those made, from 1; ``began`` is when the first was due. The last attempt is
    at the end of the patience.
    """
    if outcome in (Outcome.PASSING, Outcome.DOWN):
        end = began + PATIENCE
    elif outcome is Outcome.NOT_ACCEPTING:
        end = began + PATIENCE_WITH_PERSONS
    else:
        return None
    if now >= end:
        return None
    return min(now + delay(attempts, seed), end)
