"""Proving that a contact of a letter is the sender's: an address by a link, a telephone by digits.

Link and digits are made of the contact as the letter has it, so that they prove no other one.
"""

from __future__ import annotations

import hmac
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor
from portal.domain.errors import N_, InvalidInput
from portal.domain.events import ActorKind, RecordAction
from portal.domain.messages.links import digits, opened
from portal.domain.messages.occasions import Occasion
from portal.domain.messages.states import Channel
from portal.models import Letter
from portal.services.core.acting import changing, record
from portal.services.core.unit import writing
from portal.services.messages.composing import VERIFY, digit_subject, email_purpose
from portal.services.messages.posting import post


def ask_to_verify(letter_id: int, channel: Channel, language: str, now: datetime) -> None:
    """Send a link or digits to a contact of the letter; raises :class:`InvalidInput` where it has none."""
    with changing(_sender(letter_id), letter_id) as (session, letter):
        by_mail = channel is Channel.MAIL
        if not (letter.sender_email if by_mail else letter.sender_phone):
            raise InvalidInput("digits", N_("这封信没有留下可以用的联系方式。"))
        once = f"verify/{letter.id}/{channel}/{now.timestamp():.0f}"
        post(session, Occasion.VERIFYING, channel, once, now, letter=letter, language=language)


def verify_by_digits(letter_id: int, typed: str, key: bytes, now: datetime) -> bool:
    """Mark the telephone as proven if ``typed`` are the digits sent in this hour or the last one."""
    with changing(_sender(letter_id), letter_id) as (session, letter):
        hour = int(now.timestamp()) // 3600
        right = [
            digits(key, VERIFY, digit_subject(letter, each)).encode() for each in (hour, hour - 1)
        ]
        given = typed.encode(errors="replace")
        fits = [hmac.compare_digest(given, each) for each in right]
        if not letter.sender_phone or not any(fits):
            return False
        letter.phone_verified_at = now
        _note(session, letter, now)
    return True


def verify_by_link(token: str, key: bytes, now: datetime) -> bool:
    """Mark the address as proven to which the link with ``token`` was sent."""
    number, _dot, _signature = token.rpartition(".")
    with writing() as session:
        query = sa.select(Letter).where(Letter.number == number)
        letter = session.scalar(query.with_for_update(of=Letter))
        if letter is None or not letter.sender_email:
            return False
        if opened(key, email_purpose(letter.sender_email), token) != number:
            return False
        if letter.email_verified_at is None:
            letter.email_verified_at = now
            _note(session, letter, now)
    return True


def _note(session: Session, letter: Letter, now: datetime) -> None:
    record(session, RecordAction.VERIFY_CONTACT, _sender(letter.id), now, letter=letter)


def _sender(letter_id: int) -> Actor:
    return Actor(ActorKind.CITIZEN, letter_id=letter_id)
