"""Problem notices in the console: who sees them, and settling one."""

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
def notice_id(session: Session, world: World) -> int:
    """A reader's notice on an entry of the city's organisation."""
    a_published(session, world)
    entry_id = session.scalars(sa.select(ArchiveEntry.id)).one()
    return feedback.give_notice(entry_id, WORDS, START)


def test_the_reviewer_settles_a_notice(session: Session, staff: Staff, notice_id: int) -> None:
    """A notice is listed, settled with a note, and stays in the letter's history."""
    client = staff("city_reviewer")
    assert WORDS in get(client, LIST).text
    post(client, f"{LIST}/{notice_id}", {"note": "已提请更正"}, page=LIST)
    assert WORDS not in get(client, LIST).text
    session.rollback()
    event = session.scalars(sa.select(Event).where(Event.action == "settle_report")).one()
    assert (event.reason, event.letter_id is not None) == ("已提请更正", True)


def test_the_inbox_counts_notices(staff: Staff, notice_id: int) -> None:
    """The inbox links to the notices for reviewers, and nobody else."""
    assert LIST in get(staff("city_reviewer"), "/console/").links
    assert LIST not in get(staff("city_handler"), "/console/").links


def test_a_foreign_notice_is_like_none(session: Session, staff: Staff, notice_id: int) -> None:
    """A reviewer elsewhere neither sees the notice nor settles it; others get no list."""
    client = staff("police_reviewer")
    page = get(client, LIST)
    assert WORDS not in page.text
    token = get(client, "/console/").form("/account/logout").hidden["csrf_token"]
    assert client.post(f"{LIST}/{notice_id}", data={"csrf_token": token}).status_code == 404
    assert staff("city_handler").get(LIST).status_code == 403
    session.rollback()
    assert session.get_one(ProblemNotice, notice_id).resolved_at is None


def test_the_second_of_two_gets_a_conflict(staff: Staff, notice_id: int) -> None:
    """A notice that somebody has settled meanwhile answers 409 with the words of the second person."""
    first, second = staff("city_reviewer"), staff("city_reviewer2")
    form = get(second, LIST).form(f"{LIST}/{notice_id}")
    post(first, f"{LIST}/{notice_id}", {"note": "已撤下"}, page=LIST)
    answer = second.post(f"{LIST}/{notice_id}", data={**form.hidden, "note": "已经电话核实"})
    assert answer.status_code == 409
    assert "已经电话核实" in answer.get_data(as_text=True)


def test_a_long_word_is_refused_and_shown_again(staff: Staff, notice_id: int) -> None:
    """A note that is too long shows an error at its field, with the text."""
    words = "字" * 501
    page = post(
        staff("city_reviewer"), f"{LIST}/{notice_id}", {"note": words}, page=LIST, status=422
    )
    assert f"notice-{notice_id}-note-error" in page.ids
    assert page.form(f"{LIST}/{notice_id}").fields["note"] == [words]
