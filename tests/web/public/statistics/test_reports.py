"""The annual report as a page, as files, and as it was kept."""

import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime

import pytest
import time_machine
from sqlalchemy.orm import Session

from portal.domain.access import SYSTEM
from portal.reporting.formats import FILES
from portal.services.statistics.reports import keep_report
from tests.builders import World, a_letter, a_published
from tests.pages import Client, get

LATER = datetime.fromisoformat("2017-02-01T03:00:00+00:00")


@pytest.fixture(autouse=True)
def seen_later(session: Session, world: World) -> Iterator[None]:
    """A published and an open letter of June 2016, seen from February 2017."""
    a_published(session, world)
    a_letter(session, world)
    with time_machine.travel(LATER, tick=False):
        yield


def test_the_page_is_the_report(client: Client) -> None:
    """Sentence, tables and as-of day of the year stand on a page of its own."""
    page = get(client, "/statistics/reports/2016")
    assert "共收到群众来信2件" in page.text and "2016年12月31日24时" in page.text
    assert "按月份" in page.text and "依申请公开" in page.text


@pytest.mark.parametrize("ending", FILES)
def test_every_format_is_there(client: Client, ending: str) -> None:
    """Each file has its media type and a name with year and day."""
    answer = client.get(f"/statistics/reports/2016/{ending}?as_of=2016-12-30")
    assert answer.status_code == 200 and len(answer.data) > 500
    assert answer.mimetype == FILES[ending][1]
    name = answer.headers["Content-Disposition"]
    assert name.endswith(f"report-2016-as-of-2016-12-30.{ending}")


def test_the_day_of_the_address_counts(client: Client) -> None:
    """Page and files say what had happened by the day that is asked for."""
    page = get(client, "/statistics/reports/2016?as_of=2016-05-31")
    assert "没有收到群众来信" in page.text
    assert any("/statistics/reports/2016/json?as_of=2016-05-31" in link for link in page.links)
    found = client.get("/statistics/reports/2016/json?as_of=2016-05-31").get_json()
    assert found["total"]["received"] == 0


def test_what_cannot_be_read_is_named(client: Client) -> None:
    """An unreadable day and one to come are errors, a year to come does not exist."""
    for day in ("yesterday", "2030-01-01"):
        assert client.get(f"/statistics/reports/2016?as_of={day}").status_code == 422
        assert client.get(f"/statistics/reports/2016/json?as_of={day}").status_code == 400
    for year in ("2018", "0", "99999"):
        assert client.get(f"/statistics/reports/{year}").status_code == 404
    assert client.get("/statistics/reports/kept/1/json").status_code == 404
    assert client.get("/statistics/reports/2016/exe").status_code == 404


def test_a_kept_report_is_listed_with_its_checksums(client: Client) -> None:
    """The page names each file with its checksum, and the file has it."""
    assert "还没有存档" in get(client, "/statistics/reports").text
    kept = keep_report(2016, date(2016, 12, 31), "信箱", SYSTEM, LATER)
    page = get(client, "/statistics/reports/2016")
    content = client.get(f"/statistics/reports/kept/{kept}/docx").data
    assert hashlib.sha256(content).hexdigest() in page.text
    assert "现在的数字" not in page.text
    assert "存档：截至2016年12月31日" in get(client, "/statistics/reports").text


def test_the_page_shows_both_figures_where_they_differ(
    client: Client, session: Session, world: World
) -> None:
    """A letter recorded late is in the figures of today and not in the kept report."""
    kept = keep_report(2016, date(2016, 12, 31), "信箱", SYSTEM, LATER)
    address = f"/statistics/reports/kept/{kept}/json"
    before = client.get(address)
    a_letter(session, world)
    page = get(client, "/statistics/reports/2016")
    assert "收到 2 件" in page.text and "收到 3 件" in page.text
    assert "现在的数字和存档时不同" in page.text
    assert "现在的数字不同" in get(client, "/statistics/reports").text
    after = client.get(address)
    assert after.data == before.data and json.loads(after.data)["total"]["received"] == 2
    assert client.get(address, headers={"If-None-Match": after.headers["ETag"]}).status_code == 304
