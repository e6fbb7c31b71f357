"""The sender's appeal against declining, and the decision of the superior."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor
from portal.domain.letters.states import TEXT_MAX, Action
from portal.models import Appeal, Event, Letter, Message, MessageKind, Organisation
from portal.services.core.acting import changing, take
from portal.services.core.typed_text import REASON_MAX, optional, required
from portal.services.letters.submission import citizen


def appeal(letter_id: int, text: str, now: datetime) -> None:
    """File the one appeal against declining, to the superior of the organisation that declined.

    What the office on top has declined goes to another person there. Raises
    :class:`ActionNotAllowed` for a second appeal, after a ruling and after 30 days.
    """
    text = required("text", text, TEXT_MAX)
    actor = citizen(letter_id)
    with changing(actor, letter_id) as (session, letter):
        take(session, letter, Action.APPEAL, actor, now)
        letter.appeal = Appeal(
            organisation=_superior(letter),
            decliner_id=_decliner(session, letter),
            appealed_at=now,
        )
        session.add(
            Message(letter_id=letter.id, kind=MessageKind.APPEAL, text=text, created_at=now)
        )


def _superior(letter: Letter) -> Organisation:
    """Return the organisation above the one that declined; nobody accused is ever above it."""
    return letter.organisation.parent or letter.organisation


def _decliner(session: Session, letter: Letter) -> int | None:
    """Return the person who declined the letter."""
    return session.scalar(
        sa.select(Event.actor_id)
        .where(Event.letter_id == letter.id, Event.action == Action.DECLINE)
        .order_by(Event.id.desc())
        .limit(1)
    )


def decide_appeal(
    letter_id: int, version: int, accepted: bool, note: str, actor: Actor, now: datetime
) -> None:
    """Take the letter over for the superior, or confirm that it stays declined, with a reason.

    A letter that is taken over is in progress at the superior, and its clock begins again.
    """
    note = optional("note", note, REASON_MAX) if accepted else required("note", note, REASON_MAX)
    with changing(actor, letter_id, version) as (session, letter):
        asked = letter.appeal
        action = Action.TAKE_OVER if accepted else Action.CONFIRM_DECLINE
        moves = asked is not None and accepted and asked.organisation_id != letter.organisation_id
        to = asked.organisation if asked is not None and moves else None
        take(session, letter, action, actor, now, to=to, reason=note or None)
        if asked is not None:
            asked.upheld, asked.decision_note = not accepted, note or None
            asked.decider_id, asked.decided_at = actor.user_id, now
