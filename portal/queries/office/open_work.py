"""What an organisation still has to answer: its open letters and disclosure requests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.disclosure.requests import PENDING_STATES
from portal.domain.letters.states import OPEN_STATES, State
from portal.models import DisclosureRequest, Letter, Organisation
from portal.queries.scope import Condition

LISTED_MOST = 100


@dataclass(frozen=True, slots=True)
class OpenWork:
    """Open letters and requests: how many, and the first due, without titles or texts.

    Letters are number, state and due date; requests number and due date.
    """

    letters: int
    requests: int
    listed_letters: list[tuple[str, State, date | None]]
    listed_requests: list[tuple[str, date | None]]

    @property
    def any(self) -> bool:
        """Whether something is open."""
        return bool(self.letters or self.requests)


def held_letters(organisation: Organisation) -> Condition:
    """Return the condition on ``Letter`` for the open ones of ``organisation``."""
    return sa.and_(Letter.organisation_id == organisation.id, Letter.state.in_(OPEN_STATES))


def held_requests(organisation: Organisation) -> Condition:
    """Return the condition on ``DisclosureRequest`` for the open ones of ``organisation``."""
    return sa.and_(
        DisclosureRequest.organisation_id == organisation.id,
        DisclosureRequest.state.in_(PENDING_STATES),
    )


def open_work(session: Session, organisation: Organisation) -> OpenWork:
    """Return what ``organisation`` still has to answer, the first due first."""
    letters, requests = held_letters(organisation), held_requests(organisation)
    first_letters = sa.select(Letter.number, Letter.state, Letter.due_on).where(letters)
    first_requests = sa.select(DisclosureRequest.number, DisclosureRequest.due_on).where(requests)
    order, other = Letter.due_on, DisclosureRequest.due_on
    by_letter = first_letters.order_by(order.is_(None), order, Letter.id).limit(LISTED_MOST)
    by_request = first_requests.order_by(other.is_(None), other, DisclosureRequest.id)
    return OpenWork(
        session.scalar(sa.select(sa.func.count()).select_from(Letter).where(letters)) or 0,
        session.scalar(sa.select(sa.func.count()).select_from(DisclosureRequest).where(requests))
        or 0,
        [(number, state, due) for number, state, due in session.execute(by_letter)],
        [(number, due) for number, due in session.execute(by_request.limit(LISTED_MOST))],
    )
