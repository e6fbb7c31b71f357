"""The address to which a member of staff gets messages, and which of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor, Permission
from portal.domain.errors import NotFound
from portal.domain.events import RecordAction
from portal.domain.messages.links import opened
from portal.domain.messages.occasions import TO_STAFF, Frequency, Occasion
from portal.domain.messages.states import Channel
from portal.models import StaffMessages, User
from portal.services.core.acting import record
from portal.services.core.permits import allow
from portal.services.core.unit import writing
from portal.services.messages.composing import confirming
from portal.services.messages.posting import post


@dataclass(frozen=True, slots=True)
class Wanted:
    """How often a person wants messages of each occasion, and whether figures come every week."""

    often: Mapping[Occasion, Frequency]
    weekly: bool


def keep_own_messages(
    address: str, wanted: Wanted, language: str, actor: Actor, now: datetime
) -> bool:
    """Keep address and choice of the person at work; an empty address ends all messages.

    Returns whether the address is another one, to which a link goes that confirms it.
    """
    if actor.user_id is None:
        raise NotFound
    with writing() as session:
        row, is_other = _put_address(session, actor.user_id, address, language, actor, now)
        if row is not None:
            _choose(row, wanted)
            row.language = language
    return is_other


def set_address(user_id: int, address: str, language: str, actor: Actor, now: datetime) -> bool:
    """Enter the address of another person, who confirms it; returns whether it is another one."""
    allow(actor, Permission.USERS_EDIT)
    with writing() as session:
        return _put_address(session, user_id, address, language, actor, now)[1]


def _put_address(
    session: Session, user_id: int, address: str, language: str, actor: Actor, now: datetime
) -> tuple[StaffMessages | None, bool]:
    user = session.get(User, user_id)
    if user is None:
        raise NotFound
    row = _row(session, user_id)
    if (row.address if row else "") == address:
        return row, False
    if not address:
        session.delete(row)
        row = None
    elif row is None:
        row = StaffMessages(user_id=user_id, address=address, language=language)
        session.add(row)
    else:
        row.address, row.confirmed_at, row.unreached = address, None, None
    session.flush()
    subject = f"user:{user.username}"
    record(session, RecordAction.SET_ADDRESS, actor, now, subject=subject)
    if row is not None:
        _ask_to_confirm(session, row, user, now)
    return row, row is not None


def ask_again(actor: Actor, now: datetime) -> None:
    """Send the link that confirms the address of the person at work once more."""
    with writing() as session:
        row = _row(session, actor.user_id)
        if row is not None and (row.confirmed_at is None or row.unreached is not None):
            row.unreached, row.confirmed_at = None, None
            _ask_to_confirm(session, row, session.get_one(User, row.user_id), now)


def _ask_to_confirm(session: Session, row: StaffMessages, user: User, now: datetime) -> None:
    once = f"address/{user.id}/{now.isoformat()}"
    post(session, Occasion.ADDRESS, Channel.MAIL, once, now, user=user, language=row.language)


def confirm_address(token: str, key: bytes, actor: Actor, now: datetime) -> bool:
    """Mark as confirmed the address to which the link with ``token`` was sent; return whether it is the person's."""
    with writing() as session:
        row = _row(session, actor.user_id)
        if row is None or opened(key, confirming(row.address), token) != str(row.user_id):
            return False
        row.confirmed_at = row.confirmed_at or now
    return True


def stop_staff_messages(user_id: int) -> None:
    """Send a person no more messages; the address stays, for one who chooses again."""
    with writing() as session:
        row = _row(session, user_id)
        if row is not None:
            _choose(row, Wanted(dict.fromkeys(TO_STAFF, Frequency.NEVER), False))


def _row(session: Session, user_id: int | None) -> StaffMessages | None:
    return session.scalar(sa.select(StaffMessages).where(StaffMessages.user_id == user_id))


def _choose(row: StaffMessages, wanted: Wanted) -> None:
    row.new_work = wanted.often[Occasion.NEW_WORK]
    row.sent_back = wanted.often[Occasion.SENT_BACK]
    row.urged = wanted.often[Occasion.URGED]
    row.due_soon = wanted.often[Occasion.DUE_SOON]
    row.overdue = wanted.often[Occasion.OVERDUE]
    row.weekly = wanted.weekly
