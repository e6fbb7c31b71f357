"""How figures grow with letters: ``python -m tests.bench.bench_rates [LETTERS …]``.

Facts of invented letters are written straight into a fresh SQLite database, ten years of them, and
the same questions asked of each size: with nothing kept, just after an event of one letter,
and again with nothing new. What to compare are the ratios between sizes within one run. Give
1000000 for the large size.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.app import create_app, ensure_database
from portal.config import load_settings
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import Source
from portal.domain.letters.subjects import SUBJECTS
from portal.domain.periods import Granularity, Period
from portal.domain.statistics.as_of import as_of
from portal.domain.statistics.measures import Fact, Outcome, View
from portal.domain.statistics.rates import Basis
from portal.models import Event, Letter, Organisation, RateFact, db
from portal.queries.statistics.cache import cube, month_versions, series
from portal.queries.statistics.filters import Question
from portal.queries.statistics.overview import Asked, overview
from portal.services.core.facts import months, renew_versions, row_of
from portal.services.core.unit import writing
from portal.services.statistics.precompute import fold, refresh
from portal.tools.instance import enter_samples

SIZES = (10_000, 100_000)
FIRST, YEARS = 2007, 10
LATER = datetime(2020, 1, 1, tzinfo=UTC)
AUTUMN = datetime(2016, 10, 8, tzinfo=UTC)
REPEATS = 5
BATCH = 20_000


def facts(count: int, places: list[int], chance: Random) -> Iterator[tuple[int, datetime, Fact]]:
    """Yield letters of ten years, seven eighths closed and seven tenths of those published."""
    start, span = datetime(FIRST, 1, 1, tzinfo=UTC), timedelta(days=365.2 * YEARS)
    for number in range(1, count + 1):
        at = start + span * (number / (count + 1))
        place = places[min(int(chance.paretovariate(0.7)), len(places)) - 1]
        fact = Fact(True, at, place, chance.choice(list(Kind)), response_at=at, response_days=1)
        if chance.random() < 0.875:
            closed = at + timedelta(days=20) * chance.random()
            public = closed + timedelta(days=1) if chance.random() < 0.7 else None
            fact = Fact(
                True,
                at,
                place,
                fact.kind,
                response_at=at,
                response_days=1,
                closed_from=closed,
                closing_organisation_id=place,
                outcome=Outcome.ANSWERED,
                on_time=True,
                closing_days=5,
                published_from=public,
            )
        yield number, at, fact


def fill(count: int) -> None:
    """Write the letters and their facts."""
    chance, now = Random(1), datetime(FIRST, 1, 1, tzinfo=UTC)
    with writing() as session:
        enter_samples(session, now)
        places = list(session.scalars(sa.select(Organisation.id)))
        letters: list[dict[str, Any]] = []
        rows: list[dict[str, Any]] = []
        for number, at, fact in facts(count, places, chance):
            letters.append(
                {
                    "id": number,
                    "number": f"bench-{number}",
                    "source": Source.SIMULATION,
                    "kind": fact.kind,
                    "title": "",
                    "text": "",
                    "organisation_id": fact.received_organisation_id,
                    "received_organisation_id": fact.received_organisation_id,
                    "received_at": at,
                    "clock_from": at,
                }
            )
            rows.append(row_of(number, SUBJECTS[number % len(SUBJECTS)], fact))
            if number % BATCH == 0 or number == count:
                session.execute(sa.insert(cast(sa.Table, Letter.__table__)), letters)
                session.execute(sa.insert(cast(sa.Table, RateFact.__table__)), rows)
                renew_versions(session, months(rows))
                letters, rows = [], []


def timed(work: Callable[[], object], between: Callable[[], object]) -> float:
    """Return the median milliseconds of ``work``; ``between`` runs before each time, unmeasured."""
    times = []
    for _ in range(REPEATS):
        between()
        begun = time.perf_counter()
        work()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


def questions(session: Session) -> dict[str, Callable[[], object]]:
    """Return what is measured, by name."""
    year = Period(2016)
    seen = as_of(year, LATER)
    member = session.scalars(
        sa.select(Organisation.id).where(Organisation.level == 1).order_by(Organisation.id).limit(1)
    ).one()
    middle = Question(year, Period(2016, month=6).ends_at)
    return {
        "page of a year": lambda: overview(session, Asked(year, seen)),
        "year seen from June": lambda: cube(session, middle),
        "by answering organisation": lambda: cube(
            session, Question(year, seen.before, view=View.ANSWERING)
        ),
        "page of a kind": lambda: overview(session, Asked(year, seen, kind=Kind.HELP)),
        "page of a member": lambda: overview(session, Asked(year, seen, organisation_id=member)),
        "period basis": lambda: cube(session, Question(year, seen.before, Basis.PERIOD)),
        "weeks of a quarter": lambda: series(
            session,
            Question(Period(2016, quarter=2), seen.before),
            Period(2016, quarter=2).split(Granularity.WEEK),
        ),
    }


def measure(count: int) -> dict[str, tuple[float, ...]]:
    """Return milliseconds: with nothing kept, after one letter's event, kept."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(load_settings(instance=Path(folder), database_url="", log_level="ERROR"))
        ensure_database(app, LATER)
        with app.app_context():
            fill(count)
            while refresh(LATER):
                pass
            session = db.session()
            found = {}
            for name, work in questions(session).items():
                between = (lambda: forget(session), lambda: happen(session), lambda: None)
                found[name] = tuple(timed(work, each) for each in between)
            session.rollback()
            db.engine.dispose()
    return found


def happen(session: Session) -> None:
    """Let something happen to a letter of the year, so that its month is summed again."""
    moment = datetime(2020, 1, 1, tzinfo=UTC)
    session.rollback()
    with writing() as unit:
        letter = unit.scalars(sa.select(Letter).where(Letter.received_at >= AUTUMN).limit(1)).one()
        unit.add(
            Event(
                action="accept",
                axis="handling",
                actor_kind="system",
                occurred_at=moment,
                recorded_at=moment,
                letter_id=letter.id,
            )
        )
        fact = unit.scalars(sa.select(RateFact).where(RateFact.letter_id == letter.id)).one()
        renew_versions(unit, [fact.received_month])


def forget(session: Session) -> None:
    """Let something happen in every month, so that nothing that was kept holds.

    The changes are folded, as the worker does every few seconds.
    """
    session.rollback()
    with writing() as unit:
        renew_versions(unit, month_versions(unit))
    while fold(session):
        pass


def main(sizes: tuple[int, ...]) -> None:
    """Print a line for each question and size, with the growth from size to size."""
    before: dict[str, tuple[float, ...]] = {}
    for count in sizes:
        found = measure(count)
        sys.stdout.write(f"{count:,} letters in {YEARS} years\n")
        for name, (cold, event, warm) in found.items():
            growth = f", {cold / before[name][0]:.1f} times the size before" if before else ""
            sys.stdout.write(
                f"  {name:<26} {cold:7.1f} ms, after an event {event:6.1f} ms, "
                f"kept {warm:6.1f} ms{growth}\n"
            )
        before = found


if __name__ == "__main__":
    main(tuple(int(word) for word in sys.argv[1:]) or SIZES)
