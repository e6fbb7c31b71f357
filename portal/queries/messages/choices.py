"""How the sender of a letter gets messages, and whether they arrive."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.domain.messages.states import Channel, MessageState
from portal.models import MessageChoice


@dataclass(frozen=True, slots=True)
class Chosen:
    """The channel chosen, if any, and why the last message did not arrive, if it did not."""

    channel: Channel | None = None
    unreached: MessageState | None = None


def chosen(session: Session, letter_id: int) -> Chosen:
    """Return how messages about a letter are sent."""
    row = session.get(MessageChoice, letter_id)
    return Chosen(row.channel, row.unreached) if row is not None else Chosen()
