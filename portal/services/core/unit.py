"""The one place that commits: ``with writing() as session`` is a unit of work.

On SQLite it ends whatever read transaction the request has opened, because a transaction that
has read cannot be upgraded safely, and begins with ``BEGIN IMMEDIATE``. Units nest: an inner one
joins the outer, which alone commits. Just before that the facts of the rates are brought up to
date with the events of the unit.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import structlog
from sqlalchemy.exc import OperationalError, TimeoutError
from sqlalchemy.orm import Session

from portal.domain.errors import N_, Unavailable
from portal.models import db
from portal.models.base import BEGIN_MODE, PATIENCE, UNIT
from portal.services.core.facts import derive_touched
from portal.services.core.turns import NoTurn, turns_of

_BUSY = N_("系统正忙，您填写的内容没有丢失，请稍后再试。")
_FULL = N_("服务器的存储空间满了，暂时不能保存。您填写的内容没有丢失，请过一会儿再提交。")
_DISK_FULL = ("SQLITE_FULL", "53100")
"""What SQLite and PostgreSQL call a full disk."""
_log = structlog.get_logger("portal.database")


@contextmanager
def writing(patience: int | None = None) -> Iterator[Session]:
    """Yield a session in a write transaction; commit at the end, roll back on any error.

    On SQLite the writers of a process take turns before they ask for the lock.
    ``patience`` are the milliseconds to wait on SQLite for another writer, usually those of
    :func:`portal.models.base.prepare_engine`.

    Raises :class:`Unavailable` where the database stays locked, cannot be reached or has no room
    left, at the beginning, in the middle or at the end, or every connection of a pool stays in use.
    """
    session = db.session()
    if UNIT in session.info:
        yield session
        return
    session.rollback()
    with _turn(session, patience):
        try:
            session.connection(execution_options={BEGIN_MODE: "IMMEDIATE", PATIENCE: patience})
        except (OperationalError, TimeoutError) as error:
            session.rollback()
            raise _unavailable(error) from error
        session.info[UNIT] = {}
        try:
            yield session
            derive_touched(session)
            session.commit()
        except (OperationalError, TimeoutError) as error:
            # A time-out is that of the pool of connections that number letters: it had none free.
            session.rollback()
            raise _unavailable(error) from error
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info.pop(UNIT)


@contextmanager
def _turn(session: Session, patience: int | None) -> Iterator[None]:
    """Have the turn of a writer, where the database takes one at a time."""
    engine = session.get_bind().engine
    if engine.dialect.name != "sqlite":
        yield
        return
    seconds = None if patience is None else patience / 1_000
    with ExitStack() as stack:
        try:
            stack.enter_context(turns_of(engine).turn(seconds))
        except NoTurn as error:
            _log.error("database_unavailable", kind="NoTurn", code=None)
            raise Unavailable(_BUSY) from error
        yield


def _unavailable(error: OperationalError | TimeoutError) -> Unavailable:
    """Return what the sender reads about ``error``; the operator finds its kind in the log."""
    cause = error.orig if isinstance(error, OperationalError) else error
    code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None)
    _log.error("database_unavailable", kind=type(cause).__name__, code=code)
    return Unavailable(_FULL if code in _DISK_FULL else _BUSY)
