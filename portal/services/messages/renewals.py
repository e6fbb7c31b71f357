"""Another query code for a sender who has lost it, through a contact given in the letter.

Whether there is such a letter is looked up by the worker when it sends, and by who shows the link
or code: what a request does and answers is the same for every number and contact.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor
from portal.domain.events import ActorKind, RecordAction
from portal.domain.letters.numbers import derive_query_code, hash_code
from portal.domain.messages.links import digits
from portal.domain.messages.occasions import Occasion
from portal.domain.messages.states import Channel
from portal.models import CodeRenewal, Letter
from portal.queries.messages.renewals import TRIES, VALID, letter_of, renewal
from portal.services.core.acting import record
from portal.services.core.unit import writing
from portal.services.messages.announcing import Outlets, post_to_sender
from portal.services.messages.composing import LOST
from portal.services.messages.posting import post


@dataclass(frozen=True, slots=True)
class Renewed:
    """A letter and its other code, which is shown once."""

    letter_id: int
    number: str
    code: str


def ask_for_code(
    number: str | None, contact: str, channel: Channel, language: str, now: datetime
) -> str:
    """Have a link or code sent to ``contact``, if the sender of a letter left it; return the request's key."""
    request = CodeRenewal(
        key=uuid4().hex, number=number, channel=channel, contact=contact, asked_at=now, tries=0
    )
    with writing() as session:
        session.add(request)
        session.flush()
        once = f"renewal/{request.key}"
        post(session, Occasion.LOST_CODE, channel, once, now, renewal=request, language=language)
        return request.key


def renew_code(
    key: str, typed: str | None, code_key: bytes, outlets: Outlets, now: datetime
) -> Renewed | None:
    """Give the letter of the request ``key`` another code; ``None`` where the request does not hold.

    ``typed`` are the digits that came by text message, ``None`` for who has followed the link of a
    mail. A wrong code counts. The earlier code opens nothing from then on; the sender gets a
    message about it on the chosen channel.
    """
    with writing() as session:
        request = renewal(session, key, now)
        if request is None:
            return None
        session.refresh(request, with_for_update=True)
        letter = letter_of(session, request)
        if typed is not None and not _fits(typed, code_key, key):
            request.tries += 1
            return None
        if letter is None or request.used_at is not None or request.tries >= TRIES:
            request.tries += 1
            return None
        return _renew(session, letter, request, code_key, outlets, now)


def _fits(typed: str, code_key: bytes, key: str) -> bool:
    return hmac.compare_digest(typed.encode(errors="replace"), digits(code_key, LOST, key).encode())


def _renew(
    session: Session,
    letter: Letter,
    request: CodeRenewal,
    code_key: bytes,
    outlets: Outlets,
    now: datetime,
) -> Renewed:
    code = derive_query_code(code_key, f"{LOST} {request.key}")
    letter.renewed_hash = hash_code(code_key, letter.number, code)
    # Whoever kept the letter may have had the lost code.
    letter.citizen_key = None
    request.used_at = now
    actor = Actor(ActorKind.CITIZEN, letter_id=letter.id)
    record(session, RecordAction.RENEW_CODE, actor, now, letter=letter)
    once = f"renewed/{request.key}"
    post_to_sender(session, letter, Occasion.CODE_RENEWED, once, outlets, now)
    return Renewed(letter.id, letter.number, code)


def sweep_renewals(now: datetime) -> int:
    """Erase requests that can no longer be used; return how many they were."""
    with writing() as session:
        swept = session.execute(sa.delete(CodeRenewal).where(CodeRenewal.asked_at <= now - VALID))
        return swept.rowcount  # type: ignore[attr-defined,no-any-return]
