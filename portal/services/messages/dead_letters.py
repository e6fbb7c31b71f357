"""What is done with jobs that were given up: they are tried again, or dropped."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor, Permission
from portal.domain.errors import NotFound
from portal.domain.events import RecordAction
from portal.domain.messages.states import MessageState
from portal.models import OutboxRow, OutboxStatus
from portal.services.core.acting import record
from portal.services.core.outbox import try_again
from portal.services.core.permits import allow
from portal.services.core.unit import writing
from portal.services.messages.posting import change_state


def retry_job(job_id: int, actor: Actor, now: datetime) -> None:
    """Give a job that was given up a whole round of attempts; raises :class:`NotFound`."""
    with writing() as session:
        row = _dead(session, job_id, actor)
        if row.message is not None:
            change_state(row.message, MessageState.WAITING, now)
        try_again(row, now)
        _record(session, RecordAction.RETRY_JOB, row, actor, now)


def drop_job(job_id: int, actor: Actor, now: datetime) -> None:
    """Drop a job that was given up; its message stays, as one no longer sent."""
    with writing() as session:
        row = _dead(session, job_id, actor)
        if row.message is not None:
            change_state(row.message, MessageState.DROPPED, now)
        _record(session, RecordAction.DROP_JOB, row, actor, now)
        session.delete(row)


def retry_all(actor: Actor, now: datetime) -> int:
    """Give every job that was given up another round; return how many they are."""
    with writing() as session:
        dead = sa.select(OutboxRow.id).where(OutboxRow.status == OutboxStatus.DEAD)
        ids = list(session.scalars(dead))
        for job_id in ids:
            retry_job(job_id, actor, now)
    return len(ids)


def _dead(session: Session, job_id: int, actor: Actor) -> OutboxRow:
    allow(actor, Permission.MESSAGES_EDIT)
    row = session.get(OutboxRow, job_id, with_for_update=True)
    if row is None or row.status is not OutboxStatus.DEAD:
        raise NotFound
    return row


def _record(
    session: Session, action: RecordAction, row: OutboxRow, actor: Actor, now: datetime
) -> None:
    occasion = row.message.occasion if row.message is not None else ""
    record(session, action, actor, now, subject=f"{row.id} {row.queue} {occasion}".strip())
