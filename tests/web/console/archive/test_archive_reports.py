"""Readers' reports in the console: who sees them, and settling one."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import ArchiveEntry, Event, ProblemNotice
from portal.services.archive import feedback
from tests.builders import START, World, a_published
from tests.pages import get, post
from tests.web.console.conftest import Staff

WORDS = "第二段的电话已经停用。"
LIST = "/console/reports"


@pytest.fixture
def report_id(session: Session, world: World) -> int:
    """A reader's report on an entry of the city's organisation."""
    a_published(session, world)
    entry_id = session.scalars(sa.select(ArchiveEntry.id)).one()
    return feedback.give_notice(entry_id, WORDS, START)


def test_the_reviewer_settles_a_report(session: Session, staff: Staff, report_id: int) -> None:
    """A report is listed, settled with a word, and stays in the letter's history."""
    client = staff("city_reviewer")
    assert WORDS in get(client, LIST).text
    post(client, f"{LIST}/{report_id}", {"note": "已提请更正"}, page=LIST)
    assert WORDS not in get(client, LIST).text
    session.rollback()
    event = session.scalars(sa.select(Event).where(Event.action == "settle_report")).one()
    assert (event.reason, event.letter_id is not None) == ("已提请更正", True)


def test_the_inbox_counts_reports(staff: Staff, report_id: int) -> None:
    """The inbox leads reviewers to the reports, and nobody else."""
    assert LIST in get(staff("city_reviewer"), "/console/").links
    assert LIST not in get(staff("city_handler"), "/console/").links


def test_a_foreign_report_is_like_none(session: Session, staff: Staff, report_id: int) -> None:
    """A reviewer elsewhere neither sees the report nor settles it; others get no list."""
    client = staff("police_reviewer")
    page = get(client, LIST)
    assert WORDS not in page.text
    token = get(client, "/console/").form("/account/logout").hidden["csrf_token"]
    assert client.post(f"{LIST}/{report_id}", data={"csrf_token": token}).status_code == 404
    assert staff("city_handler").get(LIST).status_code == 403
    session.rollback()
    assert session.get_one(ProblemNotice, report_id).settled_at is None


def test_the_slower_of_two_is_told(staff: Staff, report_id: int) -> None:
    """A report that somebody has settled meanwhile keeps the second one's words on the page."""
    first, second = staff("city_reviewer"), staff("city_reviewer2")
    form = get(second, LIST).form(f"{LIST}/{report_id}")
    post(first, f"{LIST}/{report_id}", {"note": "已撤下"}, page=LIST)
    answer = second.post(f"{LIST}/{report_id}", data={**form.hidden, "note": "已经电话核实"})
    assert answer.status_code == 409
    assert "已经电话核实" in answer.get_data(as_text=True)


def test_a_long_word_is_refused_and_kept(staff: Staff, report_id: int) -> None:
    """Too long a word is said at its field; nothing typed is lost."""
    words = "字" * 501
    page = post(
        staff("city_reviewer"), f"{LIST}/{report_id}", {"note": words}, page=LIST, status=422
    )
    assert f"report-{report_id}-note-error" in page.ids
    assert page.form(f"{LIST}/{report_id}").fields["note"] == [words]
