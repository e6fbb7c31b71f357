"""Sums put by for pages are what a sum of the facts gives, and are taken only while they hold."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2s
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import portal.queries.statistics.stored
from portal.domain.letters.kinds import Kind
from portal.domain.organisations import OrganisationKind
from portal.domain.periods import Granularity, Period
from portal.domain.statistics.as_of import as_of
from portal.domain.statistics.measures import View
from portal.domain.statistics.rates import Basis, Figures
from portal.models import RateSum
from portal.queries.statistics.cache import stamps, year_stamp
from portal.queries.statistics.count import PARTS, YEARS, cube
from portal.queries.statistics.detail import DETAILS, DETAILS_OF_YEARS
from portal.queries.statistics.filters import Question, month_of
from portal.queries.statistics.month_versions import month_versions
from portal.queries.statistics.overview import Asked
from portal.queries.statistics.stored import Shelf, mark
from portal.queries.statistics.tree import tree_on
from portal.services.core.facts import renew_versions
from portal.services.core.unit import writing
from portal.services.statistics.precompute import _replace, refresh
from tests.builders import World
from tests.queries.statistics.histories import Life, counted, live

LATER = datetime(2017, 2, 20, 2, 0, tzinfo=UTC)
MARCH = Question(Period(2016, month=3), Period(2016).ends_at)
SPRING = replace(MARCH, before=Period(2016, quarter=1).ends_at)


@pytest.fixture
def lives(session: Session, world: World) -> list[Life]:
    """Eighty letters of 2015 to 2017 with random lives."""
    return live(session, list(world.places.values()), 80, seed=5)


@pytest.fixture
def house(session: Session, lives: list[Life]) -> Session:
    """A house with these letters and every sum of them put by."""
    session.commit()
    while refresh(LATER):
        pass
    return session


def version_of(session: Session, month: int) -> str:
    """Return the version of a month."""
    return str(month_versions(session)[month])


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
@pytest.mark.parametrize("shelf", [PARTS, DETAILS], ids=lambda shelf: shelf.name)
def test_what_is_put_by_is_the_sum_of_the_facts(
    house: Session, asked: Question, shelf: Shelf[object]
) -> None:
    """The sums of a month as pages ask for them are found put by, equal to a fresh sum."""
    if shelf is DETAILS and (asked.view, asked.basis) != (View.RECEIVING, Basis.COHORT):
        return
    label, month = shelf.label(asked), month_of(asked.period.first_day)
    body = house.scalar(
        sa.select(RateSum.body).where(RateSum.label == label, RateSum.month == month)
    )
    assert body is not None
    taken = shelf.take(house, asked, version_of(house, month))
    assert shelf.plain(taken) == shelf.plain(shelf.compute(house, asked))


@pytest.mark.parametrize("basis", Basis)
def test_a_year_put_by_is_the_sum_of_its_months(house: Session, basis: Basis) -> None:
    """The figures of a whole year are found put by, equal in every cell to a fresh sum."""
    asked = Question(Period(2016), Period(2016).ends_at, basis)
    row = house.scalars(sa.select(RateSum).where(RateSum.label == YEARS.label(asked))).one()
    held = year_stamp(stamps(house, asked.period))
    assert (row.month, row.version) == (201601, mark(held))
    assert YEARS.take(house, asked, held) == YEARS.compute(house, asked)
    assert YEARS.compute(house, asked).total.received > 0


@pytest.mark.parametrize("wish", [{"kind": Kind.HELP}, {"category": "交通运输"}, {"category": ""}])
@pytest.mark.parametrize("shelf", [YEARS, DETAILS_OF_YEARS], ids=lambda shelf: shelf.name)
def test_a_past_year_of_a_kind_or_a_category_is_refresh(
    house: Session, shelf: Shelf[object], wish: dict[str, Any]
) -> None:
    """A year that is over is found put by for each kind and category, equal to a fresh sum."""
    asked = replace(Question(Period(2016), Period(2016).ends_at), **wish)
    row = house.scalars(sa.select(RateSum).where(RateSum.label == shelf.label(asked))).one()
    held = year_stamp(stamps(house, asked.period))
    taken = shelf.take(house, asked, held)
    assert row.version == mark(held)
    assert shelf.plain(taken) == shelf.plain(shelf.compute(house, asked))
    assert shelf.plain(taken) != shelf.plain(shelf.compute(house, replace(asked, kind=Kind.THANKS)))


@pytest.mark.parametrize("shelf", [YEARS, DETAILS_OF_YEARS], ids=lambda shelf: shelf.name)
def test_a_past_year_of_the_members_of_a_kind_is_refresh(
    house: Session, shelf: Shelf[object]
) -> None:
    """A year that is over is found put by for departments and districts as a page asks for them."""
    for kind in (OrganisationKind.MUNICIPAL_DEPARTMENT, OrganisationKind.DISTRICT_GOVERNMENT):
        page = Asked(Period(2016), as_of(Period(2016), LATER), group=kind)
        asked = page.question(tree_on(house, page.as_of.day))
        label = sa.select(RateSum.label).where(RateSum.label == shelf.label(asked))
        assert house.scalars(label).all(), kind
        taken = shelf.take(house, asked, year_stamp(stamps(house, asked.period)))
        assert shelf.plain(taken) == shelf.plain(shelf.compute(house, asked))
        if shelf is YEARS:
            assert YEARS.compute(house, asked).total.received > 0


@pytest.mark.parametrize(
    "wish",
    [
        {"organisations": frozenset({1}), "kind": Kind.HELP},
        {"kind": Kind.HELP, "category": "交通运输"},
        {"kind": Kind.HELP, "view": View.ANSWERING},
        {"kind": Kind.HELP, "basis": Basis.PERIOD},
    ],
)
def test_what_is_seldom_asked_for_is_not_refresh(wish: dict[str, Any]) -> None:
    """Sums of organisations, and of a kind seen otherwise than usual, have no name to be found by."""
    asked = replace(Question(Period(2016), Period(2016).ends_at), **wish)
    assert YEARS.label(asked) is None


@pytest.mark.parametrize("basis", Basis)
@pytest.mark.parametrize("view", View)
def test_what_is_put_by_says_what_the_events_say(
    house: Session, lives: list[Life], basis: Basis, view: View
) -> None:
    """The figures of years and months, taken from what is put by, equal a recount by hand."""
    year = Question(Period(2016), Period(2016).ends_at, basis, view)
    months = [replace(year, period=month) for month in year.period.split(Granularity.MONTH)]
    for asked in (year, *months):
        assert replace(cube(house, asked).total, on_time=0) == counted(lives, asked), asked


def test_the_latest_month_comes_first_and_no_more_than_is_asked_for(
    session: Session, lives: list[Life]
) -> None:
    """A round puts by as many sums as it may, beginning with the month that is looked at most."""
    session.commit()
    assert refresh(LATER, most=3) == 3
    newest = max(month_versions(session))
    assert list(session.scalars(sa.select(RateSum.month))) == [newest] * 3


def test_figures_are_read_from_what_is_refresh(house: Session) -> None:
    """A process that remembers nothing answers from the sums put by, without summing facts."""
    label = PARTS.label(SPRING)
    nothing = PARTS.pack(house, replace(SPRING, before=SPRING.period.starts_at))
    with writing() as session:
        session.execute(sa.update(RateSum).where(RateSum.label == label).values(body=nothing))
    assert cube(house, SPRING).total == Figures()


def test_a_sum_of_facts_that_changed_is_not_taken(house: Session) -> None:
    """After a fact of the month has changed, the month is summed from the facts again."""
    label = PARTS.label(SPRING)
    nothing = PARTS.pack(house, replace(SPRING, before=SPRING.period.starts_at))
    with writing() as session:
        session.execute(sa.update(RateSum).where(RateSum.label == label).values(body=nothing))
        renew_versions(session, [201603])
    assert cube(house, SPRING).total.received > 0
    assert refresh(LATER, most=200) > 0
    assert refresh(LATER) == 0


def test_a_sum_by_another_version_of_the_program_is_not_taken(
    house: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an upgrade the sums put by before it are left alone and put by anew."""
    label = PARTS.label(SPRING)
    nothing = PARTS.pack(house, replace(SPRING, before=SPRING.period.starts_at))
    with writing() as session:
        session.execute(sa.update(RateSum).where(RateSum.label == label).values(body=nothing))
    monkeypatch.setattr(
        portal.queries.statistics.stored, "_PROGRAM", blake2s(b"upgraded", digest_size=16)
    )
    assert cube(house, SPRING).total.received > 0
    before = house.scalar(sa.select(sa.func.count()).select_from(RateSum))
    assert refresh(LATER, most=1000) == before and refresh(LATER) == 0


def test_two_workers_may_put_by_the_same(house: Session) -> None:
    """Who comes second replaces what the first has put by."""
    row = house.scalars(sa.select(RateSum)).first()
    assert row is not None
    values = {"month": row.month, "label": row.label, "version": mark("later"), "body": b"later"}
    _replace([], [values])
    house.expire_all()
    assert (row.version, row.body) == (mark("later"), b"later")


def test_only_what_changed_is_summed_again(house: Session) -> None:
    """A new version of one month renews the sums of that month and of its year alone."""
    rows = sa.select(RateSum.month, RateSum.version)
    before = set(house.execute(rows).all())
    with writing() as session:
        renew_versions(session, [201603])
    refresh(LATER, most=100)
    changed = set(house.execute(rows).all()) - before
    assert {month for month, _version in changed} == {201603, 201601}


def test_narrower_years_can_wait(house: Session) -> None:
    """Between times only the sums of the whole house follow; the others stay until their turn."""
    asked = replace(Question(Period(2016), Period(2016).ends_at), kind=Kind.HELP)
    row = house.scalars(sa.select(RateSum).where(RateSum.label == YEARS.label(asked))).one()
    before = row.version
    with writing() as session:
        renew_versions(session, [201603])
    assert refresh(LATER, 200, narrower=False) > 0 and refresh(LATER, narrower=False) == 0
    house.refresh(row)
    assert row.version == before
    assert refresh(LATER, 200) > 0
    house.refresh(row)
    assert row.version == mark(year_stamp(stamps(house, asked.period)))


def test_sums_of_yesterday_are_dropped(house: Session) -> None:
    """On the next day the sums as of now are those of that day, no more in number."""
    count = sa.select(sa.func.count()).select_from(RateSum)
    before = house.scalar(count)
    labels = sa.select(RateSum.label).where(RateSum.month == 201702)
    old = set(house.scalars(labels))
    while refresh(LATER + timedelta(days=1)):
        pass
    assert house.scalar(count) == before
    assert old and not old & set(house.scalars(labels))


@pytest.mark.parametrize(
    "narrowed",
    [
        replace(MARCH, organisations=frozenset({1})),
        replace(MARCH, kind=Kind.COMPLAINT),
        replace(MARCH, category="交通运输"),
        replace(MARCH, period=Period(2016, week=9)),
    ],
)
def test_a_narrower_question_is_never_refresh(narrowed: Question) -> None:
    """Sums of the whole house do not answer for a part of it."""
    assert PARTS.label(narrowed) is None
