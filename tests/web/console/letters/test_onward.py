"""Where work goes on: after a login, after a step, from an error page."""

import re
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from portal.domain.letters.states import State
from tests.builders import World, a_letter, a_walk
from tests.conftest import CLOCK
from tests.pages import get, post
from tests.web.console.conftest import Staff

YESTERDAY = CLOCK - timedelta(days=1)


def test_a_conflict_gives_back_only_what_was_written(
    staff: Staff, session: Session, world: World
) -> None:
    """The notice of a conflict has the words typed, and no token."""
    letter = a_letter(session, world, State.DISPATCHED)
    client = staff("city_dispatcher")
    url = f"/console/letters/{letter.number}"
    given = {"reason": "不属于本单位职责", "version": letter.version - 1}
    page = post(client, f"{url}/return", given, page=url, status=409)
    assert "CSRF" not in page.text
    assert "不属于本单位职责" in page.html


def test_the_next_letter_is_offered_after_a_step(
    staff: Staff, session: Session, world: World
) -> None:
    """After a letter is given away the page says who has it and leads to the next one."""
    first, second = (
        a_walk(session, world, None, title=title, text="请问？", name=name, phone=phone).letter
        for title, name, phone in (
            ("梧桐小区的路灯坏了", "周晓兰", "13900000001"),
            ("工地夜间打桩太吵", "李伟", "13900000002"),
        )
    )
    client = staff("office_dispatcher")
    url = f"/console/letters/{first.number}"
    post(client, f"{url}/dispatch", {"organisation": str(world["city"])}, page=url)
    page = get(client, url)
    assert "已交办，等待山城市城市管理局签收" in page.text
    assert page.links.count(f"/console/letters/{second.number}") == 2


@pytest.mark.parametrize("person", ["office_administrator", "office_auditor"])
def test_the_inbox_leads_others_to_administration(staff: Staff, person: str) -> None:
    """Who reads no letters is led on from the inbox."""
    answer = staff(person).get("/console/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/")


def test_a_supervisor_begins_with_the_day(staff: Staff) -> None:
    """Who only supervises is led to the day, everybody else with letters to the inbox."""
    assert staff("city_supervisor").get("/account/login").headers["Location"] == "/console/day"
    assert staff("city_handler").get("/account/login").headers["Location"] == "/console/"


@pytest.mark.parametrize(
    ("path", "status", "back"),
    [
        ("/console/letters/abc", 404, "/console/"),
        ("/console/day", 403, "/console/"),
        ("/admin/people", 403, "/admin/"),
    ],
)
def test_error_pages_of_the_office_lead_back(
    staff: Staff, path: str, status: int, back: str
) -> None:
    """An error page of the office has a way back into it."""
    assert back in get(staff("city_handler"), path, status).links


def test_a_closed_letter_has_no_time_left(staff: Staff, session: Session, world: World) -> None:
    """A letter that has ended says nothing of days that remain."""
    client = staff("city_handler")
    running = a_letter(session, world, State.IN_PROGRESS, now=YESTERDAY)
    closed = a_letter(session, world, State.CLOSED, now=YESTERDAY)
    left = re.compile(r"还有 \d+ 个工作日")
    assert left.search(get(client, f"/console/letters/{running.number}").text)
    page = get(client, f"/console/letters/{closed.number}")
    assert not left.search(page.text)
    assert "写补充答复" in page.text


def test_a_search_of_everything_does_not_offer_itself(staff: Staff, world: World) -> None:
    """Nothing found among all letters leads somewhere else than to the same search."""
    page = get(staff("city_handler"), "/console/?q=没有这样的标题")
    assert not [link for link in page.links if "queue=all&q=" in link]
