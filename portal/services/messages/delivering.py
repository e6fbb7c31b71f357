"""Handing messages over: a batch of one channel, each recorded before the next is sent.

Whoever dies between sending and recording has sent one message that the next worker sends again,
under the same Message-ID.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy.orm import Session

from portal.adapters.channels.interface import Delivery, MessageChannel, Parcel
from portal.domain.messages.retrying import next_attempt
from portal.domain.messages.states import UNREACHED, Channel, MessageState, Outcome
from portal.models import MessageChoice, OutboxRow, OutgoingMessage, db
from portal.queries.messages.staff import staff_messages
from portal.services.core.outbox import LEASE, give_back, give_up, insist, take_jobs
from portal.services.core.unit import writing
from portal.services.messages.composing import Composer, Unaddressed
from portal.services.messages.posting import change_state

BATCH = 10
PAUSE = timedelta(seconds=5)
"""How long the other messages of a channel wait that is down."""
_log = structlog.get_logger("portal.messages")


def deliver(
    queue: str, channel: MessageChannel, composer: Composer, clock: Callable[[], datetime]
) -> int:
    """Hand a batch of messages of ``queue`` over; return how many attempts were made.

    A channel that is down ends the batch: its other messages wait a moment without an attempt. So
    does the middle of the lease, so that nobody else takes what this batch still has.
    """
    taken_at = clock()
    ids = take_jobs(queue, BATCH, taken_at)
    for place, job in enumerate(ids):
        now = clock()
        if now - taken_at > LEASE / 2:
            give_back(ids[place:], now)
            return place
        parcel = _parcel(job, composer, now)
        if parcel is None:
            continue
        delivery = channel.send(parcel)
        insist(partial(_record, job, delivery, clock()))
        if delivery.outcome is Outcome.DOWN:
            insist(partial(give_back, ids[place + 1 :], clock() + PAUSE))
            return place + 1
    return len(ids)


def _parcel(job: int, composer: Composer, now: datetime) -> Parcel | None:
    """Return what the channel gets, or settle what cannot be sent and return ``None``."""
    session = db.session()
    try:
        row = session.get(OutboxRow, job)
        if row is None or row.message is None:
            return None
        return composer.parcel(session, row.message, now)
    except Unaddressed:
        session.rollback()
        insist(partial(_settle, job, MessageState.DROPPED, now))
    except Exception as error:
        _log.exception("message_not_composed", job=job)
        session.rollback()
        failed = Delivery(Outcome.REFUSED, f"its words: {type(error).__name__}")
        insist(partial(_record, job, failed, now))
    finally:
        session.rollback()
    return None


def _settle(job: int, state: MessageState, now: datetime) -> None:
    with writing() as session:
        row = session.get(OutboxRow, job)
        if row is not None and row.message is not None:
            change_state(row.message, state, now)
            session.delete(row)


def _record(job: int, delivery: Delivery, now: datetime) -> None:
    """Record what an attempt came to, and when the next one is."""
    with writing() as session:
        row = session.get(OutboxRow, job)
        message = row.message if row is not None else None
        if row is None or message is None:
            return
        outcome = delivery.outcome
        again = next_attempt(outcome, row.attempts, row.created_at, now, row.id)
        if outcome is Outcome.ACCEPTED:
            answered = message.channel is Channel.WEBHOOK
            state = MessageState.DELIVERED if answered else MessageState.HANDED_OVER
            change_state(message, state, now)
            message.handed_over_at = now
            message.reference = delivery.reference[:200] or None
            session.delete(row)
        elif again is not None:
            if outcome is Outcome.NOT_ACCEPTING:
                change_state(message, MessageState.NOT_ACCEPTING, now)
            row.last_error, row.available_at = delivery.said[:500], again
        elif outcome in (Outcome.NO_SUCH_ADDRESS, Outcome.NOT_ACCEPTING):
            change_state(message, MessageState(outcome.value), now)
            mark_unreached(session, message)
            session.delete(row)
        else:
            change_state(message, MessageState.FAILED, now)
            give_up(row, delivery.said)
    if outcome is not Outcome.ACCEPTED:
        _log.warning("message_not_handed_over", outcome=str(outcome), said=delivery.said, job=job)


def mark_unreached(session: Session, message: OutgoingMessage) -> None:
    """Mark that somebody could not be reached: on the letter its sender, on the account its owner."""
    if message.user_id is not None:
        row = staff_messages(session, message.user_id)
        if row is not None and message.state in UNREACHED:
            row.unreached = message.state
        return
    if message.letter_id is None or message.webhook is not None:
        return
    choice = session.get(MessageChoice, message.letter_id)
    if choice is not None and choice.channel is message.channel and message.state in UNREACHED:
        choice.unreached = message.state
