"""Counts of the cube against the slow recount of the events."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.letters.kinds import Kind
from portal.domain.periods import Granularity, Period
from portal.domain.statistics.measures import View
from portal.domain.statistics.rates import Basis, Figures
from portal.models import RateFact
from portal.queries.statistics.cache import cube, month_versions, series, tree_on
from portal.queries.statistics.filters import Question
from portal.queries.statistics.tables import breakdown
from portal.services.core.facts import refresh
from tests.builders import START, World, a_letter
from tests.conftest import Once
from tests.queries.statistics.histories import (
    CATEGORIES,
    FIRST,
    SPAN,
    Life,
    counted,
    live,
    lives_in,
)

PERIODS = ("2016", "2015", "2016Q3", "2016-03", "2016-W05", "2016-W53", "2016-12-31", "2019")


@pytest.fixture
def lives(session: Session, world: World, once: Once) -> list[Life]:
    """Two hundred letters with random lives, on every organisation of the world."""
    once(f"{__name__}.lives", lambda: live(session, list(world.places.values()), 200, seed=16))
    return lives_in(session)


def plain(figures: Figures) -> Figures:
    """Without what the recount does not judge."""
    return replace(figures, on_time=0)


def a_question(chance: random.Random, world: World) -> Question:
    """Ask anything."""
    places = list(world.places.values())
    text = chance.choice([p for p in PERIODS if p != "2016-W53"])
    return Question(
        Period.parse(text),
        FIRST + chance.random() * SPAN * 1.5,
        chance.choice(list(Basis)),
        chance.choice(list(View)),
        chance.choice([None, frozenset(chance.sample(places, 3))]),
        chance.choice([None, *Kind]),
        chance.choice([None, None, *CATEGORIES[:2], ""]),
    )


@pytest.mark.parametrize("seed", range(4))
def test_any_question_is_answered_like_the_events_say(
    session: Session, world: World, lives: list[Life], seed: int
) -> None:
    """A figure of any period, basis, view, place, kind and moment equals a recount by hand."""
    chance = random.Random(seed)
    for _ in range(60):
        asked = a_question(chance, world)
        assert plain(cube(session, asked).total) == counted(lives, asked), asked


@pytest.mark.parametrize("basis", Basis)
def test_figures_turn_exactly_with_the_events(
    session: Session, lives: list[Life], basis: Basis
) -> None:
    """At the very moment of an event, and a microsecond later, figures equal a recount by hand.

    Moments between a publication, a redo and the next closing are among them.
    """
    redone = [life for life in lives if any(e.action == "redo" for e in life.events)]
    assert len(redone) > 5
    for event in (e for life in redone[:8] for e in life.events[1:]):
        for moment in (event.occurred_at, event.occurred_at + timedelta(microseconds=1)):
            period = Period.of(event.occurred_at, Granularity.YEAR)
            asked = Question(period, moment, basis)
            assert plain(cube(session, asked).total) == counted(lives, asked), asked


@pytest.mark.parametrize("basis", Basis)
@pytest.mark.parametrize("view", View)
def test_every_axis_adds_up(session: Session, lives: list[Life], basis: Basis, view: View) -> None:
    """The cells by organisation, month, kind and category each add up to the same total."""
    found = cube(session, Question(Period(2016), FIRST + SPAN * 0.7, basis, view))
    assert found.total != Figures()
    assert sum(found.by_organisation.values(), Figures()) == found.total
    assert sum(found.by_kind.values(), Figures()) == found.total
    assert sum(found.by_category.values(), Figures()) == found.total


def test_a_category_counts_its_own_letters(session: Session, lives: list[Life]) -> None:
    """The figures of a category equal a recount of its letters; those without one stand apart."""
    asked = Question(Period(2016), FIRST + SPAN)
    found = cube(session, asked).by_category
    assert set(found) == {"交通运输", "环境保护", ""}
    for name, figures in found.items():
        own = [life for life in lives if (life.category or "") == name]
        assert plain(figures) == counted(own, asked)


def test_organisations_below_add_up_to_the_one_above(
    session: Session, world: World, lives: list[Life]
) -> None:
    """The rows of a table, 本级 among them, add up to the organisation in every cell."""
    asked = Question(Period(2016), FIRST + SPAN)
    figures = cube(session, asked).by_organisation
    tree = tree_on(session, (FIRST + SPAN).date())
    for top in (world["office"], world["district"]):
        rows = breakdown(tree, figures, top)
        assert rows[0].own and len(rows) > 2
        below = frozenset(tree.subtree(top))
        total = Figures.total(row.figures for row in rows)
        assert total == Figures.total(f for place, f in figures.items() if place in below)
        assert total == cube(session, replace(asked, organisations=below)).total


@pytest.mark.parametrize(
    ("period", "into", "parts"),
    [
        ("2016", Granularity.MONTH, 12),
        ("2016", Granularity.QUARTER, 4),
        ("2016Q1", Granularity.MONTH, 3),
        ("2016-02", Granularity.DAY, 29),
        ("2016-W05", Granularity.DAY, 7),
    ],
)
@pytest.mark.parametrize("basis", Basis)
def test_a_series_is_complete_and_adds_up(
    session: Session, lives: list[Life], period: str, into: Granularity, parts: int, basis: Basis
) -> None:
    """A series has every part of the period, empty ones too, and adds up to the period."""
    asked = Question(Period.parse(period), FIRST + SPAN, basis)
    found = series(session, asked, asked.period.split(into))
    assert len(found) == parts
    assert sum((f for _, f in found), Figures()) == cube(session, asked).total


def test_weeks_count_their_own_days(session: Session, lives: list[Life]) -> None:
    """A week equals the figures of that week asked for alone, over the edges of the period too."""
    asked = Question(Period(2016, quarter=2), FIRST + SPAN)
    for week, figures in series(session, asked, asked.period.split(Granularity.WEEK)):
        assert figures == cube(session, replace(asked, period=week)).total


def test_a_week_begins_in_a_month_without_letters(session: Session, world: World) -> None:
    """A week over the edge of a month counts the letters of its second month."""
    a_letter(session, world)
    asked = Question(Period(2016, week=22), START + SPAN)
    assert month_versions(session, 201605, 201605) == {}
    assert cube(session, asked).total.received == 1


def test_a_year_without_letters_counts_nothing(session: Session, lives: list[Life]) -> None:
    """A year in which nothing was received has zeros and no rate."""
    total = cube(session, Question(Period(1999), FIRST + SPAN)).total
    assert total == Figures() and total.closure.text == "—"


def test_a_figure_is_never_older_than_the_last_event(
    session: Session, world: World, lives: list[Life]
) -> None:
    """A letter that comes in after a figure was asked for is in the figure asked for next."""
    asked = Question(Period(2016), FIRST + SPAN * 2)
    before = cube(session, asked).total
    more = live(session, list(world.places.values()), 50, seed=17)
    added = counted(more, asked)
    assert added.received and plain(cube(session, asked).total) == plain(before) + added


def test_only_the_months_that_changed_are_summed_again(
    session: Session, world: World, lives: list[Life]
) -> None:
    """A letter's new fact gives its own months a new version, and no other month."""
    before = month_versions(session, 201601, 201612)
    letter = (
        session.scalars(sa.select(RateFact).where(RateFact.received_month == 201603).limit(1))
        .one()
        .letter_id
    )
    rows = session.scalars(sa.select(RateFact).where(RateFact.letter_id == letter)).all()
    own = {m for r in rows for m in (r.received_month, r.closed_month, r.published_month) if m}
    refresh(session, [letter])
    after = month_versions(session, 201601, 201612)
    assert {month for month in after if after[month] != before[month]} == own & set(after)
    assert len(own & set(after)) < len(after)


def test_the_moment_of_an_event_is_after_the_as_of_moment(
    session: Session, lives: list[Life]
) -> None:
    """What happens exactly at the as-of moment does not count yet; a microsecond later it does."""
    alone = next(
        e for e in lives if len({x.occurred_at for x in e.events[:2]}) == len(e.events[:2])
    )
    moment = alone.events[0].occurred_at
    asked = Question(Period.of(moment, Granularity.DAY), moment)
    later = replace(asked, before=moment + timedelta(microseconds=1))
    assert cube(session, later).total.received == cube(session, asked).total.received + 1
