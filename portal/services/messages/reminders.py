"""Reminding senders of what they were asked, before the time to answer is over."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.domain.letters.states import State
from portal.domain.messages.occasions import Occasion
from portal.domain.periods import civil_date
from portal.models import Letter, MessageChoice, OutgoingMessage
from portal.services.core.unit import writing
from portal.services.messages.announcing import Outlets, post_to_sender

DAYS_BEFORE = 5
"""Calendar days before the last day from which on senders are reminded, once."""
BATCH = 200


def remind(outlets: Outlets, now: datetime) -> int:
    """Post a reminder to each sender whose time to answer ends within five days; return how many."""
    today = civil_date(now)
    reminded = sa.select(OutgoingMessage.id).where(
        OutgoingMessage.letter_id == Letter.id,
        OutgoingMessage.occasion == Occasion.REMINDED,
        OutgoingMessage.limit_on == Letter.answer_by,
    )
    query = (
        sa.select(Letter)
        .join(MessageChoice, MessageChoice.letter_id == Letter.id)
        .where(
            Letter.state == State.AWAITING_CITIZEN,
            Letter.answer_by.between(today, today + timedelta(days=DAYS_BEFORE)),
            MessageChoice.unreached.is_(None),
            MessageChoice.channel.in_(outlets.channels),
            ~reminded.exists(),
        )
        .limit(BATCH)
    )
    with writing() as session:
        letters = list(session.scalars(query))
        for letter in letters:
            once = f"reminded/{letter.id}/{letter.answer_by}"
            post_to_sender(session, letter, Occasion.REMINDED, once, outlets, now)
    return len(letters)
