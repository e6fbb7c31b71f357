"""The stored chain: rows in it, blocks, the head."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.audit.chain import Block, Head, Stored
from portal.domain.audit.rows import ChainKind
from portal.models import AuditBlock, AuditHead, Event, ReadEvent

TABLES: dict[ChainKind, type[Event] | type[ReadEvent]] = {
    ChainKind.EVENT: Event,
    ChainKind.READ: ReadEvent,
}
"""The table of each kind of row."""
HEAD_ID = 1
_CHUNK = 100


def columns_of(kind: ChainKind) -> Sequence[Any]:
    """Return the columns of which the content of a row is made, with id and stamp."""
    return list(TABLES[kind].__table__.columns)


def head_row(session: Session, *, lock: bool = False) -> AuditHead | None:
    """Return the head, locked against others who add to the chain if ``lock`` says so."""
    query = sa.select(AuditHead).where(AuditHead.id == HEAD_ID)
    return session.scalar(query.with_for_update() if lock else query)


def head_of(row: AuditHead) -> Head:
    """Return the head that a row holds."""
    return Head(
        number=row.number,
        total=row.total,
        mac=row.mac,
        adopted_id=row.adopted_id,
        event_id=row.event_id,
        read_id=row.read_id,
        removed=row.removed,
        gaps=row.gaps,
        sealed_at=row.sealed_at,
    )


def stored_blocks(session: Session) -> Iterator[Stored]:
    """Yield all blocks in order, read a few at a time."""
    table, last = AuditBlock.__table__, 0
    while True:
        query = sa.select(table).where(table.c.number > last).order_by(table.c.number)
        rows = session.execute(query.limit(_CHUNK)).all()
        for row in rows:
            kind = ChainKind(row.kind)
            block = Block(row.number, kind, row.size, row.total, row.digest, row.sealed_at)
            yield Stored(block, row.seals, row.sealed_with, row.mac)
        if len(rows) < _CHUNK:
            return
        last = rows[-1].number
