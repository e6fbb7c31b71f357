"""Keeping the annual report: once for each day and state of the figures, and unchanged ever after."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import SYSTEM
from portal.domain.errors import InvalidInput, NotPermitted
from portal.domain.integrity.figures import files_digest
from portal.domain.letters.states import State
from portal.models import Event, KeptReport
from portal.queries.statistics.annual_report import kept_file, kept_reports
from portal.reporting.formats import FILES
from portal.services.letters import submission
from portal.services.statistics.reports import keep_last_year, keep_report
from tests.builders import HOUR, START, World, a_letter, a_published

NEW_YEAR = datetime(2016, 12, 31, 16, 0, tzinfo=UTC)
"""The first moment of 2017 in Shanghai."""
END = date(2016, 12, 31)


def test_a_report_is_kept_in_every_format(session: Session, world: World) -> None:
    """The files have the checksums that stand beside them, and the counts of the report."""
    a_published(session, world)
    a_letter(session, world, State.IN_PROGRESS)
    keep_report(2016, END, "信箱", world.actor("office_administrator"), NEW_YEAR)
    (kept,) = kept_reports(session)
    assert (kept.received, kept.closed, kept.published) == (2, 1, 1)
    assert (kept.as_of, kept.kept_at) == (END, NEW_YEAR)
    assert kept.keeper_id == world.people["office_administrator"]
    assert {file.form for file in kept.files} == set(FILES)
    for file in kept.files:
        assert file.digest == hashlib.sha256(file.content).hexdigest()
        assert file.size == len(file.content)
    event = session.scalars(sa.select(Event).order_by(Event.id.desc())).first()
    assert event and (event.action, event.subject) == ("keep_report", "report:2016:2016-12-31")
    assert event.reason == files_digest({file.form: file.content for file in kept.files})


def test_a_kept_report_stays_when_its_figures_change(session: Session, world: World) -> None:
    """A letter that is recorded late changes the figures of the day, and what was kept does not."""
    a_published(session, world)
    first = keep_report(2016, END, "信箱", SYSTEM, NEW_YEAR)
    before = kept_file(session, first, "json")
    assert before is not None
    content = before.content
    a_letter(session, world)
    second = keep_report(2016, END, "信箱", SYSTEM, NEW_YEAR + HOUR)
    session.expire_all()
    assert [each.received for each in kept_reports(session, 2016)] == [2, 1]
    after = kept_file(session, first, "json")
    assert after is not None and after.content == content and second != first


def test_the_same_is_not_kept_twice(session: Session, world: World) -> None:
    """A second report of the day with the same figures is refused; one of another day is not."""
    a_published(session, world)
    keep_report(2016, END, "信箱", SYSTEM, NEW_YEAR)
    with pytest.raises(InvalidInput, match="已经存档") as refused:
        keep_report(2016, END, "信箱", SYSTEM, NEW_YEAR + HOUR)
    assert refused.value.field == "as_of"
    keep_report(2016, date(2016, 12, 30), "信箱", SYSTEM, NEW_YEAR + HOUR)
    assert kept_reports(session, 2015) == []


@pytest.mark.parametrize(
    ("year", "day", "field"),
    [
        (2016, date(2017, 1, 1), "as_of"),
        (2016, date(2015, 12, 31), "as_of"),
        (2015, None, "year"),
        (3000, None, "year"),
    ],
)
def test_only_days_that_are_over_can_be_kept(
    session: Session, world: World, year: int, day: date | None, field: str
) -> None:
    """Today, a day before the year, and years without letters or out of the calendar are refused."""
    a_published(session, world)
    with pytest.raises(InvalidInput) as refused:
        keep_report(year, day, "信箱", SYSTEM, NEW_YEAR)
    assert refused.value.field == field
    assert kept_reports(session) == []


def test_the_running_year_is_kept_as_of_yesterday(session: Session, world: World) -> None:
    """Without a day the report goes up to the last day that is over."""
    a_letter(session, world)
    keep_report(2016, None, "信箱", SYSTEM, START + timedelta(days=3))
    assert [each.as_of for each in kept_reports(session)] == [START.date() + timedelta(days=2)]


def test_nobody_else_keeps_reports(session: Session, world: World) -> None:
    """A supervisor may read figures and keeps none."""
    a_letter(session, world)
    with pytest.raises(NotPermitted):
        keep_report(2016, END, "信箱", world.actor("office_supervisor"), NEW_YEAR)


def test_the_worker_keeps_the_year_that_ended_once(session: Session, world: World) -> None:
    """Not before the year is over, once afterwards, and never a year without letters."""
    a_published(session, world)
    assert keep_last_year("信箱", NEW_YEAR - HOUR) == 0
    assert keep_last_year("信箱", NEW_YEAR) == 1
    assert keep_last_year("信箱", NEW_YEAR + HOUR) == 0
    assert keep_last_year("信箱", NEW_YEAR + 366 * 24 * HOUR) == 0
    (kept,) = session.scalars(sa.select(KeptReport))
    assert (kept.year, kept.as_of, kept.keeper_id) == (2016, END, None)


@pytest.mark.parametrize(("count", "withheld"), [(4, True), (5, False)])
def test_what_few_citizens_said_is_not_kept(
    session: Session, world: World, count: int, withheld: bool
) -> None:
    """Ratings and reasons that rest on four letters are left out, as on the pages."""
    for _ in range(count):
        letter = a_letter(session, world, State.CLOSED)
        submission.rate(letter.id, 1, 2, "", START + HOUR * 50)
        a_letter(session, world, State.DECLINED)
    kept = kept_file(session, keep_report(2016, END, "信箱", SYSTEM, NEW_YEAR), "json")
    assert kept is not None
    found = json.loads(kept.content)
    names = {measure["name"] for measure in found["measures"]}
    assert ("服务态度平均分" not in names, found["declines"] == {}) == (withheld, withheld)
    assert (found["withheld"] == ["attitude", "declines", "efficiency"]) == withheld
