"""What an organisation that closes leaves open: handed over to its successor, each with an event."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import SYSTEM, Actor
from portal.domain.disclosure.requests import DisclosureAction
from portal.domain.letters.states import OPEN_STATES, Action
from portal.models import DisclosureRequest, Letter, Organisation
from portal.queries.disclosure.requests import subject_of
from portal.queries.office.open_work import held_letters, held_requests
from portal.queries.scope import Condition, predecessors, subtree_ids
from portal.services.core.acting import record, take


def hand_over(
    session: Session, closed: Organisation, successor: Organisation, actor: Actor, now: datetime
) -> None:
    """Move the open letters and disclosure requests of ``closed`` to its ``successor``.

    States and due dates stay. A report goes past everybody from whom it is hidden: one that accuses
    ``closed`` leaves the successor as well.
    """
    reports = sa.and_(
        _open_report_on(closed), Letter.organisation_id.in_(subtree_ids(successor.path))
    )
    query = sa.select(Letter).where(sa.or_(held_letters(closed), reports)).order_by(Letter.id)
    for letter in session.scalars(query.with_for_update(of=Letter)).all():
        to = _unaccused(letter, successor if letter.organisation is closed else letter.organisation)
        if to is not letter.organisation:
            take(session, letter, Action.HAND_OVER, SYSTEM, now, to=to, reason=closed.name)
    requests = sa.select(DisclosureRequest).where(held_requests(closed))
    rows = requests.order_by(DisclosureRequest.id).with_for_update(of=DisclosureRequest)
    for request in session.scalars(rows).all():
        request.organisation_id = successor.id
        request.version += 1
        record(
            session,
            DisclosureAction.HAND_OVER,
            actor,
            now,
            from_state=request.state,
            to_state=request.state,
            organisation_id=successor.id,
            reason=f"{closed.name} → {successor.name}",
            subject=subject_of(request.number),
        )


def stand_in(session: Session, closed: Organisation) -> None:
    """Send what would go back to ``closed`` to its successor or else to its superior.

    A letter that lies there already goes to the next one above, and a dispute to be ruled on by
    ``closed`` to its superior. A report goes past everybody from whom it is hidden.
    """
    above = closed.parent or closed
    heir = closed.successor or above
    back = (Letter.sent_from_id, Letter.sent_from_before_id, Letter.ruling_id)
    touched = sa.or_(*(column == closed.id for column in back), _open_report_on(closed))
    query = sa.select(Letter).where(touched, Letter.state.in_(OPEN_STATES)).order_by(Letter.id)
    for letter in session.scalars(query.with_for_update(of=Letter)).all():
        sender, before = (
            _sender(session, letter, heir if each == closed.id else each)
            for each in (letter.sent_from_id, letter.sent_from_before_id)
        )
        letter.sent_from_id, letter.sent_from_before_id = sender, before
        if letter.ruling is not None:
            letter.ruling = _unaccused(letter, above if letter.ruling is closed else letter.ruling)


def _open_report_on(closed: Organisation) -> Condition:
    """Return the condition on ``Letter`` for open reports that are hidden from heirs of ``closed``."""
    return sa.and_(Letter.accused_id.in_(predecessors(closed.id)), Letter.state.in_(OPEN_STATES))


def _unaccused(letter: Letter, place: Organisation) -> Organisation:
    return letter.accused.refuge(place) if letter.accused else place


def _sender(session: Session, letter: Letter, place: Organisation | int | None) -> int | None:
    """Return the id of where the letter may go back to: never where it lies."""
    if isinstance(place, int):
        place = session.get(Organisation, place)
    if place is None:
        return None
    place = _unaccused(letter, place)
    if place is letter.organisation:
        place = _unaccused(letter, place.parent) if place.parent else None
    return place.id if place else None
