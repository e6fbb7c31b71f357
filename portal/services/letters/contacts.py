"""The sender's name and contacts: covered until asked for, every look is recorded; corrections."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.domain.access import Actor, Permission, can
from portal.domain.errors import N_, InvalidInput, NotPermitted
from portal.domain.events import RecordAction
from portal.domain.letters.states import Action
from portal.models import MessageChoice
from portal.services.core.acting import changing, record, take
from portal.services.letters.submission import citizen


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


def correct_contacts(letter_id: int, phone: str, email: str, now: datetime) -> None:
    """Replace the telephone number, the e-mail address or both; what is empty stays as it is.

    The event says that they were corrected and holds neither. Raises :class:`InvalidInput` where
    nothing is given.
    """
    if not phone and not email:
        raise InvalidInput("phone", N_("请填写新的手机号码或电子邮箱。"))
    actor = citizen(letter_id)
    with changing(actor, letter_id) as (session, letter):
        take(session, letter, Action.CORRECT_CONTACTS, actor, now)
        letter.reach_at(phone or letter.sender_phone or "", email or letter.sender_email or "")
        choice = session.get(MessageChoice, letter.id)
        if choice is not None:
            choice.unreached = None
