"""How long what is about persons is kept, and erasing what is older, in bounded steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.domain.periods import civil_date, midnight
from portal.domain.privacy.erasure import ended_before
from portal.queries.disclosure.erasure import count_overdue as count_overdue_requests
from portal.queries.letters.erasure import count_overdue
from portal.queries.sessions import count_old_sessions
from portal.queries.unsent import count_old_unsent
from portal.services.core.sessions import sweep_sessions
from portal.services.core.unsent import sweep_unsent
from portal.services.disclosure.erasure import erase_overdue as erase_overdue_requests
from portal.services.letters.erasure import BATCH, erase_overdue


@dataclass(frozen=True, slots=True)
class Periods:
    """Years after its end for which the person of a letter or request is kept, 0 for ever; days of logins."""

    letter_years: int
    request_years: int
    login_days: int

    def letters_before(self, now: datetime) -> datetime | None:
        """Return the moment such that letters that ended before it are erased, if any are."""
        return _before(now, self.letter_years)

    def requests_before(self, now: datetime) -> datetime | None:
        """Return the same for requests for disclosure."""
        return _before(now, self.request_years)

    @property
    def logins(self) -> timedelta:
        """How long logins stay on record."""
        return timedelta(days=self.login_days)


def _before(now: datetime, years: int) -> datetime | None:
    return midnight(ended_before(civil_date(now), years)) if years else None


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased, or would be, by kind."""

    letters: int
    requests: int
    forms: int
    sessions: int


def due(session: Session, periods: Periods, now: datetime) -> Erased:
    """Return what would be erased."""
    before, requests_before = periods.letters_before(now), periods.requests_before(now)
    return Erased(
        count_overdue(session, before) if before else 0,
        count_overdue_requests(session, requests_before) if requests_before else 0,
        count_old_unsent(session, now),
        count_old_sessions(session, now, periods.logins),
    )


def erase_old(
    periods: Periods, now: datetime, progress: Callable[[int], None] = lambda n: None
) -> Erased:
    """Erase everything whose period is over; ``progress`` gets what is done since its last call."""
    letters = requests = 0
    while done := erase_letters(periods, now):
        letters += done
        progress(done)
    while done := erase_requests(periods, now):
        requests += done
        progress(done)
    return Erased(letters, requests, sweep_unsent(now), sweep_sessions(now, periods.logins))


def erase_letters(periods: Periods, now: datetime, batch: int = BATCH) -> int:
    """Erase the persons of at most ``batch`` letters whose period is over; return how many."""
    before = periods.letters_before(now)
    return erase_overdue(before, now, batch) if before else 0


def erase_requests(periods: Periods, now: datetime, batch: int = BATCH) -> int:
    """Erase the applicants of at most ``batch`` requests whose period is over; return how many."""
    before = periods.requests_before(now)
    return erase_overdue_requests(before, now, batch) if before else 0


def erase_some(periods: Periods, now: datetime) -> int:
    """Erase a batch of letters and one of requests; return how many."""
    return erase_letters(periods, now) + erase_requests(periods, now)
