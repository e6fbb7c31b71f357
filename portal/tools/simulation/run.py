"""Loading simulated years into a fresh house, in batches, with the counts asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.letters.due import Deadlines
from portal.domain.letters.numbers import format_number
from portal.domain.letters.states import Action, Kind, Publication
from portal.domain.periods import Period, civil_date
from portal.models import (
    ArchiveEntry,
    Letter,
    NumberSequence,
    Organisation,
    Proposal,
    RateFact,
    db,
)
from portal.queries.rules import deadlines
from portal.services.core.facts import months, stamp
from portal.services.core.unit import writing
from portal.tools.organisation_tree import plant_samples
from portal.tools.simulation.actors import Cast, name
from portal.tools.simulation.clock import OfficeClock
from portal.tools.simulation.correspondence import Written
from portal.tools.simulation.deflected import load_avoided
from portal.tools.simulation.disclosure_requests import load_requests
from portal.tools.simulation.generator import Teller
from portal.tools.simulation.resume import begin, broken_off, check_last, end, mark_of, written
from portal.tools.simulation.specification import Plan, Wish, last_moment, plans
from portal.tools.simulation.texts import Texts, Wording
from portal.tools.simulation.trajectory import Trajectory
from portal.tools.simulation.writer import ORDER, Writer

BATCH = 2_000
_FOUNDED = timedelta(days=60)
_CONSENTING = 0.8
_ATTITUDES, _EFFICIENCIES = (2, 3, 10, 30, 55), (4, 6, 15, 33, 42)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What is in the house after loading."""

    organisations: int
    letters: int
    published: int


def simulate(
    wish: Wish,
    corpus: Sequence[tuple[Kind | None, Wording]],
    now: datetime,
    progress: Callable[[int], None] = lambda written: None,
) -> Loaded:
    """Fill an empty house with the years of ``wish``; the same seed gives the same house.

    What was broken off is taken up where it stopped. ``progress`` gets the number of letters and
    requests that are in the house since the last call. Raises
    :class:`~portal.domain.errors.InvalidInput` for counts that contradict each other and what
    :func:`~.mark.broken_off` raises in a house in use.
    """
    wish.check(now)
    mark = mark_of(wish, corpus)
    chance = Random(wish.seed)  # noqa: S311
    founded = Period(min(wish.years)).starts_at - _FOUNDED
    with writing() as session:
        if not broken_off(session, mark):
            plant_samples(session, founded)
            begin(session, mark, wish, now)
        there = written(session)
        cast = Cast(session, chance, founded)
        known = deadlines(session)
    clerk = Writer(known, cast.names)
    clock = OfficeClock(known.calendar, min(wish.years), max(wish.years))
    texts = Texts(wish.seed, corpus)
    house = _House(wish, cast, clock, known, texts, clerk, chance)
    for count in house.letters():
        with writing() as session:
            if there:
                _skip(session, clerk)
            else:
                _flush(session, clerk)
        there -= min(there, count)
        progress(count)
    with writing() as session:
        session.execute(sa.insert(NumberSequence), house.counters())
        if wish.requests:
            for year in sorted(wish.years):
                load_requests(session, cast, clock, year, wish.disclosure, wish.seed, progress)
        load_avoided(session, wish.seed, last_moment(wish))
        _set_sequences(session)
        end(session, mark, now)
        return _size(session)


class _House:
    """Tells and writes the letters of all years, handing over after each batch."""

    def __init__(
        self,
        wish: Wish,
        cast: Cast,
        clock: OfficeClock,
        known: Deadlines,
        texts: Texts,
        clerk: Writer,
        chance: Random,
    ) -> None:
        self._wish, self._cast, self._clock, self._texts = wish, cast, clock, texts
        self._writer, self._chance = clerk, chance
        self._teller = Teller(cast, clock, known, chance, last_moment(wish))
        self._numbers: Counter[date] = Counter()

    def letters(self) -> Iterator[int]:
        """Write letters, yielding the size of each batch when it is ready to be stored."""
        letter_id = pending = 0
        for year in sorted(self._wish.years):
            end = Period(year).ends_at
            for plan in plans(self._wish, year, self._clock, self._chance):
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
        letter = self._teller.tell(plan, letter_id, year_end)
        words = letter.wording = self._words(letter)
        day = civil_date(plan.received_at)
        self._numbers[day] += 1
        public = letter.publication is not Publication.NOT_PROPOSED
        self._writer.write(
            letter,
            Written(
                letter_id,
                format_number(day, self._numbers[day]),
                words,
                name(chance),
                f"139{chance.randrange(10**8):08d}",
                public or (letter.kind is not Kind.REPORT and chance.random() < _CONSENTING),
                chance.choices(range(1, 6), _ATTITUDES)[0],
                chance.choices(range(1, 6), _EFFICIENCIES)[0],
            ),
        )

    def _words(self, letter: Trajectory) -> Wording:
        if letter.leader is not None and letter.leader.wording is not None:
            return self._texts.again(self._chance, letter.leader.wording)
        place = letter.accused_id or letter.organisation_id
        drafted = letter.last(Action.REQUEST_SIGNOFF)
        dated = letter.closed_at or (drafted.at if drafted else letter.received_at)
        cast = self._cast
        return self._texts.wording(
            self._chance,
            letter.kind,
            cast.kinds[place],
            cast.codes[place],
            cast.names[letter.organisation_id],
            civil_date(dated),
        )

    def counters(self) -> list[dict[str, object]]:
        """Return the last number given out on each day."""
        return [{"day": day, "last": last} for day, last in sorted(self._numbers.items())]


def _skip(session: Session, clerk: Writer) -> None:
    """Pass over a batch that is in the house since before."""
    last = clerk.rows[Letter][-1]
    check_last(session, last["id"], last["number"], last["title"])
    clerk.rows.clear()


def _flush(session: Session, clerk: Writer) -> None:
    """Insert the rows written so far, parents before their children."""
    for table in ORDER:
        rows = clerk.rows.pop(table, None)
        if rows:
            # The table instead of the class: the ORM would sort rows by which values are empty.
            session.execute(sa.insert(cast(sa.Table, table.__table__)), rows)
            if table is RateFact:
                stamp(session, months(rows))


def _set_sequences(session: Session) -> None:
    """PostgreSQL must learn of ids that were given by us."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for table in (Letter, Proposal):
        sequence = sa.func.pg_get_serial_sequence(table.__tablename__, "id")
        last = sa.select(sa.func.coalesce(sa.func.max(table.id), 1)).scalar_subquery()
        session.execute(sa.select(sa.func.setval(sequence, last)))


def _size(session: Session) -> Loaded:
    def count(*where: sa.ColumnElement[bool], of: type[db.Model]) -> int:  # type: ignore[name-defined]
        return session.scalar(sa.select(sa.func.count()).select_from(of).where(*where)) or 0

    return Loaded(
        count(of=Organisation),
        count(of=Letter),
        count(ArchiveEntry.withdrawn_at.is_(None), of=ArchiveEntry),
    )
