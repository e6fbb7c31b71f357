"""Ended letters follow the calendar: their days are counted again, their due dates stay as promised."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from random import Random
from time import monotonic

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from portal.domain.access import Actor
from portal.domain.calendar import DayKind, WorkCalendar
from portal.domain.deadline_rules import DayUnit, letter_code, rule_for
from portal.domain.letters.kinds import LETTER_RULES
from portal.domain.letters.states import State
from portal.domain.periods import civil_date
from portal.models import CalendarDay, Event, RateFact, Recomputation
from portal.queries.statistics.cache import month_versions
from portal.services.core.facts import derive_touched, refresh
from portal.services.core.unit import writing
from portal.services.letters import merging, submission
from portal.services.office.calendar import set_days
from portal.services.statistics.recompute import recompute
from tests.builders import START, Walk, World, a_letter, a_walk
from tests.databases import ON_POSTGRES
from tests.queries.statistics.histories import FIRST, SPAN, Life, live

LATER = datetime(2018, 3, 1, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
WAITING = sa.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
Row = tuple[int, int | None, int | None, bool | None]
"""Letter, days to the first response, days to the closing, in time."""


def follow(now: datetime = LATER, most: int = 7) -> int:
    """Let the worker go on until nothing is left; return how many steps it took."""
    steps = 0
    while recompute(now, most):
        steps += 1
    return steps


def facts(session: Session) -> list[Row]:
    """Return what the facts say of every letter, closing by closing."""
    session.rollback()
    fact = RateFact
    query = (
        sa.select(fact.letter_id, fact.response_days, fact.closing_days, fact.on_time)
        .where(sa.or_(fact.closing_days.is_not(None), fact.response_days.is_not(None)))
        # A letter may be closed, opened again and closed in one moment.
        .order_by(
            fact.letter_id,
            fact.opening.desc(),
            fact.closed_from,
            fact.closed_until.nulls_last(),
            fact.id,
        )
    )
    return [(i, response, closing, on) for i, response, closing, on in session.execute(query)]


def recounted(session: Session, lives: list[Life]) -> list[Row]:
    """Tell the same from the events alone, counting every day one by one."""
    edited = session.execute(sa.select(CalendarDay.day, CalendarDay.kind))
    calendar = WorkCalendar({day: DayKind(kind) for day, kind in edited})
    return [row for life in lives for row in _one(life, calendar)]


def _one(life: Life, calendar: WorkCalendar) -> list[Row]:
    events = [event for event in life.events if event.axis == "handling"]
    first = next((e for e in events if e.from_state != e.to_state), None)
    begun = asked = civil_date(events[0].occurred_at)
    # The arrival too is an event of staff in these histories.
    response = _count(calendar, begun, civil_date(first.occurred_at), set()) if first else None
    waits: set[date] = set()
    rows = list[Row]()
    for event in events[1:]:
        day = civil_date(event.occurred_at)
        if event.to_state == "awaiting_citizen":
            asked = day
        if event.from_state == "awaiting_citizen":
            waits |= {asked + DAY * n for n in range(1, (day - asked).days + 1)}
        if event.action == "redo":
            begun, waits = day, set()
        if event.to_state in ("closed", "declined") and event.from_state != event.to_state:
            due = event.due_on or _due(life, calendar, begun, waits)
            on_time = event.action == "time_out" or day <= due
            days = _count(calendar, begun, day, waits)
            rows.append((life.events[0].letter_id or 0, None if rows else response, days, on_time))
    return rows or [(life.events[0].letter_id or 0, response, None, None)]


def _count(calendar: WorkCalendar, begun: date, until: date, waits: set[date]) -> int:
    days = (begun + DAY * n for n in range(1, (until - begun).days + 1))
    return sum(calendar.is_workday(day) and day not in waits for day in days)


def _due(life: Life, calendar: WorkCalendar, begun: date, waits: set[date]) -> date:
    rule = rule_for((letter_code(life.kind),), (), begun, LETTER_RULES)
    assert rule.unit is DayUnit.WORKING
    due, left = begun, rule.days
    while left:
        due += DAY
        left -= calendar.is_workday(due) and due not in waits
    return due


@pytest.fixture
def admin(world: World) -> Actor:
    """Who keeps the calendar."""
    return world.actor("office_administrator")


def answered(session: Session, world: World, now: datetime, days: int) -> Walk:
    """Return the walk of a letter accepted at once and answered ``days`` days later."""
    walk = a_walk(session, world, now=now)
    walk.accept()
    walk.now = now + timedelta(days=days)
    walk.ask_signoff()
    walk.sign()
    session.rollback()
    return walk


def versions_of(session: Session) -> dict[int, int]:
    """Return the version of every month that has facts."""
    session.rollback()
    return month_versions(session)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_facts_are_a_recount_of_the_events_after_any_edits(
    session: Session, world: World, admin: Actor, seed: int
) -> None:
    """A recount of the events, day by day, gives the facts after any course of calendar edits."""
    chance = Random(seed)
    lives = live(session, list(world.places.values()), 60, seed)
    for event in [e for life in lives for e in life.events]:
        ends = event.to_state in ("closed", "declined") and event.axis == "handling"
        if ends and event.action != "time_out" and chance.random() < 0.5:
            event.due_on = civil_date(event.occurred_at) + DAY * chance.randint(-5, 5)
    session.flush()
    refresh(session, [life.events[0].letter_id or 0 for life in lives])
    session.commit()
    for _ in range(25):
        first = civil_date(FIRST) + DAY * chance.randrange(SPAN.days + 90)
        last = first + DAY * chance.randrange(12)
        set_days(first, last, chance.choice((True, False, None)), "", admin, LATER)
        if chance.random() < 0.3:
            recompute(LATER, 7)
    follow()
    assert facts(session) == recounted(session, lives)


@pytest.mark.parametrize(
    ("days", "working", "counted", "on_time"),
    [(14, False, (9, 7), False), (12, True, (7, 9), True)],
)
def test_a_late_correction_changes_the_days_and_leaves_the_judgement(
    session: Session,
    world: World,
    admin: Actor,
    days: int,
    working: bool,
    counted: tuple[int, int],
    on_time: bool,
) -> None:
    """A holiday or workday learned of afterwards is counted; late stays late, in time in time."""
    walk = answered(session, world, START, days)
    assert facts(session) == [(walk.letter_id, 0, counted[0], on_time)]
    first = date(2016, 6, 4) if working else date(2016, 6, 2)
    set_days(first, first + DAY, working, "补录", admin, walk.now)
    follow(walk.now)
    assert facts(session) == [(walk.letter_id, 0, counted[1], on_time)]


def test_letters_nobody_was_told_about_go_by_the_calendar(
    session: Session, world: World, admin: Actor
) -> None:
    """A letter from another system that came late is in time once a holiday is put right."""
    letter = a_letter(session, world, State.CLOSED)
    closing = session.scalars(sa.select(Event).where(Event.action == "sign")).one()
    arrival = session.scalars(sa.select(Event).where(Event.action == "submit")).one()
    with writing() as unit:
        closing.due_on = None
        arrival.occurred_at = START - timedelta(days=16)
        refresh(unit, [letter.id])
    assert facts(session)[0][3] is False
    set_days(START.date() - timedelta(days=12), START.date(), False, "", admin, LATER)
    follow()
    assert facts(session)[0][3] is True


def test_every_ending_keeps_the_due_date_of_its_time(
    session: Session, world: World, admin: Actor
) -> None:
    """A letter done again has two endings, each with the due date told then."""
    letter = a_letter(session, world, State.CLOSED)
    first = letter.due_on
    again = START + timedelta(days=30)
    submission.ask_redo(letter.id, "路灯又坏了，请重新办理。", again)
    walk = a_walk(session, world)
    walk.letter_id, walk.now = letter.id, again
    walk.ask_signoff()
    second = walk.letter.due_on
    walk.sign()
    session.rollback()
    told = session.scalars(
        sa.select(Event.due_on).where(Event.action == "sign").order_by(Event.id)
    ).all()
    assert first != second
    assert told == [first, second]


def test_a_merged_letter_is_judged_by_its_own_clock(session: Session, world: World) -> None:
    """A letter that followed another is closed with the due date its own sender could expect."""
    parent = a_walk(session, world)
    parent.accept()
    child = a_walk(session, world, now=START + timedelta(days=5))
    own = child.letter.due_on
    child.step(merging.merge, "city_dispatcher", parent.letter.number, "同一问题")
    parent.now = child.now
    parent.ask_signoff()
    parent.sign()
    session.rollback()
    query = sa.select(Event.due_on).where(Event.action == "close_merged")
    assert session.scalars(query).all() == [own]
    assert child.letter.due_on is None


def test_what_was_told_again_is_on_record(session: Session, world: World, admin: Actor) -> None:
    """The last step leaves who, which days, and how many letters were looked at and corrected.

    Letters answered before these days or received after them are not looked at.
    """
    for days in (0, 2, 5, 6):
        answered(session, world, START, days)
    answered(session, world, START + DAY * 9, 2)
    day = START.date() + DAY * 5
    set_days(day, day, False, "", admin, LATER)
    assert follow(most=1) == 3
    event = session.scalars(sa.select(Event).where(Event.action == "recompute_facts")).one()
    assert event.subject == f"calendar:{day}/{day}"
    assert event.reason == "核对 2 封，更正 2 封"
    assert session.scalar(sa.select(Recomputation.id)) is None


def test_figures_of_untouched_months_stay_as_they_are(
    session: Session, world: World, admin: Actor
) -> None:
    """Only months with a corrected letter get a new version."""
    answered(session, world, START - timedelta(days=60), 4)
    answered(session, world, START, 4)
    before = versions_of(session)
    day = START.date() + DAY
    set_days(day, day, False, "", admin, LATER)
    follow()
    after = versions_of(session)
    assert [month for month in after if after[month] != before[month]] == [201606]


@pytest.mark.parametrize(
    ("first", "working"),
    [(date(2016, 6, 4), False), (date(2016, 6, 7), True), (date(2018, 3, 2), False)],
    ids=["a Saturday off", "a workday of work", "a day to come"],
)
def test_what_changes_no_count_is_not_noted(
    session: Session, world: World, admin: Actor, first: date, working: bool
) -> None:
    """Days that stay what they were, and days to come, leave the worker nothing to do."""
    set_days(first, first, working, "", admin, LATER)
    assert session.scalar(sa.select(Recomputation.id)) is None


@pytest.mark.skipif(not ON_POSTGRES, reason="SQLite has one writer at a time")
def test_units_from_before_the_change_are_waited_for(
    session: Session, world: World, admin: Actor
) -> None:
    """Whoever may have read the calendar of before commits first, then letters are gone through."""
    day = START.date() + DAY
    with session.get_bind().engine.connect() as other:
        other.execute(sa.select(sa.func.pg_current_xact_id()))
        set_days(day, day, False, "", admin, LATER)
        assert recompute(LATER) == 0
        other.rollback()
    assert recompute(LATER) == 1


@pytest.mark.skipif(not ON_POSTGRES, reason="SQLite has one writer at a time")
def test_a_letter_that_is_handled_meanwhile_is_counted_once(
    app: Flask, session: Session, world: World, admin: Actor
) -> None:
    """The worker waits for a unit that derives the facts of the same letter."""
    letter_id = answered(session, world, START, 4).letter_id
    day = START.date() + DAY
    engine = session.get_bind().engine
    with engine.connect() as other:
        other.execute(sa.select(sa.func.pg_current_xact_id()))
        set_days(day, day, False, "", admin, LATER)
        assert recompute(LATER) == 0
    with ThreadPoolExecutor(1) as pool:
        with writing() as unit:
            submission.rate(letter_id, 5, 4, "", LATER)
            derive_touched(unit)
            work = pool.submit(within, app, follow)
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as other:
                until = monotonic() + 60
                while not other.scalar(WAITING):
                    assert not work.done() and monotonic() < until
        assert work.result() == 1
    days = sa.select(RateFact.closing_days).where(RateFact.letter_id == letter_id)
    assert session.scalars(days).all() == [1]


def within(app: Flask, work: Callable[[], int]) -> int:
    """Return what ``work`` returns in an application context of its own."""
    with app.app_context():
        return work()
