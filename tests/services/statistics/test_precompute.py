"""Stored sums are what a count of the facts gives, and are taken only while they hold."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.letters.kinds import Kind
from portal.domain.organisations import OrganisationKind
from portal.domain.periods import Granularity, Period
from portal.domain.statistics.as_of import as_of
from portal.domain.statistics.measures import View
from portal.domain.statistics.quality_measures import Detail
from portal.domain.statistics.rates import Basis, Figures
from portal.models import RateSum
from portal.queries.statistics import stored
from portal.queries.statistics.cache import cube, detail, month_versions
from portal.queries.statistics.filters import Question
from portal.queries.statistics.overview import Asked, resolve
from portal.queries.statistics.stored import (
    CUBES,
    DETAILS,
    Aggregate,
    Versions,
    label,
    load,
    pack,
    version,
)
from portal.services.core.facts import renew_versions
from portal.services.core.unit import writing
from portal.services.statistics.precompute import _replace, refresh
from tests.builders import World
from tests.conftest import Once
from tests.queries.statistics.histories import Life, counted, live, lives_in

LATER = datetime(2017, 2, 20, 2, 0, tzinfo=UTC)
YEAR = Question(Period(2016), Period(2016).ends_at)
MARCH = Question(Period(2016, month=3), Period(2016).ends_at)
SPRING = replace(MARCH, before=Period(2016, quarter=1).ends_at)
AGGREGATES = pytest.mark.parametrize("aggregate", [CUBES, DETAILS], ids=lambda each: each.name)


@pytest.fixture
def lives(session: Session, world: World, once: Once) -> list[Life]:
    """Eighty letters of 2015 to 2017 with random lives."""
    once(f"{__name__}.lives", lambda: live(session, list(world.places.values()), 80, seed=5))
    return lives_in(session)


@pytest.fixture
def stored_sums(session: Session, lives: list[Life], once: Once) -> Session:
    """An instance with these letters and every sum of them stored, as a new process finds it."""

    def store() -> None:
        while refresh(LATER):
            pass

    once(f"{__name__}.stored_sums", store)
    return session


def versions(session: Session, asked: Question) -> Versions:
    """Return the versions of the months of ``asked``."""
    return month_versions(session, asked.period.months[0], asked.period.months[-1])


def loaded(session: Session, aggregate: Aggregate[Any], asked: Question) -> Any:
    """Return what is stored for ``asked``."""
    return load(session, aggregate, asked, versions(session, asked))


def overwrite(session: Session, aggregate: Aggregate[Any], asked: Question, body: bytes) -> None:
    """Let the row of ``asked`` hold something else."""
    month = asked.period.months[0]
    here = sa.and_(RateSum.label == label(aggregate, asked), RateSum.month == month)
    assert session.scalar(sa.select(RateSum.month).where(here))
    with writing() as unit:
        unit.execute(sa.update(RateSum).where(here).values(body=body))


def nothing(session: Session) -> bytes:
    """Return the row of a month without letters."""
    value = CUBES.count(session, replace(SPRING, before=SPRING.period.starts_at))
    return packed(session, CUBES, value)


def packed(
    session: Session, aggregate: Aggregate[Any], value: Any, asked: Question = SPRING
) -> bytes:
    """Return ``value`` as the row of ``asked`` holds it."""
    place = asked.period.months[0], label(aggregate, asked) or ""
    return pack(aggregate, value, place, version(versions(session, asked)))


@pytest.mark.parametrize(
    "asked",
    [
        MARCH,
        replace(MARCH, before=Period(2016, quarter=1).ends_at),
        replace(MARCH, before=MARCH.period.ends_at),
        replace(MARCH, view=View.ANSWERING),
        replace(MARCH, basis=Basis.PERIOD),
        replace(SPRING, period=Period(2016, month=2)),
    ],
)
@AGGREGATES
def test_what_is_stored_is_the_sum_of_the_facts(
    stored_sums: Session, asked: Question, aggregate: Aggregate[object]
) -> None:
    """The sums of a month as pages ask for them are found stored, equal to a fresh count."""
    if aggregate is DETAILS:
        asked = asked.of_cohort
    found = loaded(stored_sums, aggregate, asked)
    assert found is not None and found == aggregate.count(stored_sums, asked)


@pytest.mark.parametrize("basis", Basis)
def test_a_year_stored_is_the_sum_of_its_months(stored_sums: Session, basis: Basis) -> None:
    """The figures of a whole year are found stored, equal in every cell to a fresh count."""
    asked = replace(YEAR, basis=basis)
    row = stored_sums.scalars(sa.select(RateSum).where(RateSum.label == label(CUBES, asked))).one()
    held = versions(stored_sums, asked)
    assert (row.month, row.version) == (201601, version(held))
    assert loaded(stored_sums, CUBES, asked) == CUBES.count(stored_sums, asked)
    assert CUBES.count(stored_sums, asked).total.received > 0


@pytest.mark.parametrize("part", [{"kind": Kind.HELP}, {"category": "交通运输"}, {"category": ""}])
@AGGREGATES
def test_a_past_year_of_a_kind_or_a_category_is_stored(
    stored_sums: Session, aggregate: Aggregate[object], part: dict[str, Any]
) -> None:
    """A year that is over is found stored for each kind and category, equal to a fresh count."""
    asked = replace(YEAR, **part)
    found = loaded(stored_sums, aggregate, asked)
    assert found is not None and found == aggregate.count(stored_sums, asked)
    assert found != aggregate.count(stored_sums, replace(asked, kind=Kind.THANKS))


@AGGREGATES
def test_a_past_year_of_the_members_of_a_kind_is_stored(
    stored_sums: Session, aggregate: Aggregate[object]
) -> None:
    """A year that is over is found stored for departments and districts as a page asks for them."""
    for kind in (OrganisationKind.MUNICIPAL_DEPARTMENT, OrganisationKind.DISTRICT_GOVERNMENT):
        page = Asked(Period(2016), as_of(Period(2016), LATER), group=kind)
        _tree, asked = resolve(stored_sums, page)
        found = loaded(stored_sums, aggregate, asked)
        assert found is not None and found == aggregate.count(stored_sums, asked), kind
        assert CUBES.count(stored_sums, asked).total.received > 0


@pytest.mark.parametrize(
    "part",
    [
        {"organisations": frozenset({1}), "kind": Kind.HELP},
        {"kind": Kind.HELP, "category": "交通运输"},
        {"kind": Kind.HELP, "view": View.ANSWERING},
        {"kind": Kind.HELP, "basis": Basis.PERIOD},
    ],
)
def test_what_is_seldom_asked_for_is_not_stored(part: dict[str, Any]) -> None:
    """Sums of organisations, and of a kind seen otherwise than usual, have no name to be found by."""
    assert label(CUBES, replace(YEAR, **part)) is None


def test_names_fit_their_column() -> None:
    """The longest name of a row is no longer than what the database holds."""
    asked = [
        replace(YEAR, category="题" * 32),
        replace(YEAR, organisations=frozenset(range(9999))),
        replace(YEAR, basis=Basis.COHORT, view=View.ANSWERING),
    ]
    longest = max(
        len(label(each, question) or "") for each in (CUBES, DETAILS) for question in asked
    )
    assert longest <= 64


@pytest.mark.parametrize("basis", Basis)
@pytest.mark.parametrize("view", View)
def test_what_is_stored_says_what_the_events_say(
    stored_sums: Session, lives: list[Life], basis: Basis, view: View
) -> None:
    """The figures of years and months, taken from what is stored, equal a recount by hand."""
    year = replace(YEAR, basis=basis, view=view)
    months = [replace(year, period=month) for month in year.period.split(Granularity.MONTH)]
    for asked in (year, *months):
        assert replace(cube(stored_sums, asked).total, on_time=0) == counted(lives, asked), asked


def test_the_latest_month_comes_first_and_no_more_than_is_asked_for(
    session: Session, lives: list[Life]
) -> None:
    """A round stores as many sums as it may, beginning with the month that is looked at most."""
    session.commit()
    assert refresh(LATER, most=3) == 3
    newest = max(month_versions(session))
    assert list(session.scalars(sa.select(RateSum.month))) == [newest] * 3


def test_figures_are_read_from_what_is_stored(stored_sums: Session) -> None:
    """A process that has just begun answers from the stored sums, without counting facts."""
    overwrite(stored_sums, CUBES, SPRING, nothing(stored_sums))
    assert cube(stored_sums, SPRING).total == Figures()


def test_a_sum_of_facts_that_changed_is_not_taken(stored_sums: Session) -> None:
    """After a fact of the month has changed, the month is counted from the facts again."""
    overwrite(stored_sums, CUBES, SPRING, nothing(stored_sums))
    with writing() as session:
        renew_versions(session, [201603])
    assert cube(stored_sums, SPRING).total.received > 0
    assert refresh(LATER, most=200) > 0
    assert refresh(LATER) == 0


def test_a_sum_by_another_version_of_the_program_is_not_taken(
    stored_sums: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an upgrade the sums stored before it are left alone and stored again."""
    overwrite(stored_sums, CUBES, SPRING, nothing(stored_sums))
    monkeypatch.setattr(stored, "PROGRAM_VERSION", stored.PROGRAM_VERSION + 1)
    assert cube(stored_sums, SPRING).total.received > 0
    before = stored_sums.scalar(sa.select(sa.func.count()).select_from(RateSum))
    assert refresh(LATER, most=1000) == before and refresh(LATER) == 0


@pytest.mark.parametrize("place", [slice(0, 32), slice(32, None)], ids=["mac", "values"])
def test_a_sum_that_somebody_else_wrote_is_not_taken(stored_sums: Session, place: slice) -> None:
    """Who writes to the database without the key bends no figure: the facts are counted again."""
    expected = CUBES.count(stored_sums, SPRING)
    bent, own = bytearray(nothing(stored_sums)), packed(stored_sums, CUBES, expected)
    bent[place] = own[place]
    overwrite(stored_sums, CUBES, SPRING, bytes(bent))
    assert loaded(stored_sums, CUBES, SPRING) is None
    assert cube(stored_sums, SPRING) == expected


def test_a_sum_of_another_month_is_not_taken(stored_sums: Session) -> None:
    """A row of the letterbox that was copied to another place is not read there."""
    april = replace(SPRING, period=Period(2016, month=4))
    copied = packed(stored_sums, CUBES, CUBES.count(stored_sums, april), april)
    overwrite(stored_sums, CUBES, SPRING, copied)
    assert loaded(stored_sums, CUBES, SPRING) is None


def rewritten(session: Session, aggregate: Aggregate[Any], change: Any) -> Any:
    """Change the JSON of the row of spring and return what the same question answers then."""
    plain = json.loads(json.dumps(aggregate.dump(aggregate.count(session, SPRING))))
    change(plain)
    written = replace(aggregate, dump=lambda value: value)
    overwrite(session, aggregate, SPRING, packed(session, written, plain))
    return loaded(session, aggregate, SPRING)


def test_reordered_counts_are_told_apart_by_name(stored_sums: Session) -> None:
    """A row written when the fields of figures stood in another order gives the same figures."""

    def reverse(plain: dict[str, Any]) -> None:
        plain["names"].reverse()
        for rows in plain["axes"].values():
            rows[:] = [[key, *reversed(counts)] for key, *counts in rows]

    expected = CUBES.count(stored_sums, SPRING)
    assert len(set(expected.total.counts)) > 3
    assert rewritten(stored_sums, CUBES, reverse) == expected


@pytest.mark.parametrize("name", [each.name for each in fields(Figures)])
def test_a_row_without_a_count_of_today_is_counted_again(stored_sums: Session, name: str) -> None:
    """A row from before a count was added, whatever its place, is not read as if it were 0."""

    def drop(plain: dict[str, Any]) -> None:
        place = plain["names"].index(name)
        del plain["names"][place]
        for rows in plain["axes"].values():
            for row in rows:
                del row[place + 1]

    assert rewritten(stored_sums, CUBES, drop) is None
    assert cube(stored_sums, SPRING) == CUBES.count(stored_sums, SPRING)


def test_a_row_with_a_count_that_is_gone_is_counted_again(stored_sums: Session) -> None:
    """A row that holds a count which figures no longer have is not taken."""

    def add(plain: dict[str, Any]) -> None:
        plain["names"].insert(1, "forwarded")
        for rows in plain["axes"].values():
            for row in rows:
                row.insert(2, 7)

    assert rewritten(stored_sums, CUBES, add) is None
    assert cube(stored_sums, SPRING) == CUBES.count(stored_sums, SPRING)


@pytest.mark.parametrize("name", [each.name for each in fields(Detail)])
def test_a_row_of_other_quality_measures_is_counted_again(stored_sums: Session, name: str) -> None:
    """A row that lacks a quality measure, or calls it otherwise, is not taken."""
    assert rewritten(stored_sums, DETAILS, lambda plain: plain.pop(name)) is None
    assert (
        rewritten(stored_sums, DETAILS, lambda plain: plain.update(other=plain.pop(name))) is None
    )
    assert detail(stored_sums, SPRING) == DETAILS.count(stored_sums, SPRING)


def test_two_workers_may_store_the_same(stored_sums: Session) -> None:
    """Who comes second replaces what the first has stored."""
    row = stored_sums.scalars(sa.select(RateSum)).first()
    assert row is not None
    values = {"month": row.month, "label": row.label, "version": "later", "body": b"later"}
    _replace([], [values])
    stored_sums.expire_all()
    assert (row.version, row.body) == ("later", b"later")


def test_only_what_changed_is_counted_again(stored_sums: Session) -> None:
    """A new version of one month renews the sums of that month and of its year alone."""
    rows = sa.select(RateSum.month, RateSum.version)
    before = set(stored_sums.execute(rows).all())
    with writing() as session:
        renew_versions(session, [201603])
    refresh(LATER, most=100)
    changed = set(stored_sums.execute(rows).all()) - before
    assert {month for month, _version in changed} == {201603, 201601}


def test_narrower_years_can_wait(stored_sums: Session) -> None:
    """Between times only the sums of all letters follow; the others stay until their turn."""
    asked = replace(YEAR, kind=Kind.HELP)
    names = [label(aggregate, asked) for aggregate in (CUBES, DETAILS)]
    of_both = sa.select(RateSum.version).where(RateSum.label.in_(names))
    held = stored_sums.scalars(of_both).all()
    assert held == [version(versions(stored_sums, asked))] * 2
    with writing() as session:
        renew_versions(session, [201603])
    assert refresh(LATER, 200, narrower=False) > 0 and refresh(LATER, narrower=False) == 0
    stored_sums.rollback()
    assert stored_sums.scalars(of_both).all() == held
    assert refresh(LATER, 200) > 0
    stored_sums.rollback()
    renewed = version(versions(stored_sums, asked))
    assert renewed not in held
    assert stored_sums.scalars(of_both).all() == [renewed] * 2


def test_sums_of_yesterday_are_dropped(stored_sums: Session) -> None:
    """On the next day the sums as of now are those of that day, no more in number."""
    count = sa.select(sa.func.count()).select_from(RateSum)
    before = stored_sums.scalar(count)
    labels = sa.select(RateSum.label).where(RateSum.month == 201702)
    old = set(stored_sums.scalars(labels))
    while refresh(LATER + timedelta(days=1)):
        pass
    assert stored_sums.scalar(count) == before
    assert old and not old & set(stored_sums.scalars(labels))


@pytest.mark.parametrize(
    "narrowed",
    [
        replace(MARCH, organisations=frozenset({1})),
        replace(MARCH, kind=Kind.COMPLAINT),
        replace(MARCH, category="交通运输"),
        replace(MARCH, period=Period(2016, week=9)),
    ],
)
def test_a_narrower_question_is_never_stored(narrowed: Question) -> None:
    """Sums of all letters do not answer for a part of them."""
    assert label(CUBES, narrowed) is None
