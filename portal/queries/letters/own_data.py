"""All that is kept about the sender of a letter, for the sender (个人信息保护法 Art. 45)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.messages.occasions import TO_SENDERS
from portal.models import (
    PUBLIC,
    Appeal,
    ArchiveEntry,
    ErasureRequest,
    Letter,
    MessageChoice,
    OutgoingMessage,
)
from portal.queries.letters.timeline import history
from portal.queries.letters.track import CorrespondenceItem, correspondence


@dataclass(frozen=True, slots=True)
class Happening:
    """An event with its words, its moment and the organisation; members of staff are not named."""

    action: str
    title: str
    at: datetime
    organisation: str


@dataclass(frozen=True, slots=True)
class OwnData:
    """What is kept about the sender of ``letter``.

    ``messages`` are those that were sent about the letter to the chosen contact, of which no words are kept.
    ``look_ups`` names what keyed hashes are kept of, by which letters of the same sender are found, and of an identity with which
    the sender signs in.
    """

    letter: Letter
    pieces: Sequence[CorrespondenceItem]
    happenings: Sequence[Happening]
    public: ArchiveEntry | None
    look_ups: Sequence[str]
    erasure_requests: Sequence[ErasureRequest]
    choice: MessageChoice | None
    messages: Sequence[OutgoingMessage]
    appeal: Appeal | None


def own_data(session: Session, letter: Letter) -> OwnData:
    """Return what is kept about the sender of ``letter``."""
    hashes = {
        "name": letter.name_key,
        "phone": letter.phone_key,
        "email": letter.email_key,
        "identity": letter.citizen_key,
    }
    entry = sa.select(ArchiveEntry).where(ArchiveEntry.letter_id == letter.id, PUBLIC)
    sent = sa.select(OutgoingMessage).where(
        OutgoingMessage.letter_id == letter.id, OutgoingMessage.occasion.in_(TO_SENDERS)
    )
    return OwnData(
        letter=letter,
        pieces=() if letter.erased else correspondence(letter),
        happenings=[
            Happening(each.action, each.title, each.at, each.organisation)
            for each in history(session, letter)
        ],
        public=session.scalar(entry),
        look_ups=[name for name, value in hashes.items() if value],
        erasure_requests=letter.erasure_requests,
        choice=session.get(MessageChoice, letter.id),
        messages=session.scalars(sent).all(),
        appeal=letter.appeal,
    )
