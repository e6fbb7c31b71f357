"""The one place that commits: ``with writing() as session`` is a unit of work.

On SQLite it ends whatever read transaction the request has opened, because a transaction that
has read cannot be upgraded safely, and begins with ``BEGIN IMMEDIATE``. Units nest: an inner one
joins the outer, which alone commits. Just before that the facts of the rates are brought up to
date with the events of the unit.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import OperationalError, TimeoutError
from sqlalchemy.orm import Session

from portal.domain.errors import N_, Unavailable
from portal.models import db
from portal.models.base import BEGIN_MODE, UNIT
from portal.services.core.facts import derive_touched

_BUSY = N_("系统正忙，您填写的内容没有丢失，请稍后再试。")


@contextmanager
def writing() -> Iterator[Session]:
    """Yield a session in a write transaction; commit at the end, roll back on any error.

    Raises :class:`Unavailable` where the database stays locked or cannot be reached, or every
    connection of a pool stays in use.
    """
    session = db.session()
    if UNIT in session.info:
        yield session
        return
    session.rollback()
    try:
        session.connection(execution_options={BEGIN_MODE: "IMMEDIATE"})
    except (OperationalError, TimeoutError) as error:
        session.rollback()
        raise Unavailable(_BUSY) from error
    session.info[UNIT] = {}
    try:
        yield session
        derive_touched(session)
        session.commit()
    except TimeoutError as error:
        # The pool of the connections that number letters had none free.
        session.rollback()
        raise Unavailable(_BUSY) from error
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(UNIT)
