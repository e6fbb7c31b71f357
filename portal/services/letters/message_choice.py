"""How the sender of a letter gets messages: chosen at writing, changed later, ended by one click."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor
from portal.domain.errors import N_, InvalidInput
from portal.domain.events import ActorKind
from portal.domain.messages.states import Channel
from portal.models import Letter, MessageChoice
from portal.services.core.acting import changing
from portal.services.core.unit import writing


def choose_messages(letter_id: int, channel: Channel | None, language: str, now: datetime) -> None:
    """Send messages about a letter by ``channel`` from now on, or none.

    Raises :class:`InvalidInput` (``messages``) where the letter has no contact for it.
    """
    with changing(Actor(ActorKind.CITIZEN, letter_id=letter_id), letter_id) as (session, letter):
        session.execute(sa.delete(MessageChoice).where(MessageChoice.letter_id == letter.id))
        if channel is not None:
            keep_choice(session, letter, channel, language, now)


def keep_choice(
    session: Session, letter: Letter, channel: Channel, language: str, now: datetime
) -> None:
    """Keep the choice of the sender of ``letter``; raises :class:`InvalidInput` as above."""
    contact = letter.sender_email if channel is Channel.MAIL else letter.sender_phone
    if not contact:
        raise InvalidInput("messages", N_("这封信没有留下可以用的联系方式。"))
    session.add(
        MessageChoice(letter_id=letter.id, channel=channel, language=language, chosen_at=now)
    )


def stop_messages(number: str) -> None:
    """Send no more messages about the letter ``number``; one without any stays as it is."""
    with writing() as session:
        letter = sa.select(Letter.id).where(Letter.number == number).scalar_subquery()
        session.execute(sa.delete(MessageChoice).where(MessageChoice.letter_id == letter))
