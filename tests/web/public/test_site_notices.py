"""Reporting an error on the site: the form, the address of the answer, the foot of every page."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.models import SiteNotice, db
from tests.pages import Client, get, post

Staff = Callable[[str], Client]
NEW = "/site-notice"
ADMIN = "/admin/site-notices"


def reported(client: Client, text: str = "关于本站里的电话打不通", page: str = "/about") -> str:
    """Report an error and return the address where its answer will stand."""
    return str(post(client, NEW, {"text": text, "page": page}, status=303).response.location)


def test_a_report_is_kept_and_has_an_address_of_its_own(client: Client) -> None:
    """Whoever reports finds the text again, and the day by which it is answered."""
    page = get(client, reported(client))
    assert "关于本站里的电话打不通" in page.text and "/about" in page.text
    # A Wednesday; three working days later, over the weekend and two days off for the festival.
    assert "2020年6月22日" in page.text


def test_another_code_opens_nothing(client: Client) -> None:
    """A wrong code is not found."""
    reported(client)
    assert client.get(f"{NEW}/0000000000000").status_code == 404


def test_a_double_click_reports_once(client: Client, session: Session) -> None:
    """The same form again keeps the first text and leads to one address."""
    sent = {**get(client, NEW).form(NEW).hidden, "text": "错别字"}
    first, second = (client.post(NEW, data={**sent, "page": page}) for page in ("", "/about"))
    third = client.post(NEW, data={**sent, "text": "改了主意"})
    assert first.location == second.location == third.location
    assert session.query(SiteNotice.text).all() == [("错别字",)]


def test_an_empty_report_is_refused_and_keeps_the_page(client: Client) -> None:
    """The error stands at the field, and what was typed stays."""
    answer = post(client, NEW, {"text": " ", "page": "/archive"}, status=422)
    assert 'id="text-error"' in answer.html and 'value="/archive"' in answer.html


def test_the_page_one_came_from_is_filled_in(client: Client) -> None:
    """A public page of this site is named; the address of a letter or of another site is not."""
    for came, named in (
        ("http://localhost/about", "/about"),
        ("http://localhost/en/archive/7", "/en/archive/7"),
        ("http://localhost/letters/20160101-00001-1", ""),
        ("http://localhost/en/letters/20160101-00001-1", ""),
        ("http://localhost/subscriptions/a-token", ""),
        ("http://localhost/verify/a-token", ""),
        ("http://localhost/write/a-token", ""),
        ("https://elsewhere.example/about", ""),
    ):
        html = client.get(NEW, headers={"Referer": came}).text
        assert f'name="page" type="text" value="{named}"' in html


def test_floods_of_reports_are_limited(client: Client) -> None:
    """The eleventh report of an hour from one address has to wait; its text stays."""
    for _ in range(10):
        reported(client)
    answer = post(client, NEW, {"text": "第十一条"}, status=429)
    assert "第十一条" in answer.html and answer.response.headers["Retry-After"]


def test_the_answer_stands_at_the_address(client: Client, staff: Staff) -> None:
    """An administrator answers once; the reader reads it, a second answer is refused and kept."""
    address, office = reported(client), staff("office_administrator")
    path = f"{ADMIN}/{db.session.query(SiteNotice.id).scalar()}"
    assert "关于本站里的电话打不通" in get(office, ADMIN).text
    hidden = get(office, path).form(path).hidden
    post(office, path, {"answer": "已改为新的电话。"})
    assert "已改为新的电话。" in get(client, address).text
    late = office.post(path, data={**hidden, "answer": "别的答复"})
    assert late.status_code == 409 and "别的答复" in late.text
    assert db.session.query(SiteNotice.answer).scalar() == "已改为新的电话。"
    assert "关于本站里的电话打不通" not in get(office, ADMIN).text
    assert "关于本站里的电话打不通" in get(office, f"{ADMIN}?answered=1").text


def test_an_empty_answer_is_refused(client: Client, staff: Staff) -> None:
    """The notice waits on, and the error stands at the field."""
    reported(client)
    path = f"{ADMIN}/{db.session.query(SiteNotice.id).scalar()}"
    answer = post(staff("office_administrator"), path, {"answer": ""}, status=422)
    assert 'id="answer-error"' in answer.html


def test_a_report_that_waits_too_long_is_marked(client: Client, staff: Staff) -> None:
    """After three working days the list says that it is overdue."""
    reported(client)
    with time_machine.travel(datetime(2020, 6, 22, 3, tzinfo=UTC)):
        assert "overdue" not in get(staff("office_administrator"), ADMIN).html
    with time_machine.travel(datetime(2020, 6, 23, 3, tzinfo=UTC)):
        assert 'class="overdue"' in get(staff("office_administrator"), ADMIN).html


def test_the_foot_names_who_runs_the_site(client: Client, settings: Settings) -> None:
    """Each number that is set stands at the foot of a page, with the register behind it."""
    given = {
        "operator_name": "山城市人民政府办公厅",
        "operator_contact": "023-12345",
        "site_code": "5000000001",
        "icp_number": "渝ICP备12345678号-1",
        "police_number": "渝公网安备 50010302000001号",
        "government_mark_url": "https://mark.example.gov/1",
    }
    client.application.jinja_env.globals.update(settings=settings.model_copy(update=given))
    page = get(client, "/about")
    for said in ("山城市人民政府办公厅", "023-12345", "5000000001", "渝ICP备12345678号-1"):
        assert said in page.text
    assert "https://mark.example.gov/1" in page.links
    assert any(link.endswith("code=50010302000001") for link in page.links)


def test_the_foot_is_silent_where_nothing_is_set(client: Client) -> None:
    """No empty labels stand at the foot."""
    assert 'class="operator"' not in get(client, "/about").html


@pytest.mark.parametrize("language", ["", "/en"])
def test_the_map_of_the_site_leads_to_pages_that_exist(client: Client, language: str) -> None:
    """Every link of the map answers, in both languages."""
    page = get(client, f"{language}/site-map")
    links = {link for link in page.links if link.startswith(f"{language}/") and "#" not in link}
    assert len(links) >= 16
    for link in links:
        assert client.get(link, follow_redirects=True).status_code == 200, link
