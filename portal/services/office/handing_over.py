"""What an organisation that closes leaves open: handed over to its successor, each with an event."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import SYSTEM, Actor
from portal.domain.disclosure.requests import DisclosureAction
from portal.domain.letters.states import Action
from portal.domain.organisations import covers
from portal.models import DisclosureRequest, Letter, Organisation
from portal.queries.disclosure.requests import subject_of
from portal.queries.office.open_work import held_letters, held_requests
from portal.services.core.acting import record, take


def hand_over(
    session: Session, closed: Organisation, successor: Organisation, actor: Actor, now: datetime
) -> None:
    """Move the open letters and disclosure requests of ``closed`` to ``successor``.

    States and due dates stay. A report that accuses the successor goes to the organisation above
    the accused.
    """
    letters = sa.select(Letter).where(held_letters(closed)).order_by(Letter.id)
    for letter in session.scalars(letters.with_for_update(of=Letter)).all():
        to, accused = successor, letter.accused
        if accused is not None and covers(accused.path, successor.path) and accused.parent:
            to = accused.parent
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
