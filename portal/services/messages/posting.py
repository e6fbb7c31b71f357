"""Writing messages into the outbox, each once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.languages import SOURCE
from portal.domain.messages.occasions import Occasion
from portal.domain.messages.states import Channel, MessageState
from portal.models import WEBHOOK, CodeRenewal, Letter, OutgoingMessage, Subscription, User
from portal.services.core.outbox import enqueue_message


def post(
    session: Session,
    occasion: Occasion,
    channel: Channel,
    once: str,
    now: datetime,
    *,
    letter: Letter | None = None,
    user: User | None = None,
    webhook: str | None = None,
    renewal: CodeRenewal | None = None,
    subscription: Subscription | None = None,
    language: str = SOURCE,
    limit_on: date | None = None,
    facts: Mapping[str, Any] | None = None,
) -> OutgoingMessage | None:
    """Put a message into the outbox, or return ``None`` where there is one of the name ``once``.

    It goes to ``webhook``, to ``user``, to who makes the request ``renewal`` or has the
    ``subscription``, or to the sender of ``letter``.
    """
    there = sa.select(OutgoingMessage.id).where(OutgoingMessage.once == once)
    if session.scalar(there) is not None:
        return None
    message = OutgoingMessage(
        key=uuid4().hex,
        occasion=occasion,
        channel=channel,
        letter_id=letter.id if letter else None,
        user_id=user.id if user else None,
        webhook=webhook,
        renewal_id=renewal.id if renewal else None,
        subscription_id=subscription.id if subscription else None,
        language=language,
        limit_on=limit_on,
        facts=json.dumps(facts) if facts else None,
        once=once,
        created_at=now,
        changed_at=now,
    )
    if webhook is not None:
        recipient = f"{WEBHOOK}{webhook}/{letter.id if letter else 0}"
        enqueue_message(session, message, WEBHOOK + webhook, recipient, now)
    else:
        who = f"user/{user.id}" if user else f"letter/{letter.id if letter else 0}"
        who = f"renewal/{renewal.id}" if renewal else who
        who = f"subscription/{subscription.id}" if subscription else who
        enqueue_message(session, message, str(channel), f"{channel}/{who}", now)
    return message


def change_state(message: OutgoingMessage, state: MessageState, now: datetime) -> None:
    """Set the state of a message, and since when it has it."""
    message.state, message.changed_at = state, now
