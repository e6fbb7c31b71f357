"""Sealing what was recorded: rows get into the chain in batches, soon after they were written.

Whoever adds to the chain has its head locked. Rows are taken in the order of their ids; those that
PostgreSQL shows later, because their transaction took longer, are taken when they come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from portal.domain.audit.chain import START, Head, next_block, pack
from portal.domain.audit.gaps import Gap, read_gaps, write_gaps
from portal.domain.audit.rows import ChainKind, content, is_stamped, make_seal
from portal.models import AuditBlock, AuditHead, AuditKeys, Event, db
from portal.queries.audit.chain import HEAD_ID, TABLES, columns_of, head_of, head_row
from portal.services.core.unit import writing

BATCH = 1_000
"""Rows that are sealed in one transaction, at most."""
MOST_GAPS = 200
"""Gaps that are remembered; with more of them sealing waits until the older ones are over."""
_log = structlog.get_logger("portal.audit")


def ensure_chain(now: datetime) -> None:
    """Begin the chain where the database has none; events that are there are taken into it."""
    known = head_row(db.session()) is not None
    db.session.rollback()
    if known:
        return
    with writing() as session:
        newest = session.scalar(sa.select(sa.func.max(Event.id))) or 0
        row = AuditHead(id=HEAD_ID)
        head = Head(0, 0, START, newest, 0, 0, 0, write_gaps([]), now)
        write_head(row, head)
        session.add(row)


def seal(now: datetime, batch: int = BATCH) -> int:
    """Seal at most ``batch`` rows; return how many rows were looked at, 0 where none are left."""
    if not _is_pending(db.session()):
        db.session.rollback()
        return 0
    with writing() as session:
        row = head_row(session, lock=True)
        if row is None:
            return 0
        sealing = _Sealing(session, head_of(row), now)
        for kind in ChainKind:
            sealing.take(kind, batch)
        if sealing.head != head_of(row):
            write_head(row, sealing.head)
        return sealing.seen


def noted_head() -> str | None:
    """Return the newest head as it is noted elsewhere, if there is one."""
    row = head_row(db.session())
    found = head_of(row).noted if row is not None else None
    db.session.rollback()
    return found


def write_head(row: AuditHead, head: Head) -> None:
    """Give the row of the head its values, signed with the newest key."""
    key = AuditKeys.loaded().newest
    for name in Head.__slots__:
        setattr(row, name, getattr(head, name))
    row.sealed_with, row.signature = key.id, head.sign(key)


def _is_pending(session: Session) -> bool:
    """Return whether there is anything to seal or to wait for."""
    row = head_row(session)
    if row is None:
        return False
    if read_gaps(row.gaps):
        return True
    for kind, last in ((ChainKind.EVENT, row.event_id), (ChainKind.READ, row.read_id)):
        newest = sa.select(TABLES[kind].id).where(TABLES[kind].id > last).limit(1)
        if session.scalar(newest) is not None:
            return True
    return False


class _Sealing:
    """One batch: the head as it grows, and what was seen."""

    def __init__(self, session: Session, head: Head, now: datetime) -> None:
        self._session, self.head, self._now = session, head, now
        self._seconds = int(now.timestamp())
        self.seen = 0
        # Asked for before any row is read: what had ended then is seen.
        self._oldest = self._transaction("xmin")

    def take(self, kind: ChainKind, batch: int) -> None:
        """Seal rows of ``kind``: those that came late, then the next ones."""
        gaps = read_gaps(self.head.gaps)
        kept = [gap for gap in gaps if gap.kind is not kind]
        for gap in gaps:
            if gap.kind is kind:
                kept += self._late(gap, batch)
        self.head = replace(self.head, gaps=write_gaps(kept))
        self._next(kind, batch, kept)

    def _late(self, gap: Gap, batch: int) -> list[Gap]:
        """Seal the rows that have come in a gap; return what is left of it."""
        rows = self._rows(gap.kind, gap.first, gap.last, batch)
        self._add(gap.kind, rows)
        if len(rows) < batch and gap.is_over(self._oldest, self._seconds):
            return []
        return gap.without(row.id for row in rows)

    def _next(self, kind: ChainKind, batch: int, gaps: list[Gap]) -> None:
        """Seal the rows behind the last one that was looked at."""
        name = f"{kind}_id"
        last = getattr(self.head, name)
        rows = self._rows(kind, last + 1, None, batch)
        horizon = self._transaction("xmax")
        if horizon:
            rows, found = self._before_too_many(kind, last, rows, horizon, MOST_GAPS - len(gaps))
            self.head = replace(self.head, gaps=write_gaps([*gaps, *found]))
        self._add(kind, rows)
        if rows:
            self.head = replace(self.head, **{name: rows[-1].id})

    def _before_too_many(
        self, kind: ChainKind, last: int, rows: Sequence[Any], horizon: int, most: int
    ) -> tuple[Sequence[Any], list[Gap]]:
        """Return the rows before which at most ``most`` gaps lie, and these gaps."""
        gaps: list[Gap] = []
        for taken, row in enumerate(rows):
            if row.id > last + 1:
                if len(gaps) >= most:
                    return rows[:taken], gaps
                gaps.append(Gap(kind, last + 1, row.id - 1, horizon, self._seconds))
            last = row.id
        return rows, gaps

    def _add(self, kind: ChainKind, rows: Sequence[Any]) -> None:
        """Append a block of the rows; one that the letterbox did not write gets no seal."""
        self.seen += len(rows)
        ring, sealed = AuditKeys.loaded(), []
        for row in rows:
            made = content(row._mapping)
            older = kind is ChainKind.EVENT and row.id <= self.head.adopted_id
            if (older and row.stamp is None) or is_stamped(ring, row.stamp, kind, made):
                sealed.append((row.id, make_seal(ring.newest, kind, row.id, row.stamp, made)))
            else:
                _log.error("audit_row_forged", kind=str(kind), row=row.id)
        if not sealed:
            return
        packed = pack(sealed)
        block = next_block(self.head.number, self.head.total, kind, packed, self._now)
        mac = block.mac(ring.newest, self.head.mac)
        self._session.add(
            AuditBlock(
                number=block.number,
                kind=kind,
                size=block.count,
                total=block.total,
                digest=block.digest,
                seals=packed,
                sealed_with=ring.newest.id,
                mac=mac,
                sealed_at=self._now,
            )
        )
        self.head = replace(
            self.head, number=block.number, total=block.total, mac=mac, sealed_at=self._now
        )

    def _rows(self, kind: ChainKind, first: int, last: int | None, most: int) -> Sequence[Any]:
        table = TABLES[kind].__table__
        query = sa.select(*columns_of(kind)).where(table.c.id >= first)
        if last is not None:
            query = query.where(table.c.id <= last)
        return self._session.execute(query.order_by(table.c.id).limit(most)).all()

    def _transaction(self, end: str) -> int:
        """Return the oldest running transaction (``xmin``) or the next one (``xmax``); 0 on SQLite.

        SQLite has one writer, and that is this one.
        """
        if self._session.get_bind().dialect.name != "postgresql":
            return 0
        number = getattr(sa.func, f"pg_snapshot_{end}")(sa.func.pg_current_snapshot())
        query = sa.select(sa.cast(sa.cast(number, sa.Text), sa.BigInteger))
        return int(self._session.scalars(query).one())
