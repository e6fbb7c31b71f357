"""Sealing beside writers: rows of PostgreSQL come in another order than that of their ids."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from portal.domain.access import SYSTEM
from portal.domain.audit.gaps import SURE_AFTER, read_gaps
from portal.domain.errors import Unavailable
from portal.domain.events import RecordAction
from portal.models import AuditHead, Event, db
from portal.queries.audit.check import Verdict
from portal.services.audit.sealing import ensure_chain, seal
from portal.services.core.acting import record
from portal.services.core.unit import writing
from tests.builders import START, World, new_letter, send
from tests.databases import ON_POSTGRES
from tests.services.audit.conftest import NOW, look, seal_all
from tests.threads import at_once

LATER = NOW + timedelta(seconds=SURE_AFTER)
only_postgres = pytest.mark.skipif(not ON_POSTGRES, reason="SQLite has one writer")


def note() -> None:
    """Record an event."""
    with writing() as unit:
        record(unit, RecordAction.EDIT_WORDS, SYSTEM, START)


@contextmanager
def unfinished() -> Iterator[Session]:
    """A transaction of somebody else that has taken an id and has not ended."""
    with Session(db.engine) as other:
        record(other, RecordAction.EDIT_CALENDAR, SYSTEM, START)
        other.flush()
        yield other


def look_patiently(person: int, letter_id: int, writer: int) -> None:
    """Record a read, as the next page does where this one could not."""
    while True:
        with suppress(Unavailable):
            look(person, letter_id, writer * 10, writer)
            return


def gaps(session: Session) -> int:
    """Return how many gaps are remembered."""
    session.rollback()
    return len(read_gaps(session.scalars(sa.select(AuditHead.gaps)).one()))


@only_postgres
def test_a_row_that_comes_late_is_sealed(
    session: Session, world: World, verdict: Callable[..., Verdict]
) -> None:
    """It waits in the gap that it left, is no fault meanwhile, and gets its seal."""
    ensure_chain(START)
    with unfinished() as other:
        note()
        seal_all()
        assert gaps(session) == 1
        assert seal(LATER) == 0
        assert gaps(session) == 1
        other.commit()
    assert (verdict().faults, verdict().waiting) == ([], 1)
    assert seal(LATER) == 1
    assert (verdict().faults, verdict().waiting) == ([], 0)
    assert gaps(session) == 0


@only_postgres
def test_an_id_that_was_given_up_is_forgotten(
    session: Session, world: World, verdict: Callable[..., Verdict]
) -> None:
    """When all transactions of its time have ended, and a minute later, nothing is awaited there."""
    ensure_chain(START)
    with unfinished() as other:
        note()
        seal_all()
        other.rollback()
    seal(NOW)
    assert gaps(session) == 1
    seal(LATER)
    assert gaps(session) == 0
    assert verdict().faults == []


@only_postgres
def test_with_many_gaps_sealing_waits(
    session: Session, world: World, verdict: Callable[..., Verdict], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows behind more gaps than are remembered are sealed when older gaps are over."""
    monkeypatch.setattr("portal.services.audit.sealing.MOST_GAPS", 2)
    ensure_chain(START)
    for _ in range(4):
        with unfinished() as other:
            other.rollback()
        note()
    seal_all()
    assert (gaps(session), verdict().waiting) == (2, 2)
    assert verdict().faults == []
    seal(LATER)
    assert (gaps(session), verdict().waiting) == (2, 0)


def test_nothing_is_lost_beside_many_writers(
    app: Flask, session: Session, world: World, verdict: Callable[..., Verdict]
) -> None:
    """Whoever writes while rows are sealed, in the end each row has one seal and no fault is found."""
    ensure_chain(START)
    place, person = world["city"], world.people["city_handler"]
    session.rollback()

    def write(writer: int) -> None:
        for each in range(8):
            send(new_letter(place), START)
            look_patiently(person, each, writer)

    at_once(app, [*(partial(write, each) for each in range(4)), *[partial(seal_all, 3)] * 2])
    seal_all()
    found = verdict()
    events = session.scalar(sa.select(sa.func.count(Event.id)))
    assert (found.faults, found.waiting, found.sealed) == ([], 0, (events or 0) + 32)
