"""Re-encryption of what is kept with the newest data key, in bounded steps that a kill does not undo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from portal.domain.integrity.keys import DATA, check_value, data_name, key_id
from portal.domain.integrity.ring import Unreadable, key_of
from portal.models import KeyCheck, KeyRotation, db
from portal.models.base import Cipher
from portal.queries.keys import encrypted_columns, running_rotation, values_by_prefix
from portal.services.core.unit import writing

BATCH = 500
"""Rows that a step looks at."""
_END = "~"
"""What stands for the table after the last one: no table's name comes after it."""
_LOCK = "LOCK TABLE {} IN SHARE MODE"
_log = structlog.get_logger("portal.keys")


class StillNeeded(Exception):
    """A data key cannot be dropped: it encrypts, or ``values`` need it."""

    def __init__(self, values: int) -> None:
        super().__init__(str(values))
        self.values = values


def register(key: bytes) -> None:
    """Keep the check value of a data key, which servers of the database must have from then on."""
    name = data_name(key_id(key))
    with writing() as session:
        if session.get(KeyCheck, name) is None:
            session.add(KeyCheck(name=name, value=check_value(DATA, key)))


def begin(now: datetime) -> int:
    """Have the worker re-encrypt what the newest key and the chosen cipher have not encrypted.

    Returns the number of values that are to be; with 0 nothing is begun. A rotation that runs goes on to the key of
    this moment.
    """
    prefix = Cipher.ring().prefix
    with writing() as session:
        counted = values_by_prefix(session)
        total = counted.total() - counted[prefix]
        running = running_rotation(session)
        if running is not None and running.prefix != prefix:
            running.ended_at, running = now, None
        if running is None and total:
            session.add(KeyRotation(prefix=prefix, begun_at=now, total=total))
    return total


def step(now: datetime, batch: int = BATCH) -> int:
    """Encrypt the values of at most ``batch`` rows with the newest key; return what was done, 0 where nothing is left.

    Nothing is done where no rotation runs, or it is for a key that this process does not write with yet.
    """
    session = db.session()
    rotation = running_rotation(session)
    prefix = Cipher.ring().prefix
    if rotation is None or rotation.prefix != prefix:
        session.rollback()
        return 0
    place = _Place(rotation.id, rotation.table_name, rotation.reached)
    tables = encrypted_columns()
    names = [table.name for table in tables]
    table = next((table for table in tables if table.name >= place.table), None)
    if table is None:
        session.rollback()
        return _finish(place, prefix, now)
    rows = _rows(
        session, table, tables[table], place.last if table.name == place.table else 0, batch
    )
    session.rollback()
    changes, unreadable = _changes(rows, prefix)
    with writing() as unit:
        current = _still_at(unit, place)
        if current is not None:
            current.done += sum(_change(unit, table, *each) for each in changes)
            current.unreadable += unreadable
            if len(rows) < batch:
                after = names[names.index(table.name) + 1 :]
                current.table_name, current.reached = (after or [_END])[0], 0
            else:
                current.table_name, current.reached = table.name, rows[-1].id
    return len(rows) or 1


@dataclass(frozen=True, slots=True)
class _Place:
    """How far a rotation is: rows of ``table`` up to ``last``, and all of the tables before it."""

    rotation: int
    table: str
    last: int


def _still_at(session: Session, place: _Place) -> KeyRotation | None:
    """Return the rotation, locked; ``None`` where another worker has taken the step meanwhile."""
    found = session.get_one(KeyRotation, place.rotation, with_for_update=True)
    here = found.ended_at is None and (found.table_name, found.reached) == (place.table, place.last)
    return found if here else None


def _rows(
    session: Session, table: sa.Table, columns: Sequence[sa.Column[str]], last: int, batch: int
) -> Sequence[Any]:
    stored = [sa.type_coerce(column, sa.Text).label(column.name) for column in columns]
    given = sa.or_(*(column.is_not(None) for column in columns))
    query = sa.select(table.c.id, *stored).where(table.c.id > last, given)
    return session.execute(query.order_by(table.c.id).limit(batch)).all()


def _changes(rows: Sequence[Any], prefix: str) -> tuple[list[tuple[int, str, str, str]], int]:
    """Return id, column, text and text under the newest key of what has another, and how many are unreadable."""
    changes, unreadable = [], 0
    for row in rows:
        for name, text in row._mapping.items():
            if name == "id" or not text or text.startswith(prefix):
                continue
            try:
                changes.append((row.id, name, text, Cipher.encrypt(Cipher.decrypt(text))))
            except Unreadable:
                unreadable += 1
    return changes, unreadable


def _change(session: Session, table: sa.Table, row_id: int, name: str, old: str, new: str) -> int:
    """Write a text unless somebody has written another meanwhile; return how many were."""
    column = sa.type_coerce(table.c[name], sa.Text)
    change = sa.update(table).where(table.c.id == row_id, column == old)
    result = session.execute(change.values({name: sa.type_coerce(new, sa.Text)}))
    return int(cast("sa.CursorResult[Any]", result).rowcount)


def _finish(place: _Place, prefix: str, now: datetime) -> int:
    """End the rotation, or go through everything again where a server went on with an older key."""
    with writing() as session:
        current = _still_at(session, place)
        if current is None:
            return 0
        counted = values_by_prefix(session)
        left = counted.total() - counted[prefix]
        if left > current.unreadable:
            current.table_name, current.reached, current.unreadable = "", 0, 0
            current.total = current.done + left
            return 0
        current.ended_at = now
        _log.info("keys_rotated", values=current.done, unreadable=current.unreadable)
    return 0


def drop(key: str, remove: Callable[[], None]) -> None:
    """Forget a data key that nothing needs; ``remove`` takes it out of the ring while nobody writes.

    Raises :class:`StillNeeded`.
    """
    ring = Cipher.ring()
    with writing() as session:
        if session.get_bind().dialect.name == "postgresql":
            for table in encrypted_columns():
                session.execute(sa.text(_LOCK.format(table.name)))
        counted = values_by_prefix(session)
        needed = counted[""] + sum(
            count for start, count in counted.items() if start and key_of(start) == key
        )
        if needed or ring.ids[0] == key:
            raise StillNeeded(needed)
        session.execute(sa.delete(KeyCheck).where(KeyCheck.name == data_name(key)))
        remove()
