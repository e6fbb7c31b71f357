"""The working calendar through the real application."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import CalendarDay, Letter
from tests.builders import World, a_letter
from tests.pages import Client, get, post

CALENDAR = "/admin/calendar"


def test_the_year_shows_holidays_and_makeup_days(admin: Client, world: World) -> None:
    """Each day says what it is: a holiday, a make-up workday, a weekend."""
    text = get(admin, f"{CALENDAR}?year=2016").text
    assert "2016年10月1日 节假日" in text
    assert "2016年10月8日 调休上班" in text
    assert "2016年10月15日 周末" in text


def test_a_year_not_yet_announced_says_so(admin: Client, world: World) -> None:
    """A year whose holidays nobody knows is marked until the holidays are entered."""
    assert "放假安排尚未公布或录入" in get(admin, f"{CALENDAR}?year=2040").text
    for first, last in (("2040-01-01", ""), ("2040-10-01", "2040-10-07")):
        sent = {"first": first, "last": last, "kind": "rest", "note": "国办通知"}
        post(admin, CALENDAR, sent)
    assert "放假安排尚未公布或录入" not in get(admin, f"{CALENDAR}?year=2040").text


def test_a_day_of_the_calendar_fills_the_form(admin: Client, world: World) -> None:
    """A day that is picked in the year view stands in the form."""
    form = get(admin, f"{CALENDAR}?day=2016-06-20").form(CALENDAR)
    assert form.fields["first"] == ["2016-06-20"]


def test_a_new_holiday_moves_due_dates(session: Session, admin: Client, world: World) -> None:
    """A holiday before the due date of an open letter gives it one more day."""
    letter = a_letter(session, world)
    before, number = letter.due_on, letter.id
    assert before
    page = post(
        admin, CALENDAR, {"first": before.isoformat(), "kind": "rest", "note": "抗洪"}, follow=True
    )
    assert "1 封在办信件的到期日随之调整" in page.text
    session.rollback()
    after = session.get_one(Letter, number).due_on
    assert after is not None
    assert after > before
    post(admin, CALENDAR, {"first": before.isoformat(), "kind": "announced"})
    session.rollback()
    assert session.get_one(Letter, number).due_on == before


def test_wrong_days_are_said_at_their_fields(session: Session, admin: Client, world: World) -> None:
    """A span that ends before it begins, or is too long, is refused with what was typed kept."""
    sent = {"first": "2016-10-07", "last": "2016-10-01", "kind": "rest", "note": "国庆节"}
    page = post(admin, CALENDAR, sent, status=422)
    assert "last-error" in page.ids
    assert page.form(CALENDAR).fields["note"] == ["国庆节"]
    page = post(admin, CALENDAR, {**sent, "last": "2017-10-01"}, status=422)
    assert "last-error" in page.ids
    page = post(admin, CALENDAR, {"first": "十月一日"}, status=422)
    assert {"first-error", "kind-error"} <= set(page.ids)
    assert session.scalar(sa.select(CalendarDay)) is None


def test_senseless_years_show_a_year_there_is(admin: Client, world: World) -> None:
    """A year or a day that cannot be read never fails."""
    for query in ("year=0000", "year=9999", "year=abc", "day=2016-02-30", "day=0001-01-01"):
        assert "工作日历" in get(admin, f"{CALENDAR}?{query}").text
