"""The sender's name and contacts: covered until asked for, and every look is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.domain.access import Actor, Permission, can
from portal.domain.errors import NotPermitted
from portal.domain.events import RecordAction
from portal.services.core.acting import changing, record


@dataclass(frozen=True, slots=True)
class Contacts:
    """How to reach the sender; empty where nothing was given."""

    name: str
    phone: str
    email: str


def reveal_contacts(letter_id: int, actor: Actor, now: datetime) -> Contacts:
    """Return the sender's contacts and record who looked at them.

    Raises :class:`NotFound` for a letter the actor may not read and :class:`NotPermitted` where
    the grants do not carry this permission for it. The letter's version stays as it is.
    """
    with changing(actor, letter_id) as (session, letter):
        if not can(actor, Permission.CONTACTS_REVEAL, letter):
            raise NotPermitted
        record(
            session,
            RecordAction.REVEAL_CONTACTS,
            actor,
            now,
            letter=letter,
            organisation_id=letter.organisation_id,
        )
        return Contacts(
            letter.sender_name or "", letter.sender_phone or "", letter.sender_email or ""
        )
