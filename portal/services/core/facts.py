"""Facts of the rates, derived from the events of letters.

A unit of work notes which letters its events belong to and, just before it commits, derives the
facts of those letters from all their events again. An event of the past (an import) needs no
special care, and a rebuild of everything gives the same rows. The months of every row that comes
or goes get a new version, by which cached sums are known to be old.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from secrets import randbelow
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.events import ActorKind, Axis
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import Action
from portal.domain.periods import civil_date, month_of
from portal.domain.statistics.measures import CountedEvent, Fact, Ledger
from portal.models import (
    VERSIONS,
    Event,
    Extension,
    Letter,
    RateChange,
    RateFact,
    Reply,
    ReplyStatus,
)
from portal.models.base import UNIT
from portal.queries.rules import deadlines

_TOUCHED = "touched"
_BATCH = 500
_MONTHS = ("received_month", "closed_month", "published_month")
_AXES = (Axis.HANDLING, Axis.PUBLICATION)
_COLUMNS = (
    Event.letter_id,
    Event.action,
    Event.axis,
    Event.from_state,
    Event.to_state,
    Event.occurred_at,
    Event.actor_kind,
    Event.to_organisation_id,
    Event.due_on,
)


def touch(session: Session, letter_id: int) -> None:
    """Note that the facts of a letter must be derived again before this unit of work commits."""
    session.info[UNIT].setdefault(_TOUCHED, set()).add(letter_id)


def derive_touched(session: Session) -> None:
    """Derive again the facts of every letter that this unit of work has touched."""
    touched = session.info[UNIT].pop(_TOUCHED, None)
    if touched:
        session.flush()
        refresh(session, sorted(touched))


def refresh(
    session: Session, letter_ids: list[int], progress: Callable[[int], None] = lambda done: None
) -> None:
    """Replace the facts of the letters by what their events say.

    The caller has the letters locked, or is the only writer: of two units that derive the facts
    of one letter side by side, neither would see the rows of the other.
    """
    ledger = Ledger(deadlines(session))
    for start in range(0, len(letter_ids), _BATCH):
        ids = letter_ids[start : start + _BATCH]
        here = RateFact.letter_id.in_(ids)
        before = _months_of(session, here)
        session.execute(sa.delete(RateFact).where(here))
        rows = list(_rows(session, ledger, ids))
        if rows:
            session.execute(sa.insert(cast(sa.Table, RateFact.__table__)), rows)
        renew_versions(session, before | months(rows))
        progress(len(ids))


def correct(session: Session, letter_ids: list[int]) -> int:
    """Replace the facts of those letters whose events now say something else; return how many.

    For a change that lies outside the letters, such as one of the calendar: figures of months in
    which nothing is corrected stay as they are.
    """
    wrong = wrong_facts(session, letter_ids)
    if wrong:
        _lock(session, Letter.id.in_(wrong))
        refresh(session, wrong)
    return len(wrong)


def wrong_facts(session: Session, letter_ids: list[int]) -> list[int]:
    """Return those of the letters whose facts are not what their events say."""
    ledger = Ledger(deadlines(session))
    stored, derived = _stored(session, letter_ids), defaultdict[int, Counter[Values]](Counter)
    for row in _rows(session, ledger, letter_ids):
        derived[row["letter_id"]][tuple(row[name] for name in _VALUES)] += 1
    return [each for each in letter_ids if stored[each] != derived[each]]


_VALUES = [column.name for column in RateFact.__table__.columns if column.name != "id"]
Values = tuple[object, ...]


def _stored(session: Session, letter_ids: list[int]) -> dict[int, Counter[Values]]:
    columns = [getattr(RateFact, name) for name in _VALUES]
    found: dict[int, Counter[Values]] = defaultdict(Counter)
    query = sa.select(RateFact.letter_id, *columns).where(RateFact.letter_id.in_(letter_ids))
    for letter_id, *values in session.execute(query):
        found[letter_id][tuple(values)] += 1
    return found


def rebuild(session: Session, progress: Callable[[int], None] = lambda done: None) -> int:
    """Derive the facts of all letters again, within the caller's unit of work; return how many."""
    ids = _lock(session, sa.true())
    refresh(session, ids, progress)
    return len(ids)


def _lock(session: Session, where: sa.ColumnElement[bool]) -> list[int]:
    """Keep other units away from letters until this one ends; return their ids, ascending."""
    query = sa.select(Letter.id).where(where).order_by(Letter.id)
    return list(session.scalars(query.with_for_update(of=Letter)))


def renew_versions(session: Session, changed: Iterable[int]) -> None:
    """Give months whose facts have changed a new version; units side by side never wait for it."""
    rows = [{"month": month, "amount": randbelow(VERSIONS - 1) + 1} for month in set(changed)]
    if rows:
        session.execute(sa.insert(cast(sa.Table, RateChange.__table__)), rows)


def months(rows: Iterable[dict[str, Any]]) -> set[int]:
    """Return the months that rows of facts belong to."""
    return {row[name] for row in rows for name in _MONTHS if row[name] is not None}


def _months_of(session: Session, where: sa.ColumnElement[bool]) -> set[int]:
    columns = (getattr(RateFact, name) for name in _MONTHS)
    queries = (sa.select(column).where(where, column.is_not(None)) for column in columns)
    return set(session.scalars(sa.union(*queries)))


def missing(session: Session) -> bool:
    """Return whether there are letters but no facts (an upgrade from a version without facts)."""
    letters = session.scalar(sa.select(Letter.id).limit(1)) is not None
    return letters and session.scalar(sa.select(RateFact.id).limit(1)) is None


def _rows(session: Session, ledger: Ledger, ids: list[int]) -> Iterator[dict[str, Any]]:
    letters = session.execute(
        sa.select(Letter.id, Letter.kind, Letter.category, Letter.received_organisation_id).where(
            Letter.id.in_(ids)
        )
    )
    events = _events(session, ids)
    for letter_id, kind, category, organisation_id in letters:
        if events[letter_id]:
            for fact in ledger.facts(Kind(kind), organisation_id, events[letter_id]):
                yield row_of(letter_id, category, fact)


def _events(session: Session, ids: list[int]) -> dict[int, list[CountedEvent]]:
    """Return the events of each letter in the order of their happening."""
    query = (
        sa.select(*_COLUMNS)
        .where(Event.letter_id.in_(ids), Event.axis.in_(_AXES))
        .order_by(Event.letter_id, Event.occurred_at, Event.id)
    )
    granted, answers = _extensions(session, ids), _answers(session, ids)
    found: dict[int, list[CountedEvent]] = defaultdict(list)
    for letter_id, action, axis, before, after, at, actor, to_id, due in session.execute(query):
        key = letter_id or 0, at
        days = granted.get(key, 0) if action == Action.GRANT_EXTENSION else 0
        answered_by = answers.get(key) if action == Action.CLOSE_MERGED else None
        staff = actor is ActorKind.STAFF
        event = CountedEvent(action, axis, before, after, at, staff, to_id, days, answered_by, due)
        found[letter_id or 0].append(event)
    return found


Known = dict[tuple[int, datetime], int]


def _extensions(session: Session, ids: list[int]) -> Known:
    query = sa.select(Extension.letter_id, Extension.decided_at, Extension.days).where(
        Extension.letter_id.in_(ids), Extension.granted.is_(True)
    )
    return {(i, at): days for i, at, days in session.execute(query) if at}


def _answers(session: Session, ids: list[int]) -> Known:
    query = sa.select(Reply.letter_id, Reply.signed_at, Reply.organisation_id).where(
        Reply.letter_id.in_(ids), Reply.status == ReplyStatus.SIGNED
    )
    return {(i, at): who for i, at, who in session.execute(query) if at}


def row_of(letter_id: int, category: str | None, fact: Fact) -> dict[str, Any]:
    """Return the row of a fact with the civil months it is found by."""
    row = {name: getattr(fact, name) for name in Fact.__slots__}
    row["letter_id"], row["category"] = letter_id, category
    row["received_month"] = _month(fact.received_at)
    row["closed_month"] = _month(fact.closed_from) if fact.closed_from else None
    row["published_month"] = _month(fact.published_from) if fact.published_from else None
    return row


def _month(moment: datetime) -> int:
    return month_of(civil_date(moment))
