"""The register of refusals for everybody: page, data, and the console's figures beside it."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from sqlalchemy.orm import Session

from portal.domain.letters.states import Publication
from tests.builders import World, a_letter
from tests.pages import Client, get, login


@pytest.fixture(autouse=True)
def seen_later(session: Session, world: World) -> Iterator[None]:
    """Six letters refused in a district and one in a department, seen from February 2017."""
    for place in (*["township"] * 6, "city"):
        a_letter(session, world, place=place, publication=Publication.REFUSED)
    with time_machine.travel(datetime.fromisoformat("2017-02-01T03:00:00+00:00"), tick=False):
        yield


def test_the_page_counts_what_was_not_published(client: Client) -> None:
    """Total, months and organisations stand on the page; the texts of letters do not."""
    page = get(client, "/statistics/refusals?period=2016")
    assert "其中不予公示 7 件" in page.text
    assert page.html.count("对他人没有参考价值") > 1
    assert "临江区人民政府" in page.text and "路灯" not in page.text


def test_an_organisation_with_few_letters_names_no_reason(client: Client) -> None:
    """One letter is counted, and its reason is named with those of others alone."""
    page = get(client, "/statistics/refusals?period=2016&organisation=city")
    assert "不予公示 1 件" in page.text and "对他人没有参考价值" not in page.html


def test_the_console_counts_the_same(client: Client, world: World) -> None:
    """The supervisor's list of refused letters is as long as the register says."""
    login(client, "office_supervisor")
    for code, count in (("", 7), ("district", 6), ("city", 1)):
        words = f"&organisation={code}" if code else ""
        page = get(client, f"/console/statistics/letters?period=2016&measure=refused{words}")
        assert f"{count} 件" in page.text


def test_the_open_data_adds_up(client: Client) -> None:
    """Months, organisations and lines of the table each sum to the total; JSON says the same."""
    text = client.get("/statistics/refusals.csv?period=2016").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    sums = dict.fromkeys(("total", "month", "organisation", "line"), 0)
    for row in rows:
        sums[row["table"]] += int(row["letters"])
    assert set(sums.values()) == {7}
    data = client.get("/statistics/refusals.json?period=2016").get_json()
    assert data["total"] == sum(line["letters"] for line in data["lines"]) == 7
    assert data["organisations"][0].keys() == {"id", "code", "name", "letters"}
    assert {each["month"]: each["letters"] for each in data["months"]} == {"2016-06": 7}


def test_the_interface_gives_the_same_register(client: Client) -> None:
    """API v1 has the JSON of the page under ``data``, names both addresses, and saves a repeat."""
    answer = client.get("/api/v1/refusals?period=2016Q2&as_of=2017-01-31")
    same = client.get("/statistics/refusals.json?period=2016Q2&as_of=2017-01-31").get_json()
    assert answer.get_json()["data"] == same and same["total"] == 7
    words = "?period=2016Q2&as_of=2017-01-31"
    links = answer.get_json()["links"]
    assert links["self"].endswith(f"/api/v1/refusals{words}")
    assert get(client, links["page"]).status == 200
    tag = {"If-None-Match": answer.headers["ETag"]}
    assert client.get("/api/v1/refusals" + words, headers=tag).status_code == 304


def test_the_interface_counts_the_last_year_with_letters(client: Client) -> None:
    """Without a period it is the one that the page shows, up to its last day."""
    data = client.get("/api/v1/refusals").get_json()["data"]
    assert (data["period"], data["as_of"], data["total"]) == ("2016", "2016-12-31", 7)
    before = client.get("/api/v1/refusals?as_of=2016-05-31").get_json()["data"]
    assert (before["total"], before["lines"]) == (0, [])


@pytest.mark.parametrize(
    ("words", "status", "parameter"),
    [
        ("period=2016-13", 400, "period"),
        ("period=2016-06-01", 400, "period"),
        ("period=2016%0a", 400, "period"),
        ("period=1000", 404, "period"),
        ("as_of=2016-02-30", 400, "as_of"),
        ("as_of=20160228", 400, "as_of"),
        ("as_of=2017-02-02", 404, "as_of"),
        ("organisation=1", 400, "organisation"),
        ("period=2016&period=2017", 400, "period"),
    ],
)
def test_the_interface_names_the_parameter_at_fault(
    client: Client, words: str, status: int, parameter: str
) -> None:
    """What cannot be read is 400; a year out of reach and a day to come are 404."""
    answer = client.get(f"/api/v1/refusals?{words}")
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.get_json()["parameter"] == parameter


def test_what_cannot_be_read_is_named(client: Client) -> None:
    """An unreadable period is an error of the data; an unknown organisation does not exist."""
    assert client.get("/statistics/refusals.json?period=夏天").status_code == 400
    assert client.get("/statistics/refusals.csv?period=夏天").status_code == 400
    assert client.get("/statistics/refusals?organisation=nowhere").status_code == 404


@pytest.mark.parametrize("address", ["/statistics?period=2016", "/about"])
def test_pages_lead_to_the_register(client: Client, address: str) -> None:
    """Statistics and the page about the site link it."""
    assert any("/statistics/refusals" in link for link in get(client, address).links)
