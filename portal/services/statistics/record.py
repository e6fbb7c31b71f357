"""Growing the public record: leaves from events, and a signed head for each day that is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.periods import civil_date, midnight
from portal.domain.record.heads import head_text, public_key, sign
from portal.domain.record.leaves import commitment, kind_of, leaf, opening
from portal.domain.record.tree import Growth
from portal.models import Event, RecordHead, RecordLeaf, RecordNode, db
from portal.queries.record.events import counted
from portal.queries.record.tree import KEPT_LEVEL, newest_head, stored
from portal.services.core.unit import writing

BATCH = 2_000
_DAY = timedelta(days=1)
_LOCK_WAIT = "SET LOCAL lock_timeout = '2s'"
_LOCK = "LOCK TABLE event IN SHARE MODE"


@dataclass(frozen=True, slots=True)
class RecordKeys:
    """``head`` signs the heads, ``code`` (of the query codes) makes the commitments; 32 bytes each."""

    head: bytes
    code: bytes


def extend(keys: RecordKeys, now: datetime, batch: int = BATCH) -> int:
    """Add at most ``batch`` events to the record, in the order of recording; return what was done.

    A head is signed when the events of its day are in: for each day up to yesterday that has none.
    The result counts leaves and heads and is 0 where nothing is left to do.
    """
    day = _due(now)
    if day is None:
        return 0
    last = _last_event()
    with writing() as session:
        # Another worker may have been faster.
        head = newest_head(session)
        if head is not None and head.day >= day:
            return 0
        rows = _events(session, last, batch)
        over = midnight(day + _DAY)
        # What was recorded later belongs to the next head, and so does all that follows it.
        taken = next((i for i, row in enumerate(rows) if row.recorded_at >= over), len(rows))
        grown = _add(session, rows[:taken], keys.code)
        if taken < len(rows) or len(rows) < batch:
            _sign(session, day, grown, keys.head, now)
            return taken + 1
        return taken


def _due(now: datetime) -> date | None:
    """Return the first day that is over and has no head; the first head of all is yesterday's."""
    session = db.session()
    head = newest_head(session)
    session.rollback()
    yesterday = civil_date(now) - _DAY
    day = head.day + _DAY if head else yesterday
    return day if day <= yesterday else None


def _last_event() -> int:
    """Return the id of the last event such that every one before it is stored.

    PostgreSQL gives out ids before the transactions that take them end, so that one is waited for.
    """
    with writing() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(sa.text(_LOCK_WAIT))
            session.execute(sa.text(_LOCK))
        return session.scalar(sa.select(sa.func.max(Event.id))) or 0


def _events(session: Session, last: int, batch: int) -> Sequence[Any]:
    known = session.scalar(sa.select(sa.func.max(RecordLeaf.event_id))) or 0
    query = counted().where(Event.id > known, Event.id <= last)
    return session.execute(query.order_by(Event.id).limit(batch)).all()


def _add(session: Session, rows: Sequence[Any], code_key: bytes) -> Growth:
    last = session.scalar(sa.select(sa.func.max(RecordLeaf.position)))
    grown = Growth.at(0 if last is None else last + 1, stored(session))
    leaves: list[dict[str, Any]] = []
    nodes: list[dict[str, Any]] = []
    for row in rows:
        kind = kind_of(row.axis, row.from_state, row.to_state)
        assert kind is not None  # noqa: S101 - the query has no others
        day, opened = civil_date(row.occurred_at), opening(code_key, row.number, row.code_hash)
        committed = commitment(opened, kind, row.number, row.occurred_at)
        leaves.append(
            {
                "position": grown.size,
                "event_id": row.id,
                "letter_id": row.letter_id,
                "kind": kind,
                "day": day,
                "commitment": committed,
            }
        )
        nodes += [
            {"level": level, "index": index, "hash": value.hex()}
            for level, index, value in grown.add(leaf(kind, day, committed))
            if level >= KEPT_LEVEL
        ]
    if leaves:
        session.execute(sa.insert(RecordLeaf), leaves)
    if nodes:
        session.execute(sa.insert(RecordNode), nodes)
    return grown


def _sign(session: Session, day: date, grown: Growth, key: bytes, now: datetime) -> None:
    signature = sign(key, head_text(day, grown.size, grown.root))
    session.add(
        RecordHead(
            day=day,
            size=grown.size,
            root=grown.root.hex(),
            signature=signature.hex(),
            public_key=public_key(key).hex(),
            signed_at=now,
        )
    )
