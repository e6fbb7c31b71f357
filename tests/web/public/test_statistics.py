"""Public statistics: rates with their parts, choices, comparison, open data, odd addresses."""

import csv
import io
from datetime import date, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from portal.domain.letters import Kind, State
from portal.domain.periods import Period
from portal.domain.rates import Figures
from portal.web.shared.statistics import nice, trend_values
from tests.builders import START, World, a_letter, a_published
from tests.pages import Client, get

LATER = datetime.fromisoformat("2017-02-01T03:00:00+00:00")


@pytest.fixture(autouse=True)
def letters(session: Session, world: World):  # type: ignore[no-untyped-def]
    """Seen from February 2017: five letters of June 2016, four closed, two published."""
    with time_machine.travel(LATER, tick=False):
        for place in ("city", "township"):
            a_published(session, world, place=place)
        a_letter(session, world, State.CLOSED, place="city")
        a_letter(session, world, State.DECLINED, place="water", kind=Kind.COMPLAINT)
        a_letter(session, world, State.IN_PROGRESS, place="township")
        yield


def test_the_page_shows_both_rates_with_their_parts(client: Client) -> None:
    """Without any choice the last year with letters is shown, each rate with what it divides."""
    page = get(client, "/statistics")
    assert "2016年来信办理情况" in page.text and "2016年12月31日" in page.text
    assert "80.00%" in page.text and "办结 4 ÷ 除以 收到 5" in page.text
    assert "50.00%" in page.text and "公示 2 ÷ 除以 办结 4" in page.text


def test_an_organisation_has_a_page_of_its_own(client: Client) -> None:
    """A district's page counts what is below it and leads up and down the tree."""
    page = get(client, "/statistics/district?period=2016")
    assert "临江区人民政府" in page.title and "办结 1 ÷ 除以 收到 2" in page.text
    assert any(link.startswith("/statistics/township") for link in page.links)


def test_a_quarter_a_month_and_a_kind_can_be_chosen(client: Client) -> None:
    """The form's year and part, or a period, and a kind narrow the figures."""
    assert "办结 4 ÷ 除以 收到 5" in get(client, "/statistics?year=2016&part=Q2").text
    assert "这个时段没有来信" in get(client, "/statistics?year=2016&part=-03").text
    assert "办结 1 ÷ 除以 收到 1" in get(client, "/statistics?period=2016-06&kind=complaint").text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("period=2017", "尚未结束"), ("period=2050", "还没有开始"), ("period=1999", "没有来信"),
        ("period=2016&as_of=2016-01-05", "尚未结束"),
        ("period=2016&as_of=2015-01-05", "早于这个时间段"),
    ],
)  # fmt: skip
def test_odd_moments_are_explained(client: Client, query: str, said: str) -> None:
    """The running year, the future, an empty year, too early a moment: each in clear words."""
    assert said in get(client, f"/statistics?{query}").text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("period=2016Q9", "季度应为"), ("period=%3Cscript%3E", "无法识别"),
        ("as_of=2099-01-01", "不能晚于今天"), ("as_of=31.12.2016", "无法识别"),
        ("kind=poem", "没有“poem”这个选项"), ("basis=x", "没有“x”这个选项"),
        ("compare=20167", "无法识别"), ("with=nowhere", "没有这个单位"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(client: Client, query: str, said: str) -> None:
    """A word of the address that makes no sense is named at its field; the page stays."""
    page = get(client, f"/statistics?{query}", 422)
    assert said in page.text and "<script>alert" not in page.html


def test_an_unknown_organisation_is_not_found(client: Client) -> None:
    """A code that no organisation bears is a 404."""
    get(client, "/statistics/nowhere", 404)


def test_two_periods_or_organisations_stand_side_by_side(client: Client) -> None:
    """A comparison shows the same figures of another period, or of another organisation."""
    page = get(client, "/statistics?period=2016&compare=2015")
    assert "全部单位 2016年" in page.text and "全部单位 2015年" in page.text
    page = get(client, "/statistics/city?period=2016&with=water")
    assert "山城水务集团 2016年" in page.text


def test_the_view_of_answering_organisations_has_no_closure_rate(client: Client) -> None:
    """Counted by who answered, letters closed are no part of letters received."""
    page = get(client, "/statistics?period=2016&view=answering")
    assert "办结 4 ÷ 除以 收到 5" not in page.text and "公示 2 ÷ 除以 办结 4" in page.text


def test_open_data_reproduces_the_page(client: Client) -> None:
    """JSON and CSV hold the counts from which every rate of the page follows."""
    found = client.get("/statistics/data.json?period=2016").get_json()
    total = Figures(**found["total"])
    assert total.closure.text == "80.00%" and found["formula"]["closure_rate"]
    for table in ("parts", "kinds", "organisations"):
        rows = [{n: row[n] for n in found["total"]} for row in found[table]]
        assert sum((Figures(**row) for row in rows), Figures()) == total
    text = client.get("/statistics/data.csv?period=2016").get_data().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [r["received"] for r in rows if r["table"] == "total"] == ["5"]
    parts = [int(r["closed"]) for r in rows if r["table"] in ("own", "organisation")]
    assert sum(parts) == 4


def test_a_figure_of_the_past_stays(client: Client) -> None:
    """Seen from the day the letters came in, nothing is closed."""
    day = START.date().isoformat()
    page = get(client, f"/statistics?period=2016&as_of={day}&basis=period")
    assert "收到 5 件" in page.text


@pytest.mark.parametrize("most", [0, 1, 10, 11, 12_313, 99_999, 100_001])
def test_axes_end_at_round_numbers(most: int) -> None:
    """The upper end of an axis is even, holds the largest value and is not far above it."""
    assert nice(most) >= most and nice(most) % 2 == 0 and nice(most) <= max(10, 2 * most)


def test_the_page_speaks_english(client: Client) -> None:
    """The page comes in English too."""
    assert get(client, "/statistics?lang=en").lang == "en"


@pytest.mark.parametrize("name", ["period", "as_of", "kind", "basis", "view"])
def test_open_data_are_never_about_something_else(client: Client, name: str) -> None:
    """A parameter that cannot be read is named instead of being replaced by a default."""
    answer = client.get(f"/statistics/data.json?{name}=zzz")
    assert answer.status_code == 400
    assert list(answer.get_json()["errors"]) == [name]
    table = client.get(f"/statistics/data.csv?{name}=zzz")
    assert (table.status_code, table.mimetype) == (400, "text/plain")
    assert table.get_data(as_text=True).startswith(f"{name}: ")


def test_letters_are_told_by_subject(client: Client) -> None:
    """The page has a row for each category; letters without one are named as such."""
    page = get(client, "/statistics?period=2016")
    assert "按主题分类" in page.text and "未分类" in page.text


def test_months_to_come_have_no_value(app: Flask) -> None:
    """A month after the as-of day is a gap in the chart, not a fall to 0."""
    trend = [(Period(2016, month=month), Figures(received=3)) for month in (5, 6, 7)]
    with app.test_request_context():
        counts = trend_values(trend, date(2016, 6, 15))["counts"][0]
    assert counts["values"] == [3, 3, None]
    assert counts["texts"][-1] == "—"
