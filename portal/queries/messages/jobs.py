"""Jobs of the outbox and messages: how many, which were given up, what concerns a letter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from portal.domain.messages.states import Channel, MessageState
from portal.models import INDEX, OutboxRow, OutboxStatus, OutgoingMessage
from portal.queries.paging import Page, slice_of


@dataclass(frozen=True, slots=True)
class QueueState:
    """How many jobs of a queue wait, since when the oldest does, and how many were given up."""

    name: str
    waiting: int
    oldest: datetime | None
    dead: int


def queue_states(session: Session) -> list[QueueState]:
    """Return every queue in which there is something, by name."""
    is_waiting = OutboxRow.status == OutboxStatus.WAITING
    query = (
        sa.select(
            OutboxRow.queue,
            sa.func.count().filter(is_waiting),
            sa.func.min(OutboxRow.created_at).filter(is_waiting),
            sa.func.count().filter(~is_waiting),
        )
        .group_by(OutboxRow.queue)
        .order_by(OutboxRow.queue)
    )
    return [QueueState(*row) for row in session.execute(query)]


def jobs(
    session: Session, page: int, size: int, status: OutboxStatus = OutboxStatus.DEAD
) -> Page[OutboxRow]:
    """Return a page of the jobs that wait or that were given up, oldest first."""
    which = OutboxRow.status == status
    total = session.scalar(sa.select(sa.func.count()).select_from(OutboxRow).where(which)) or 0
    part = slice_of(total, page, size)
    query = (
        sa.select(OutboxRow)
        .where(which)
        .order_by(OutboxRow.id)
        .options(
            selectinload(OutboxRow.message).selectinload(OutgoingMessage.letter),
            selectinload(OutboxRow.message).selectinload(OutgoingMessage.user),
        )
        .offset(part.offset)
        .limit(size)
    )
    return Page(list(session.scalars(query)), total, part.page, part.pages)


def message_counts(session: Session) -> list[tuple[Channel, MessageState, int]]:
    """Return how many messages of each channel are in each state."""
    query = sa.select(OutgoingMessage.channel, OutgoingMessage.state, sa.func.count())
    grouped = query.group_by(OutgoingMessage.channel, OutgoingMessage.state)
    found = {(channel, state): count for channel, state, count in session.execute(grouped)}
    return [
        (channel, state, found[channel, state])
        for channel in Channel
        for state in MessageState
        if (channel, state) in found
    ]


def subject(row: OutboxRow) -> str:
    """Return what a job is about, in English, for commands."""
    if row.queue == INDEX:
        return f"entry {row.entry_id}"
    if row.message is None:
        return f"event {row.event_id}"
    if row.message.letter is None and row.message.user is None:
        return f"{row.queue}: {row.message.occasion}"
    about = row.message.letter.number if row.message.letter else f"user {row.message.user_id}"
    return f"{row.queue}: {row.message.occasion}, {about}"


def messages_of(session: Session, letter_id: int) -> list[OutgoingMessage]:
    """Return the messages to the sender of a letter, newest first."""
    query = (
        sa.select(OutgoingMessage)
        .where(
            OutgoingMessage.letter_id == letter_id,
            OutgoingMessage.user_id.is_(None),
            OutgoingMessage.webhook.is_(None),
        )
        .order_by(OutgoingMessage.id.desc())
    )
    return list(session.scalars(query))
