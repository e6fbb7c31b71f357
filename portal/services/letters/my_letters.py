"""Letters that their senders keep under the identity with which they sign in."""

from __future__ import annotations

from datetime import datetime

from portal.domain.access import Actor
from portal.domain.events import ActorKind, RecordAction
from portal.models import Letter
from portal.services.core.acting import record
from portal.services.core.unit import writing


def keep_letter(letter_id: int, citizen_key: str, now: datetime) -> None:
    """Put a letter among those of a citizen; the caller knows that the citizen has opened it.

    A letter that another citizen keeps goes over: whoever has number and code has the letter. Its
    history says so.
    """
    with writing() as session:
        letter = session.get_one(Letter, letter_id, with_for_update={"of": Letter})
        if letter.citizen_key == citizen_key:
            return
        letter.citizen_key = citizen_key
        actor = Actor(ActorKind.CITIZEN, letter_id=letter_id)
        record(session, RecordAction.KEEP_LETTER, actor, now, letter=letter)
