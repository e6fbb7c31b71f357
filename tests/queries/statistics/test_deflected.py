"""Deflected letters: counted by moment, organisation and kind, and in no other figure."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.errors import NotFound
from portal.domain.letters.kinds import Kind
from portal.domain.periods import Granularity, Period, month_of
from portal.domain.statistics.as_of import as_of
from portal.domain.statistics.measures import View
from portal.domain.statistics.rates import Basis
from portal.models import DeflectedLetter
from portal.queries.statistics.annual_report import annual_report
from portal.queries.statistics.cache import cube, tree_on
from portal.queries.statistics.deflected import (
    deflected,
    deflected_by_month,
    deflected_by_organisation,
)
from portal.queries.statistics.filters import Question
from portal.queries.statistics.overview import Asked, overview
from portal.services.archive.deflection import deflect, row_of
from portal.services.core.unit import writing
from tests.archive import published, withdraw
from tests.builders import World
from tests.queries.statistics.histories import FIRST, SPAN, live

NOW = datetime(2017, 6, 1, 4, 0, tzinfo=UTC)
YEAR = Period(2016)
PERIODS = ("2016", "2015", "2016Q3", "2016-03", "2016-W05", "2016-12-31", "2019")
Said = tuple[int, Kind, datetime]
"""Organisation, kind and moment of an deflected letter."""


@pytest.fixture
def said(session: Session, world: World) -> list[Said]:
    """Three hundred deflected letters of any organisation, kind and moment of two years."""
    chance = random.Random(7)
    places, kinds = sorted(world.places.values()), list(Kind)
    found = [
        (chance.choice(places), chance.choice(kinds), FIRST + chance.random() * SPAN)
        for _ in range(300)
    ]
    with writing() as unit:
        for place, kind, moment in found:
            unit.add(DeflectedLetter(**{**row_of(0, place, kind, moment), "entry_id": None}))
    return found


def recount(said: list[Said], asked: Question) -> int:
    """Count by hand what a question is about."""
    return sum(
        asked.period.starts_at <= moment < asked.period.ends_at
        and moment < asked.before
        and (asked.organisations is None or place in asked.organisations)
        and asked.kind in (None, kind)
        for place, kind, moment in said
    )


@pytest.mark.parametrize("seed", range(3))
def test_any_question_equals_a_recount(
    session: Session, world: World, said: list[Said], seed: int
) -> None:
    """A count of any period, place, kind and moment equals a recount by hand."""
    chance = random.Random(seed)
    places = sorted(world.places.values())
    seen = 0
    for _ in range(60):
        asked = Question(
            Period.parse(chance.choice(PERIODS)),
            FIRST + chance.random() * SPAN * 1.5,
            chance.choice(list(Basis)),
            chance.choice(list(View)),
            chance.choice([None, frozenset(chance.sample(places, 3))]),
            chance.choice([None, *Kind]),
        )
        seen += deflected(session, asked)
        assert deflected(session, asked) == recount(said, asked), asked
    assert seen


def test_organisations_and_months_add_up(session: Session, said: list[Said]) -> None:
    """The counts by organisation and by month each add up to the whole."""
    asked = Question(YEAR, FIRST + SPAN)
    whole = deflected(session, asked)
    assert whole == sum(deflected_by_organisation(session, asked).values()) > 0
    assert whole == sum(deflected_by_month(session, asked).values())


def test_a_month_is_the_one_in_shanghai(session: Session, said: list[Said]) -> None:
    """The count of a month equals the question for that month."""
    asked = Question(YEAR, FIRST + SPAN)
    months = deflected_by_month(session, asked)
    for part in YEAR.split(Granularity.MONTH):
        alone = deflected(session, replace(asked, period=part))
        assert months.get(month_of(part.first_day), 0) == alone


def test_a_subtree_is_the_sum_of_its_organisations(
    session: Session, world: World, said: list[Said]
) -> None:
    """What an organisation counts is its own and all that is below it."""
    asked = Question(YEAR, FIRST + SPAN)
    tree, places = tree_on(session, FIRST.date()), deflected_by_organisation(session, asked)
    for top in world.places.values():
        ids = tree.subtree(top)
        alone = replace(asked, organisations=frozenset(ids))
        assert deflected(session, alone) == sum(places.get(each, 0) for each in ids)


def test_the_as_of_moment_itself_does_not_count(session: Session, said: list[Said]) -> None:
    """What was said exactly at the as-of moment does not count yet; a microsecond later it does."""
    moment = said[0][2]
    asked = Question(Period.of(moment, Granularity.DAY), moment)
    later = replace(asked, before=moment + timedelta(microseconds=1))
    assert deflected(session, later) == deflected(session, asked) + 1


@pytest.mark.parametrize("seed", range(3))
def test_no_other_figure_changes(session: Session, world: World, seed: int) -> None:
    """Whatever letters there are, deflected ones change no count, rate, measure or row."""
    places = sorted(world.places.values())
    live(session, places, 60, seed=seed)
    entry = published(session, world)
    seen = as_of(YEAR, NOW)

    def figures() -> tuple[object, ...]:
        report = annual_report(session, YEAR, seen, "信箱", NOW)
        page = overview(session, Asked(YEAR, seen))
        cubes = tuple(
            cube(session, Question(YEAR, seen.before, basis, view))
            for basis in Basis
            for view in View
        )
        return (
            report.sentence,
            replace(report, deflected=type(report.deflected)()),
            cubes,
            replace(page, deflected=0),
        )

    before = figures()
    chance = random.Random(seed)
    for number in range(20):
        deflect(entry.id, f"{seed} {number}", FIRST + chance.random() * SPAN)
    assert session.scalar(sa.select(sa.func.count(DeflectedLetter.id))) == 20
    assert figures() == before


def test_overview_and_report_tell_the_count(session: Session, world: World) -> None:
    """The page's overview and the report hold the count, apart from letters and by organisation."""
    entry = published(session, world, place="bureau")
    for number in range(3):
        deflect(entry.id, str(number), entry.published_at + timedelta(hours=number))
    seen = as_of(YEAR, NOW)
    assert overview(session, Asked(YEAR, seen)).deflected == 3
    above = Asked(YEAR, seen, organisation_id=world["district"])
    beside = Asked(YEAR, seen, organisation_id=world["city"])
    assert (overview(session, above).deflected, overview(session, beside).deflected) == (3, 0)
    found = annual_report(session, YEAR, seen, "信箱", NOW).deflected
    assert found.total == sum(n for _, n in found.months) == 3
    assert [count for _, _, count in found.organisations] == [3]


def test_a_form_counts_once(session: Session, world: World) -> None:
    """The same form handed in twice counts one letter and says so."""
    entry = published(session, world)
    assert deflect(entry.id, "form", NOW)
    assert not deflect(entry.id, "form", NOW)
    assert deflect(entry.id, "another", NOW)


def test_a_withdrawn_entry_spares_nothing(session: Session, world: World) -> None:
    """What is not public any more cannot have been read."""
    entry = published(session, world)
    withdraw(session, world, entry)
    with pytest.raises(NotFound):
        deflect(entry.id, "form", NOW)


def test_what_was_said_stays_when_the_entry_goes(session: Session, world: World) -> None:
    """An entry withdrawn later has helped all the same."""
    entry = published(session, world)
    deflect(entry.id, "form", entry.published_at)
    withdraw(session, world, entry)
    assert deflected(session, Question(YEAR, NOW)) == 1
