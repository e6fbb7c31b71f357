"""Whether the database still says what the signed heads of the record cover.

Each function returns the faults that it finds as lines for the operator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.periods import civil_date
from portal.domain.record.heads import head_text, public_key, signed_by
from portal.domain.record.leaves import RecordKind, commitment, kind_of, leaf, opening
from portal.domain.record.tree import Growth
from portal.models import Event, Letter, RecordHead, RecordLeaf
from portal.queries.record.events import counted

_CHUNK = 2_000


def head_faults(session: Session, key: bytes) -> list[str]:
    """Return the heads whose root is not that of the leaves, or whose signature is wrong.

    ``key`` is the secret key of the signatures; heads of another key are faults too.
    """
    public, grown, faults = public_key(key), Growth(), []
    leaves = _leaves(session)
    for head in session.scalars(sa.select(RecordHead).order_by(RecordHead.day)):
        while grown.size < head.size:
            row = next(leaves, None)
            if row is None or row.position != grown.size:
                faults.append(f"head of {head.day}: the leaf {grown.size} is missing")
                return faults
            list(grown.add(leaf(row.kind, row.day, row.commitment)))
        if (grown.size, grown.root.hex()) != (head.size, head.root):
            faults.append(f"head of {head.day}: the leaves have another root than was signed")
        text = head_text(head.day, head.size, bytes.fromhex(head.root))
        if not signed_by(public, bytes.fromhex(head.signature), text):
            faults.append(f"head of {head.day}: not signed by the key of this letterbox")
    return faults


def _leaves(session: Session) -> Iterator[Any]:
    columns = (RecordLeaf.position, RecordLeaf.kind, RecordLeaf.day, RecordLeaf.commitment)
    last = -1
    while True:
        query = sa.select(*columns).where(RecordLeaf.position > last)
        rows = session.execute(query.order_by(RecordLeaf.position).limit(_CHUNK)).all()
        if not rows:
            return
        last = rows[-1].position
        yield from rows


def leaf_faults(
    session: Session, code_key: bytes, progress: Callable[[int], None] = lambda n: None
) -> list[str]:
    """Return where letters and events are no longer what the leaves say.

    Found are letters and events that were deleted, moved in time or made into something else, and
    those that were inserted between recorded ones. ``progress`` gets the number of leaves looked at
    since its last call.
    """
    faults, last = [], -1
    query = (
        sa.select(
            *(RecordLeaf.position, RecordLeaf.kind, RecordLeaf.day, RecordLeaf.commitment),
            *(RecordLeaf.event_id, Event.axis, Event.from_state, Event.to_state),
            *(Event.occurred_at, Letter.number, Letter.code_hash, Letter.received_at),
            Event.id.label("found"),
        )
        .outerjoin(Event, Event.id == RecordLeaf.event_id)
        .outerjoin(Letter, sa.and_(Letter.id == RecordLeaf.letter_id, Letter.id == Event.letter_id))
    )
    while True:
        chunk = query.where(RecordLeaf.position > last).order_by(RecordLeaf.position)
        rows = session.execute(chunk.limit(_CHUNK)).all()
        if not rows:
            break
        last = rows[-1].position
        faults += [line for row in rows if (line := _fault(row, code_key))]
        progress(len(rows))
    return faults + _inserted(session)


def _fault(row: Any, code_key: bytes) -> str | None:
    what = f"leaf {row.position} ({row.kind} {row.day})"
    if row.found is None:
        return f"{what}: its event {row.event_id} is gone"
    if row.number is None:
        return f"{what}: its letter is gone"
    kind = kind_of(row.axis, row.from_state, row.to_state)
    if kind is not row.kind:
        return f"{what}: event {row.event_id} of {row.number} is no longer {row.kind}"
    opened = opening(code_key, row.number, row.code_hash)
    is_same = commitment(opened, kind, row.number, row.occurred_at) == row.commitment
    if not is_same or civil_date(row.occurred_at) != row.day:
        return f"{what}: event {row.event_id} of {row.number} has another moment or letter"
    if kind is RecordKind.RECEIVED and row.received_at != row.occurred_at:
        return f"{what}: letter {row.number} has another moment of receipt"
    return None


def _inserted(session: Session) -> list[str]:
    last = session.scalar(sa.select(sa.func.max(RecordLeaf.event_id))) or 0
    missing = ~sa.exists().where(RecordLeaf.event_id == Event.id)
    rows = session.execute(counted().where(Event.id <= last, missing).order_by(Event.id))
    return [
        f"event {row.id} of {row.number} is not in the record, but later ones are"
        for row in rows
        if kind_of(row.axis, row.from_state, row.to_state) is not None
    ]
