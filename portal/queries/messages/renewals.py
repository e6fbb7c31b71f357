"""Requests for another query code: whether they hold, and for which letter."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.letters.sender_keys import email_key, phone_key
from portal.domain.messages.states import Channel
from portal.models import CodeRenewal, Letter, SenderKeys

VALID = timedelta(hours=1)
"""How long a link or code can be used."""
TRIES = 5
"""Wrong codes after which a request is worth nothing."""


def renewal(session: Session, key: str, now: datetime) -> CodeRenewal | None:
    """Return the request ``key`` while it can be used."""
    return session.scalar(
        sa.select(CodeRenewal).where(
            CodeRenewal.key == key,
            CodeRenewal.used_at.is_(None),
            CodeRenewal.asked_at > now - VALID,
            CodeRenewal.tries < TRIES,
        )
    )


def letter_of(session: Session, request: CodeRenewal) -> Letter | None:
    """Return the letter whose sender left the contact of ``request``, the newest without a number.

    Where there is none the same work is done. Letters that came without a query code get none.
    """
    by_mail = request.channel is Channel.MAIL
    make, column = (email_key, Letter.email_key) if by_mail else (phone_key, Letter.phone_key)
    query = sa.select(Letter).where(
        column == make(SenderKeys.key, request.contact),
        Letter.received_at <= request.asked_at,
        Letter.code_hash.is_not(None),
    )
    if request.number:
        query = query.where(Letter.number == request.number)
    return session.scalar(query.order_by(Letter.received_at.desc(), Letter.id.desc()).limit(1))
