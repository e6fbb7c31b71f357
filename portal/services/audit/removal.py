"""Removing what is on record about reading when its time is over; the chain goes on without it.

The seals of removed rows go too. Their block stays, and the head says up to which block they may be
gone, so that nothing else can be removed unseen.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.domain.access import SYSTEM
from portal.domain.audit.chain import unpack
from portal.domain.audit.rows import ChainKind
from portal.domain.events import RecordAction
from portal.models import AuditBlock, ReadEvent
from portal.queries.audit.chain import head_of, head_row
from portal.services.audit.sealing import write_head
from portal.services.core.acting import record
from portal.services.core.unit import writing

BLOCKS = 200
"""Blocks whose rows are removed in one transaction, at most."""
_CHUNK = 500


def remove_reads(keep_days: int, now: datetime, blocks: int = BLOCKS) -> int:
    """Remove reads that were sealed more than ``keep_days`` days ago; return how many rows.

    0 days keeps them all.
    """
    if not keep_days:
        return 0
    with writing() as session:
        row = head_row(session, lock=True)
        if row is None:
            return 0
        over = session.scalars(
            sa.select(AuditBlock)
            .where(
                AuditBlock.kind == ChainKind.READ,
                AuditBlock.number > row.removed,
                AuditBlock.sealed_at < now - timedelta(days=keep_days),
            )
            .order_by(AuditBlock.number)
            .limit(blocks)
        ).all()
        if not over:
            return 0
        ids = [row_id for block in over for row_id, _seal in unpack(block.seals or b"")]
        for start in range(0, len(ids), _CHUNK):
            gone = ReadEvent.id.in_(ids[start : start + _CHUNK])
            session.execute(sa.delete(ReadEvent).where(gone))
        for block in over:
            block.seals = None
        write_head(row, replace(head_of(row), removed=over[-1].number))
        said = f"{len(ids)} rows, to {over[-1].sealed_at:%Y-%m-%d}"
        record(session, RecordAction.REMOVE_READS, SYSTEM, now, subject="reads", reason=said)
    return len(ids)
