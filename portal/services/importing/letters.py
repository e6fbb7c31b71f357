"""Taking over letters from another system: in batches, each row once, bad rows reported.

A letter that was answered there arrives closed. It has gone through the same transitions as any
other, all at the moment of its reply, because nothing else is known; ``recorded_at`` says when
it was recorded here, and a first response is not made up. Rows are written in bulk; a test
compares them with an ordinary walk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from portal.adapters.csv_reader import CsvRow, CsvSource
from portal.domain.access import SYSTEM
from portal.domain.events import RecordAction
from portal.domain.letters.kinds import KINDS
from portal.domain.letters.states import ConsentBasis, State
from portal.domain.periods import civil_date
from portal.domain.redaction import FindingKind
from portal.models import Event, Letter, Organisation, Reply, StateInterval, db
from portal.queries.rules import deadlines
from portal.services.archive.machine_publication import MachineReview, publish_by_machine
from portal.services.core.acting import record
from portal.services.core.facts import touch
from portal.services.core.numbering import next_numbers
from portal.services.core.unit import writing
from portal.services.importing.rows import Defaults, ImportedLetter, RowFault, read_row
from portal.services.importing.values import (
    ImportedHistory,
    reply_row,
)

BATCH = 200
Reject = Callable[[CsvRow, str], None]


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """How to take a file over; ``organisation_id`` holds for rows whose organisation is unknown."""

    columns: Mapping[str, int]
    defaults: Defaults
    organisation_id: int | None = None
    publish: bool = False
    dry_run: bool = False


@dataclass(slots=True)
class Tally:
    """What became of the rows; ``unmatched`` counts organisation names nobody bears here."""

    read: int = 0
    added: int = 0
    answered: int = 0
    published: int = 0
    waiting: int = 0
    waits_for: Counter[FindingKind] = field(default_factory=Counter)
    known: int = 0
    rejected: int = 0
    unmatched: Counter[str] = field(default_factory=Counter)


def import_letters(
    source: CsvSource,
    plan: ImportPlan,
    now: datetime,
    reject: Reject,
    progress: Callable[[int], None] = lambda rows: None,
) -> Tally:
    """Take over the rows of ``source``; ``reject`` gets each bad one with the reason.

    Rows taken over earlier are counted as known and left alone.
    """
    tally = Tally()
    directory = Directory(db.session(), plan.organisation_id)
    db.session.rollback()
    planned: dict[str | None, str] = {}
    for rows in _batches(source.rows):
        found = list(_readable(rows, plan, now, reject, tally))
        if plan.dry_run:
            fresh = _fresh(db.session(), found, reject, tally, planned)
            planned.update((each.key, each.title) for _, each in fresh)
            tally.added += len(fresh)
            tally.answered += sum(bool(each.reply) for _, each in fresh)
            _place(directory, fresh, tally)
            db.session.rollback()
        elif found:
            with writing() as session:
                fresh = _fresh(session, found, reject, tally, planned)
                _write(session, fresh, plan, directory, now, tally)
            db.session.expunge_all()
        progress(len(rows))
    if tally.added and not plan.dry_run:
        _note(plan, tally, now)
    return tally


def _batches(rows: Iterator[CsvRow]) -> Iterator[list[CsvRow]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _readable(
    rows: Iterable[CsvRow], plan: ImportPlan, now: datetime, reject: Reject, tally: Tally
) -> Iterator[tuple[CsvRow, ImportedLetter]]:
    for row in rows:
        tally.read += 1
        try:
            yield row, read_row(row, plan.columns, plan.defaults, now)
        except RowFault as fault:
            tally.rejected += 1
            reject(row, str(fault))


def _fresh(
    session: Session,
    found: list[tuple[CsvRow, ImportedLetter]],
    reject: Reject,
    tally: Tally,
    planned: Mapping[str | None, str],
) -> list[tuple[CsvRow, ImportedLetter]]:
    """Return what is not stored yet; two letters under one id are not taken for one.

    ``planned`` holds key and title of what a dry run would have written by now.
    """
    keys = [each.key for _, each in found]
    query = sa.select(Letter.source_key, Letter.title).where(Letter.source_key.in_(keys))
    known: dict[str | None, str] = dict(session.execute(query).all())
    known.update((key, planned[key]) for key in keys if key in planned)
    fresh = []
    for row, each in found:
        if each.key not in known:
            known[each.key] = each.title
            fresh.append((row, each))
        elif known[each.key] == each.title:
            tally.known += 1
        else:
            tally.rejected += 1
            reject(row, "its id belongs to another letter; give --source for another system's ids")
    return fresh


class Directory:
    """Organisations by code, name or short name, without the names that several have."""

    def __init__(self, session: Session, fallback_id: int | None) -> None:
        active = session.scalars(sa.select(Organisation).where(Organisation.closed_on.is_(None)))
        rows = list(active)
        self._ids: dict[str, int] = {}
        bearers = Counter(n for o in rows for n in {o.name, o.short_name, o.code} if n)
        for each in rows:
            names = {each.name, each.short_name, each.code}
            self._ids.update({n: each.id for n in names if bearers[n] == 1})
        self._parents = {each.id: each.parent_id for each in rows}
        office = next(each.id for each in rows if each.parent_id is None)
        self._fallback = fallback_id or office

    def place(self, names: Iterable[str]) -> int | None:
        """Return the id of the first organisation of ``names`` that is known."""
        return next((self._ids[name] for name in names if name in self._ids), None)

    def holder(self, each: ImportedLetter) -> tuple[int, int | None]:
        """Return the id of who holds the letter, and of who a report of wrongdoing accuses."""
        chosen = self.place(each.places) or self._fallback
        above = self._parents.get(chosen)
        if KINDS[each.kind].accuses and above is not None:
            return above, chosen
        return chosen, None


def _place(
    directory: Directory, fresh: list[tuple[CsvRow, ImportedLetter]], tally: Tally
) -> list[tuple[int, int | None]]:
    for _, each in fresh:
        if each.places and directory.place(each.places) is None:
            tally.unmatched[each.places[0]] += 1
    return [directory.holder(each) for _, each in fresh]


def _write(
    session: Session,
    fresh: list[tuple[CsvRow, ImportedLetter]],
    plan: ImportPlan,
    directory: Directory,
    now: datetime,
    tally: Tally,
) -> None:
    if not fresh:
        return
    letters = [each for _, each in fresh]
    places = _place(directory, fresh, tally)
    numbers = _numbers(session, letters)
    known = deadlines(session)
    histories = [
        ImportedHistory(each, holder, accused, known, plan.publish)
        for each, (holder, accused) in zip(letters, places, strict=True)
    ]
    values = [
        history.letter_row(number) for history, number in zip(histories, numbers, strict=True)
    ]
    insert = sa.insert(Letter).returning(Letter.id, sort_by_parameter_order=True)
    ids = list(session.scalars(insert, values))
    replies, events, intervals = [], [], []
    for letter_id, each, (holder, _), history in zip(ids, letters, places, histories, strict=True):
        events += history.event_rows(letter_id, now)
        intervals += history.interval_rows(letter_id)
        if each.reply:
            replies.append(reply_row(letter_id, each, holder))
    for letter_id in ids:
        touch(session, letter_id)
    session.execute(sa.insert(Event), events)
    session.execute(sa.insert(StateInterval), intervals)
    if replies:
        session.execute(sa.insert(Reply), replies)
    tally.added += len(ids)
    tally.answered += len(replies)
    if plan.publish:
        review = _publish(session, ids, now)
        tally.published += review.published
        tally.waiting += review.waiting
        tally.waits_for += review.reasons


def _numbers(session: Session, letters: list[ImportedLetter]) -> list[str]:
    """Give each letter a number of the day it was received on."""
    days = [civil_date(each.received_at) for each in letters]
    given = {d: iter(next_numbers(session, d, n)) for d, n in sorted(Counter(days).items())}
    return [next(given[day]) for day in days]


def _publish(session: Session, ids: list[int], now: datetime) -> MachineReview:
    """Publish what was answered and is no report of wrongdoing, or leave it to a person."""
    letters = session.scalars(
        sa.select(Letter)
        .where(
            Letter.id.in_(ids),
            Letter.state == State.CLOSED,
            Letter.consent_basis == ConsentBasis.PUBLISHED_AT_SOURCE,
        )
        .order_by(Letter.id)
        .options(
            selectinload(Letter.replies),
            selectinload(Letter.proposals),
            selectinload(Letter.messages),
        )
    ).all()
    return publish_by_machine(session, letters, now)


def _note(plan: ImportPlan, tally: Tally, now: datetime) -> None:
    said = (
        f"{tally.read} read, {tally.added} added, {tally.answered} answered, "
        f"{tally.published} published, {tally.waiting} waiting, {tally.known} known, {tally.rejected} rejected"
    )
    subject = f"import:{plan.defaults.source}"[:100]
    with writing() as session:
        record(session, RecordAction.IMPORT_LETTERS, SYSTEM, now, subject=subject, reason=said)
