"""Figures once computed are kept as long as nothing has happened since.

The key carries the state of the database, so that a figure is never older than the last event.
PostgreSQL tells its snapshot, because events may become visible in another order than that of
their ids; SQLite has one writer, there the last id is enough.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar, cast
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session

from portal.models import Event
from portal.models.base import BEGIN_MODE

MOST = 256
Value = TypeVar("Value")
_kept: WeakKeyDictionary[Engine, OrderedDict[Hashable, object]] = WeakKeyDictionary()
_lock = Lock()


def remembered(session: Session, key: Hashable, compute: Callable[[], Value]) -> Value:
    """Return what ``compute`` gave for ``key`` in the present state of the database."""
    bind = session.get_bind()
    engine = bind.engine if isinstance(bind, Connection) else bind
    state = _state(session, engine)
    if state is None:
        return compute()
    whole = (key, state)
    with _lock:
        kept = _kept.setdefault(engine, OrderedDict())
        if whole in kept:
            kept.move_to_end(whole)
            return cast(Value, kept[whole])
    value = compute()
    with _lock:
        kept[whole] = value
        while len(kept) > MOST:
            kept.popitem(last=False)
    return value


def _state(session: Session, engine: Engine) -> str | None:
    """Return what tells the present state, or None inside a write that may yet be undone."""
    if engine.dialect.name == "postgresql":
        snapshot = sa.cast(sa.func.pg_current_snapshot(), sa.Text)
        writing = sa.func.pg_current_xact_id_if_assigned().is_not(None)
        state, busy = session.execute(sa.select(snapshot, writing)).one()
        return None if busy else str(state)
    if BEGIN_MODE in session.connection().get_execution_options():
        return None
    return str(session.scalar(sa.select(sa.func.max(Event.id))))
