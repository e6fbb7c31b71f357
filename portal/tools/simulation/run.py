"""The run of a simulation: years of letters loaded into an empty instance, in batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.letters.due import Deadlines
from portal.domain.letters.kinds import KINDS, Kind
from portal.domain.letters.numbers import format_number
from portal.domain.letters.states import SCORES, Action, Publication
from portal.domain.periods import Period, civil_date
from portal.models import (
    Letter,
    NumberSequence,
    Proposal,
    RateFact,
)
from portal.queries.rules import deadlines
from portal.services.core.facts import months, renew_versions
from portal.services.core.unit import writing
from portal.tools.instance import Size, enter_samples, size_of
from portal.tools.simulation.actors import Actors, name
from portal.tools.simulation.clock import OfficeClock
from portal.tools.simulation.correspondence import Written
from portal.tools.simulation.deflected import load_deflected
from portal.tools.simulation.disclosure_requests import load_disclosure_requests
from portal.tools.simulation.generator import Generator
from portal.tools.simulation.resume import begin, check_last, digest_of, end, resumable
from portal.tools.simulation.specification import Plan, Specification, last_moment, plans
from portal.tools.simulation.texts import Texts, Wording
from portal.tools.simulation.trajectory import Trajectory
from portal.tools.simulation.writer import ORDER, Writer

BATCH = 2_000
_FOUNDED = timedelta(days=60)
_CONSENTING = 0.8
_ATTITUDES, _EFFICIENCIES = (2, 3, 10, 30, 55), (4, 6, 15, 33, 42)


def simulate(
    specification: Specification,
    corpus: Sequence[tuple[Kind | None, Wording]],
    now: datetime,
    progress: Callable[[int], None] = lambda written: None,
) -> Size:
    """Fill an empty instance with the years of ``specification``; equal seeds give equal letters.

    A simulation that was interrupted goes on where it stopped. ``progress`` gets the number of
    letters and disclosure requests stored since the last call. Raises
    :class:`~portal.domain.errors.InvalidInput` for counts that contradict each other and what
    :func:`~portal.tools.simulation.resume.resumable` raises for an instance in use.
    """
    specification.check(now)
    digest = digest_of(specification, corpus)
    chance = Random(specification.seed)  # noqa: S311
    founded = Period(min(specification.years)).starts_at - _FOUNDED
    with writing() as session:
        if not resumable(session, digest):
            enter_samples(session, founded)
            begin(session, digest, specification, now)
        stored = size_of(session).letters
        actors = Actors(session, chance, founded)
        known = deadlines(session)
    run = _Run(specification, actors, known, corpus, chance)
    for count in run.batches():
        with writing() as session:
            if stored:
                _skip(session, run.writer)
            else:
                _flush(session, run.writer)
        stored -= min(stored, count)
        progress(count)
    with writing() as session:
        session.execute(sa.insert(NumberSequence), run.counters())
        if specification.disclosure_requests:
            for year in sorted(specification.years):
                load_disclosure_requests(
                    session,
                    actors,
                    run.clock,
                    year,
                    specification.disclosure,
                    specification.seed,
                    progress,
                )
        load_deflected(session, specification.seed, last_moment(specification))
        _set_sequences(session)
        end(session, digest, now)
        return size_of(session)


class _Run:
    """The letters of all years, generated and turned into rows batch by batch."""

    def __init__(
        self,
        specification: Specification,
        actors: Actors,
        known: Deadlines,
        corpus: Sequence[tuple[Kind | None, Wording]],
        chance: Random,
    ) -> None:
        first, last = min(specification.years), max(specification.years)
        self.clock = OfficeClock(known.calendar, first, last)
        self.writer = Writer(known, actors.names)
        self._specification, self._actors, self._chance = specification, actors, chance
        self._texts = Texts(specification.seed, corpus)
        until = last_moment(specification)
        self._generator = Generator(actors, self.clock, known, chance, until)
        self._numbers: Counter[date] = Counter()

    def batches(self) -> Iterator[int]:
        """Yield the size of each batch when its rows are ready to be stored."""
        letter_id = pending = 0
        for year in sorted(self._specification.years):
            end = Period(year).ends_at
            for plan in plans(self._specification, year, self.clock, self._chance):
                letter_id += 1
                self._one(plan, letter_id, end)
                pending += 1
                if pending == BATCH:
                    yield pending
                    pending = 0
        if pending:
            yield pending

    def _one(self, plan: Plan, letter_id: int, year_end: datetime) -> None:
        chance = self._chance
        letter = self._generator.generate(plan, letter_id, year_end)
        words = letter.wording = self._words(letter)
        day = civil_date(plan.received_at)
        self._numbers[day] += 1
        public = letter.publication is not Publication.NOT_PROPOSED
        self.writer.write(
            letter,
            Written(
                letter_id,
                format_number(day, self._numbers[day]),
                words,
                name(chance),
                f"139{chance.randrange(10**8):08d}",
                public or (KINDS[letter.kind].publishable and chance.random() < _CONSENTING),
                chance.choices(SCORES, _ATTITUDES)[0],
                chance.choices(SCORES, _EFFICIENCIES)[0],
            ),
        )

    def _words(self, letter: Trajectory) -> Wording:
        if letter.leader is not None and letter.leader.wording is not None:
            return self._texts.again(self._chance, letter.leader.wording)
        place = letter.accused_id or letter.organisation_id
        drafted = letter.last(Action.REQUEST_SIGNOFF)
        dated = letter.closed_at or (drafted.at if drafted else letter.received_at)
        actors = self._actors
        return self._texts.wording(
            self._chance,
            letter.kind,
            actors.kinds[place],
            actors.codes[place],
            actors.names[letter.organisation_id],
            civil_date(dated),
        )

    def counters(self) -> list[dict[str, object]]:
        """Return the last number given out on each day."""
        return [{"day": day, "last": last} for day, last in sorted(self._numbers.items())]


def _skip(session: Session, writer: Writer) -> None:
    """Drop a batch that is stored already."""
    last = writer.rows[Letter][-1]
    check_last(session, last["id"], last["number"], last["title"])
    writer.rows.clear()


def _flush(session: Session, writer: Writer) -> None:
    """Insert the rows written so far, parents before their children."""
    for table in ORDER:
        rows = writer.rows.pop(table, None)
        if rows:
            # The table instead of the class: the ORM would sort rows by which values are empty.
            session.execute(sa.insert(cast(sa.Table, table.__table__)), rows)
            if table is RateFact:
                renew_versions(session, months(rows))


def _set_sequences(session: Session) -> None:
    """Set the sequences of PostgreSQL past the ids that were given here."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for table in (Letter, Proposal):
        sequence = sa.func.pg_get_serial_sequence(table.__tablename__, "id")
        last = sa.select(sa.func.coalesce(sa.func.max(table.id), 1)).scalar_subquery()
        session.execute(sa.select(sa.func.setval(sequence, last)))
