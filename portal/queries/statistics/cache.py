"""Figures once computed are kept as long as what they were computed from stands.

Sums of facts are kept by month: whatever changes facts gives their months a new version
(:mod:`portal.services.core.facts`), so that after an event only the months it touched are summed anew.
Everything else is kept by the state of the whole database: PostgreSQL tells its snapshot, because
events may become visible in another order than that of their ids; SQLite has one writer, there
the last id is enough.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from hashlib import md5
from threading import Lock
from typing import TypeVar, cast
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session

from portal.domain.periods import Period
from portal.models import Event
from portal.models.base import BEGIN_MODE
from portal.queries.statistics.month_versions import month_versions

MOST = 512
Value = TypeVar("Value")
_Kept = OrderedDict[Hashable, tuple[Hashable, object]]
_kept: WeakKeyDictionary[Engine, _Kept] = WeakKeyDictionary()
_lock = Lock()


def remembered(
    session: Session, key: Hashable, compute: Callable[[], Value], state: Hashable = None
) -> Value:
    """Return what ``compute`` gave for ``key`` in the present state of the database.

    ``state`` narrows what must have stayed the same; without it nothing may have happened.
    """
    whole = _state(session, _engine(session))
    return compute() if whole is None else kept(session, key, state or whole, compute)


def kept(session: Session, key: Hashable, state: Hashable, compute: Callable[[], Value]) -> Value:
    """Return what ``compute`` gave for ``key`` when ``state`` was the same as now."""
    with _lock:
        known = _kept.setdefault(_engine(session), OrderedDict())
        if key in known and known[key][0] == state:
            known.move_to_end(key)
            return cast(Value, known[key][1])
    value = compute()
    with _lock:
        known[key] = (state, value)
        known.move_to_end(key)
        while len(known) > MOST:
            known.popitem(last=False)
    return value


def stamps(session: Session, period: Period) -> dict[int, str]:
    """Return the versions of the months (``yyyymm``) of ``period`` that have facts, as text."""
    first, last = period.first_day, period.last_day
    span = (first.year * 100 + first.month, last.year * 100 + last.month)
    return {month: str(version) for month, version in month_versions(session, *span).items()}


def year_stamp(stamps_of_months: Mapping[int, str]) -> str:
    """Return what tells whether anything changed in any of the months."""
    text = ",".join(f"{month}:{stamp}" for month, stamp in sorted(stamps_of_months.items()))
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def _engine(session: Session) -> Engine:
    bind = session.get_bind()
    return bind.engine if isinstance(bind, Connection) else bind


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
