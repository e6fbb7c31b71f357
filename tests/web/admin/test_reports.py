"""Keeping annual reports, through the real application."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import KeptReport
from tests.builders import World, a_letter
from tests.pages import Client, get, post

PAGE = "/admin/reports"


def test_an_administrator_keeps_a_report(session: Session, admin: Client, world: World) -> None:
    """The report of the day is kept and listed; a second time the field says why not."""
    a_letter(session, world)
    words = {"year": "2016", "as_of": "2016-06-10"}
    page = post(admin, PAGE, words, follow=True)
    assert "2016 年的报告已存档" in page.text and "2016年6月10日" in page.text
    session.rollback()
    assert session.scalars(sa.select(KeptReport.as_of)).one().isoformat() == "2016-06-10"
    page = post(admin, PAGE, words, status=422)
    assert "已经存档" in page.text and 'value="2016-06-10"' in page.html


def test_what_is_wrong_is_said_at_the_field(session: Session, admin: Client, world: World) -> None:
    """A missing year, words for a number, and a year without letters."""
    a_letter(session, world)
    assert "请填写年份" in post(admin, PAGE, {"year": ""}, status=422).text
    assert "请填写整数" in post(admin, PAGE, {"year": "今年"}, status=422).text
    assert "没有收到来信" in post(admin, PAGE, {"year": "2015"}, status=422).text
    page = post(admin, PAGE, {"year": "2016", "as_of": "2016-06-15"}, status=422)
    assert "还没有过完" in page.text
    assert "年度报告" in get(admin, "/admin/").text
