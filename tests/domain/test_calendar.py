"""Working days: announced years, make-up days, pauses, due dates and their explanation."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.calendar import CalendarError, DayKind, Pause, WorkCalendar
from portal.domain.deadline_rules import DayUnit, DeadlineRule

ONE_DAY = timedelta(days=1)
CALENDAR = WorkCalendar()

# From before the first announced year to after the last, so that both edges are crossed.
dates = st.dates(date(2002, 1, 1), date(2029, 12, 31))
near = st.dates(date(2015, 11, 1), date(2017, 2, 28))
overrides = st.dictionaries(near, st.sampled_from(DayKind), max_size=40)
units = st.sampled_from(DayUnit)


@st.composite
def pauses_after(draw: st.DrawFn, start: date) -> list[Pause]:
    """Closed pauses that begin within two months of `start`, in any order, some overlapping."""
    found: list[Pause] = []
    for _ in range(draw(st.integers(0, 4))):
        begin = start + timedelta(days=draw(st.integers(-5, 60)))
        found.append((begin, begin + timedelta(days=draw(st.integers(0, 25)))))
    return found


def rule(days: int, unit: DayUnit = DayUnit.WORKING) -> DeadlineRule:
    """A rule of so many days."""
    return DeadlineRule("rule", days, unit, 0, "测试规则")


def slow_due(
    calendar: WorkCalendar, start: date, days: int, pauses: list[Pause], unit: DayUnit
) -> date:
    """The due date, found by walking on day by day."""
    day, left = start, days
    while left > 0 or (days and not calendar.is_workday(day)) or _stopped(day, pauses):
        day += ONE_DAY
        if not _stopped(day, pauses) and (unit is DayUnit.CALENDAR or calendar.is_workday(day)):
            left -= 1
    return day


def _stopped(day: date, pauses: list[Pause]) -> bool:
    return any(begin < day and (end is None or day <= end) for begin, end in pauses)


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2016, 2, 5), DayKind.WORKDAY),
        (date(2016, 2, 6), DayKind.MAKEUP),
        (date(2016, 2, 8), DayKind.HOLIDAY),
        (date(2016, 2, 13), DayKind.HOLIDAY),
        (date(2016, 2, 14), DayKind.MAKEUP),
        (date(2016, 2, 20), DayKind.WEEKEND),
        (date(2016, 10, 8), DayKind.MAKEUP),
        (date(2016, 12, 31), DayKind.WEEKEND),
    ],
)
def test_kinds_of_2016(day: date, kind: DayKind) -> None:
    """A day of 2016 is what the State Council announced for it."""
    assert CALENDAR.kind_of(day) is kind


def test_working_days_of_2016() -> None:
    """The year 2016 had 250 working days: 261 weekdays less the 11 statutory holidays."""
    assert CALENDAR.working_days_between(date(2015, 12, 31), date(2016, 12, 31)) == 250


@pytest.mark.parametrize("year", [2003, 2027, 2100])
def test_years_not_announced(year: int) -> None:
    """A year without announcement has plain weekdays after New Year's Day, and says so."""
    day = date(year, 1, 2)
    while day.year == year:
        weekday = day.weekday() < 5
        assert CALENDAR.kind_of(day) is (DayKind.WORKDAY if weekday else DayKind.WEEKEND)
        assert not CALENDAR.announced(day)
        day += ONE_DAY


def test_announced_year() -> None:
    """A year that was announced says so on each of its edges."""
    assert CALENDAR.announced(date(2016, 1, 1))
    assert CALENDAR.announced(date(2016, 12, 31))


def test_own_table_comes_first() -> None:
    """A day in our own table is what the table says, its neighbours stay what they were."""
    closed = date(2016, 6, 15)
    calendar = WorkCalendar({closed: DayKind.HOLIDAY})
    assert calendar.kind_of(closed) is DayKind.HOLIDAY
    assert calendar.is_workday(closed - ONE_DAY)
    assert calendar.add_working_days(closed - ONE_DAY, 1) == closed + ONE_DAY


def test_own_table_announces_a_year() -> None:
    """A year is announced once New Year's Day and National Day are in our own table."""
    new_year, national_day = date(2027, 1, 1), date(2027, 10, 1)
    half = WorkCalendar({new_year: DayKind.HOLIDAY})
    whole = WorkCalendar({new_year: DayKind.HOLIDAY, national_day: DayKind.HOLIDAY})
    assert not half.announced(date(2027, 5, 5))
    assert whole.announced(date(2027, 5, 5))
    assert not whole.announced(date(2028, 5, 5))


def test_receipt_day_does_not_count() -> None:
    """A letter of Friday 5 February 2016 has its 7th working day after the Spring Festival."""
    # 6 February and 14 February are make-up days, 7 to 13 February the holiday.
    assert CALENDAR.add_working_days(date(2016, 2, 5), 7) == date(2016, 2, 19)


@given(dates, st.integers(0, 300))
def test_adding_against_walking(start: date, days: int) -> None:
    """A sum of working days is the day that walking on day by day arrives at."""
    assert CALENDAR.add_working_days(start, days) == slow_due(
        CALENDAR, start, days, [], DayUnit.WORKING
    )


@given(overrides, near, st.integers(1, 40))
def test_adding_with_own_table(table: Mapping[date, DayKind], start: date, days: int) -> None:
    """A sum of working days follows our own table too."""
    calendar = WorkCalendar(table)
    expected = slow_due(calendar, start, days, [], DayUnit.WORKING)
    assert calendar.add_working_days(start, days) == expected


@given(dates, dates)
def test_between_against_walking(one: date, two: date) -> None:
    """A number of working days between two dates is the count of those after the first."""
    earlier, later = sorted((one, two))
    span = range(1, (later - earlier).days + 1)
    expected = sum(CALENDAR.is_workday(earlier + timedelta(days=offset)) for offset in span)
    assert CALENDAR.working_days_between(earlier, later) == expected
    assert CALENDAR.working_days_between(later, earlier) == -expected


@given(dates, st.integers(1, 300))
def test_adding_and_counting_agree(start: date, days: int) -> None:
    """A date so many working days on is so many working days away, and a working day."""
    end = CALENDAR.add_working_days(start, days)
    assert CALENDAR.working_days_between(start, end) == days
    assert CALENDAR.is_workday(end)


# Each question founds a calendar, which takes longer than all that is asked of it.
@settings(max_examples=20)
@given(st.lists(st.tuples(dates, st.integers(0, 300)), max_size=8))
def test_order_of_questions_does_not_matter(questions: list[tuple[date, int]]) -> None:
    """A calendar that has grown by earlier questions answers as a fresh one."""
    grown = WorkCalendar()
    for start, days in questions:
        assert grown.add_working_days(start, days) == WorkCalendar().add_working_days(start, days)


@given(dates, dates, st.integers(0, 60), st.integers(0, 60))
def test_adding_is_monotone(one: date, two: date, few: int, more: int) -> None:
    """A later receipt or a longer rule never gives an earlier date."""
    (one, two), (few, more) = sorted((one, two)), sorted((few, more))
    assert CALENDAR.add_working_days(one, few) <= CALENDAR.add_working_days(two, few)
    assert CALENDAR.add_working_days(one, few) <= CALENDAR.add_working_days(one, more)


@given(st.data(), near, st.integers(1, 40), st.integers(0, 15), units)
def test_due_against_walking(
    data: st.DataObject, start: date, days: int, more: int, unit: DayUnit
) -> None:
    """A due date with pauses and extension is the day that walking on day by day arrives at."""
    pauses = data.draw(pauses_after(start))
    due = CALENDAR.due_on(start, rule(days, unit), pauses, more)
    assert due == slow_due(CALENDAR, start, days + more, pauses, unit)


@given(st.data(), near, st.integers(1, 40))
def test_used_days_reach_the_count_on_the_due_date(
    data: st.DataObject, start: date, days: int
) -> None:
    """A letter has used up its working days on the due date, and not a day before."""
    pauses = data.draw(pauses_after(start))
    due = CALENDAR.due_on(start, rule(days), pauses)
    assert due is not None
    assert CALENDAR.days_used(start, due, pauses) == days
    assert CALENDAR.days_used(start, due - ONE_DAY, pauses) == days - 1


@given(st.data(), near, st.integers(1, 40), units)
def test_trace_explains_the_due_date(
    data: st.DataObject, start: date, days: int, unit: DayUnit
) -> None:
    """A trace numbers the counted days from 1 to the rule's days, the last of them the due date."""
    pauses = data.draw(pauses_after(start))
    due = CALENDAR.due_on(start, rule(days, unit), pauses)
    assert due is not None
    rows = CALENDAR.trace(start, due, pauses, unit, days)
    assert [row.day for row in rows] == [
        start + timedelta(days=offset) for offset in range((due - start).days + 1)
    ]
    assert [row.number for row in rows if row.counted] == list(range(1, days + 1))
    assert rows[-1].counted or unit is DayUnit.CALENDAR
    for row in rows:
        assert row.kind is CALENDAR.kind_of(row.day)
        assert (row.number is None) is not row.counted
        assert not (row.paused and row.counted)


@given(st.data(), near, st.integers(1, 40))
def test_pauses_never_hasten(data: st.DataObject, start: date, days: int) -> None:
    """A pause never makes a letter due earlier."""
    due = CALENDAR.due_on(start, rule(days), data.draw(pauses_after(start)))
    plain = CALENDAR.due_on(start, rule(days))
    assert due is not None
    assert plain is not None
    assert due >= plain


def test_pause_of_calendar_days_is_given_back() -> None:
    """A wait of ten days in a rule of calendar days moves the due date by ten days."""
    start, counted = date(2023, 3, 1), rule(60, DayUnit.CALENDAR)
    asked = date(2023, 3, 10)
    due = CALENDAR.due_on(start, counted, [(asked, asked + timedelta(days=10))], 30)
    assert due == start + timedelta(days=60 + 30 + 10)


def test_calendar_days_that_end_on_a_day_off_run_on() -> None:
    """Fifteen days from 16 September 2016 end on 8 October, the first working day after."""
    counted = rule(15, DayUnit.CALENDAR)
    assert CALENDAR.due_on(date(2016, 9, 16), counted) == date(2016, 10, 8)
    rows = CALENDAR.trace(date(2016, 9, 16), date(2016, 10, 8), (), DayUnit.CALENDAR, 15)
    assert max(row.number or 0 for row in rows) == 15
    assert [row.day.day for row in rows if not row.counted][-1] == 8


def test_a_pause_on_the_days_off_behind_the_limit_moves_the_due_date() -> None:
    """Asked on 3 October, two days after the limit ended on a holiday, the office still waits."""
    start, counted = date(2016, 9, 16), rule(15, DayUnit.CALENDAR)
    asked, answered = date(2016, 10, 3), date(2016, 10, 20)
    assert CALENDAR.due_on(start, counted, [(asked, answered)]) == date(2016, 10, 21)
    assert CALENDAR.due_on(start, counted, [(asked, None)]) is None
    due = date(2016, 10, 8)
    assert CALENDAR.due_on(start, counted, [(due, None)]) == due


@given(st.data(), near, st.integers(1, 40))
def test_due_against_walking_behind_the_limit(data: st.DataObject, start: date, days: int) -> None:
    """A wait that begins on the days off behind the limit counts as a walk day by day says."""
    end = start + timedelta(days=days)
    due = CALENDAR.due_on(start, rule(days, DayUnit.CALENDAR))
    assert due is not None
    asked = data.draw(st.dates(end, due))
    pauses: list[Pause] = [(asked, asked + timedelta(days=data.draw(st.integers(0, 25))))]
    pauses += data.draw(pauses_after(asked))
    assert CALENDAR.due_on(start, rule(days, DayUnit.CALENDAR), pauses) == slow_due(
        CALENDAR, start, days, pauses, DayUnit.CALENDAR
    )


def test_new_years_day_is_never_worked() -> None:
    """On 1 January nobody works, also in a year that is not announced yet."""
    for year in (1999, 2016, 2090, 2150):
        assert WorkCalendar().kind_of(date(year, 1, 1)) is DayKind.HOLIDAY


def test_answer_on_the_day_of_asking_stops_nothing() -> None:
    """A citizen who answers on the day of asking has not stopped the clock."""
    start = date(2016, 3, 1)
    assert CALENDAR.due_on(start, rule(7), [(date(2016, 3, 3), date(2016, 3, 3))]) == (
        CALENDAR.due_on(start, rule(7))
    )


def test_open_pause_has_no_due_date() -> None:
    """A letter that waits for its citizen is not due on any day."""
    assert CALENDAR.due_on(date(2016, 3, 1), rule(7), [(date(2016, 3, 3), None)]) is None


def test_open_pause_after_the_due_date() -> None:
    """A citizen asked on the due date or later does not save an overdue letter."""
    start = date(2016, 3, 1)
    due = CALENDAR.due_on(start, rule(7))
    assert due is not None
    assert CALENDAR.due_on(start, rule(7), [(due, None)]) == due
    assert CALENDAR.due_on(start, rule(7), [(due - ONE_DAY, None)]) is None


def test_open_pause_in_the_trace() -> None:
    """A trace of a waiting letter shows each day since the asking as paused."""
    start, asked, today = date(2016, 3, 1), date(2016, 3, 3), date(2016, 3, 8)
    rows = CALENDAR.trace(start, today, [(asked, None)])
    assert [row.day for row in rows if row.paused] == [
        asked + timedelta(days=offset) for offset in range(1, 6)
    ]
    assert max(row.number or 0 for row in rows) == 2


@given(st.data(), near, st.integers(0, 60))
def test_used_days_with_an_open_pause(data: st.DataObject, start: date, waited: int) -> None:
    """A wait that goes on uses up no days, however long."""
    pauses = data.draw(pauses_after(start))
    asked = start + timedelta(days=5)
    stopped = [*pauses, (asked, None)]
    assert CALENDAR.days_used(start, asked + timedelta(days=waited), stopped) == (
        CALENDAR.days_used(start, asked, pauses)
    )


@pytest.mark.parametrize("call", ["due_on", "days_used", "trace"])
def test_impossible_pause(call: str) -> None:
    """A pause that ends before it begins is refused with both dates."""
    start, pause = date(2016, 3, 1), (date(2016, 3, 5), date(2016, 3, 4))
    second = rule(7) if call == "due_on" else date(2016, 3, 10)
    with pytest.raises(CalendarError, match="2016-03-04.*2016-03-05"):
        getattr(CALENDAR, call)(start, second, [pause])


def test_negative_days() -> None:
    """A negative number of days, or of an extension, is refused."""
    with pytest.raises(CalendarError):
        CALENDAR.add_working_days(date(2016, 1, 1), -1)
    with pytest.raises(CalendarError):
        CALENDAR.due_on(date(2016, 1, 1), rule(7), [], -1)


@pytest.mark.parametrize("start", [date(1899, 12, 1), date(2199, 12, 1), date(9999, 12, 1)])
def test_mistyped_year(start: date) -> None:
    """A due date outside the years we know is an error, not a search through millennia."""
    with pytest.raises(CalendarError, match="1900 to 2199"):
        WorkCalendar().add_working_days(start, 60)
