"""Whether the audit chain still says what it was made of: the first row that was changed, by name.

Nothing is written. Lines name rows by table and id, never what is in them.
"""

from __future__ import annotations

import hmac
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.audit.chain import START, Head, Stored, block_fault, note_of, unpack
from portal.domain.audit.gaps import Gap, missing, read_gaps
from portal.domain.audit.keys import AuditKey, AuditKeyRing
from portal.domain.audit.rows import ChainKind, content, is_stamped, make_seal
from portal.queries.audit.chain import TABLES, columns_of, head_of, head_row, stored_blocks

OVERDUE = timedelta(minutes=10)
"""How long a row may wait for its seal before the worker is asked about."""
_CHUNK = 500
_BELOW = -(2**63) - 1
"""What is below every id. No row of the letterbox has one below 1, but one that was inserted may."""
_SNAPSHOT = "REPEATABLE READ"


@dataclass(slots=True)
class Verdict:
    """What was found: faults in the order of the chain, the head, and the rows not sealed yet.

    ``waiting_since`` is when the oldest of those was recorded; ``removed`` are rows of reads whose time
    was over.
    """

    faults: list[str] = field(default_factory=list)
    noted: str = ""
    sealed: int = 0
    removed: int = 0
    waiting: int = 0
    waiting_since: datetime | None = None
    is_overdue: bool = False


def verify(
    session: Session,
    ring: AuditKeyRing,
    now: datetime,
    expected: Iterable[tuple[int, bytes]] = (),
    progress: Callable[[int], None] = lambda n: None,
) -> Verdict:
    """Compare every row with its seal, the seals with their blocks, and the blocks with the head.

    ``expected`` are heads that were noted elsewhere, which the chain must go through. ``progress`` gets
    the number of rows looked at since its last call. All is read from one snapshot: what the session
    was reading before is ended.
    """
    session.rollback()
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": _SNAPSHOT})
    verdict, row = Verdict(), head_row(session)
    if row is None:
        verdict.faults.append("the head of the chain is gone")
        return verdict
    head, key = head_of(row), ring.find(row.sealed_with)
    if key is None:
        verdict.faults.append(f"the head has the key {row.sealed_with.hex()}, which is not here")
    elif not hmac.compare_digest(head.sign(key), row.signature):
        verdict.faults.append("the head was changed")
    verdict.noted, verdict.sealed = head.noted, head.total
    check = _Check(session, ring, head, verdict, set(expected), progress)
    check.blocks()
    for kind in ChainKind:
        check.inserted(kind)
        check.waiting(kind, now)
    check.copies()
    return verdict


class _Check:
    def __init__(
        self,
        session: Session,
        ring: AuditKeyRing,
        head: Head,
        verdict: Verdict,
        expected: set[tuple[int, bytes]],
        progress: Callable[[int], None],
    ) -> None:
        self._session, self._ring, self._head, self._verdict = session, ring, head, verdict
        self._expected, self._progress = expected, progress
        self._sealed = {kind: array("q") for kind in ChainKind}
        self._gaps: list[Gap] = read_gaps(head.gaps)
        self._is_whole = True

    def blocks(self) -> None:
        """Go through the chain from its beginning to the head."""
        previous: bytes | None = START
        number = total = 0
        for stored in stored_blocks(self._session):
            block = stored.block
            if block.number != number + 1:
                self._lacks(total, block.total - block.count, f"before block {block.number}")
                previous = None
            if fault := block_fault(self._ring, previous, stored):
                rows = f"positions {block.total - block.count + 1} to {block.total}"
                self._fault(f"block {block.number} ({rows}) {fault}")
            self._rows(stored)
            self._noted(block.total, stored.mac)
            number, total, previous = block.number, block.total, stored.mac
        if (number, total) < (self._head.number, self._head.total):
            self._lacks(total, self._head.total, "at the end")
        elif (number, total, previous) != (self._head.number, self._head.total, self._head.mac):
            self._fault("the last block is not the one that the head names")
        self._noted(0, START)
        for count, mac in sorted(self._expected):
            self._fault(f"the noted head {note_of(count, mac)} is not in the chain")

    def _lacks(self, total: int, until: int, where: str) -> None:
        self._is_whole = False
        self._fault(f"positions {total + 1} to {until}: cut off, their blocks are gone {where}")

    def _noted(self, total: int, mac: bytes) -> None:
        self._expected.discard((total, mac))

    def _fault(self, line: str) -> None:
        self._verdict.faults.append(line)

    def _rows(self, stored: Stored) -> None:
        block, key = stored.block, self._ring.find(stored.key_id)
        if stored.packed is None:
            if block.kind is ChainKind.READ and block.number <= self._head.removed:
                self._verdict.removed += block.count
            else:
                self._fault(f"block {block.number} has lost its seals")
            self._progress(block.count)
            return
        sealed = unpack(stored.packed)
        self._sealed[block.kind].extend(row_id for row_id, _seal in sealed)
        if key is not None:
            first = block.total - block.count + 1
            self._compare(block.kind, key, sealed, first)
        self._progress(block.count)

    def _compare(
        self, kind: ChainKind, key: AuditKey, sealed: Sequence[tuple[int, bytes]], first: int
    ) -> None:
        rows = {row.id: row for row in self._of(kind, [row_id for row_id, _seal in sealed])}
        for position, (row_id, seal) in enumerate(sealed, first):
            row = rows.get(row_id)
            if row is None:
                self._fault(f"position {position}: {kind} {row_id} was deleted")
            elif make_seal(key, kind, row_id, row.stamp, content(row._mapping)) != seal:
                self._fault(f"position {position}: {kind} {row_id} was edited")

    def _of(self, kind: ChainKind, ids: Sequence[int]) -> Iterator[Any]:
        """Yield the rows with ``ids``, which mostly stand close together."""
        table = TABLES[kind].__table__
        columns = columns_of(kind)
        if not ids:
            return
        if ids[-1] - ids[0] <= 2 * len(ids):
            yield from self._session.execute(
                sa.select(*columns).where(table.c.id.between(ids[0], ids[-1]))
            )
            return
        for start in range(0, len(ids), _CHUNK):
            some = ids[start : start + _CHUNK]
            yield from self._session.execute(sa.select(*columns).where(table.c.id.in_(some)))

    def inserted(self, kind: ChainKind) -> None:
        """Name the rows that have no seal, though rows behind them were sealed."""
        if not self._is_whole:
            return
        table, last = TABLES[kind].__table__, getattr(self._head, f"{kind}_id")
        awaited = [gap for gap in self._gaps if gap.kind is kind]
        for first, until in missing(_BELOW, sorted(self._sealed[kind]), last):
            query = sa.select(table.c.id).where(table.c.id.between(first, until))
            for row_id in self._session.scalars(query.order_by(table.c.id)):
                if not any(gap.first <= row_id <= gap.last for gap in awaited):
                    self._fault(f"{kind} {row_id} was inserted")

    def waiting(self, kind: ChainKind, now: datetime) -> None:
        """Check the rows that are not sealed yet by their stamps."""
        table, last = TABLES[kind].__table__, getattr(self._head, f"{kind}_id")
        spans = [(gap.first, gap.last) for gap in self._gaps if gap.kind is kind]
        for first, until in [*spans, (last + 1, None)]:
            while True:
                query = sa.select(*columns_of(kind)).where(table.c.id >= first)
                if until is not None:
                    query = query.where(table.c.id <= until)
                rows = self._session.execute(query.order_by(table.c.id).limit(_CHUNK)).all()
                for row in rows:
                    self._wait(kind, row, now)
                self._progress(len(rows))
                if len(rows) < _CHUNK:
                    break
                first = rows[-1].id + 1

    def _wait(self, kind: ChainKind, row: Any, now: datetime) -> None:
        older = kind is ChainKind.EVENT and row.id <= self._head.adopted_id
        if not (older and row.stamp is None) and not is_stamped(
            self._ring, row.stamp, kind, content(row._mapping)
        ):
            self._fault(f"{kind} {row.id} was inserted or edited before it was sealed")
        verdict = self._verdict
        verdict.waiting += 1
        since = min(row.recorded_at, verdict.waiting_since or row.recorded_at)
        verdict.waiting_since = since
        late = now - OVERDUE
        verdict.is_overdue = since < late and self._head.sealed_at < late

    def copies(self) -> None:
        """Name the rows that repeat the stamp of another: copies of rows that the letterbox wrote."""
        for kind in ChainKind:
            table = TABLES[kind].__table__
            twice = (
                sa.select(table.c.stamp)
                .where(table.c.stamp.is_not(None))
                .group_by(table.c.stamp)
                .having(sa.func.count() > 1)
            )
            query = sa.select(table.c.id, table.c.stamp).where(table.c.stamp.in_(twice))
            seen: dict[bytes, int] = {}
            for row_id, stamp in self._session.execute(query.order_by(table.c.id)):
                first = seen.setdefault(stamp, row_id)
                if first != row_id:
                    self._fault(f"{kind} {row_id} is a copy of {kind} {first}")
