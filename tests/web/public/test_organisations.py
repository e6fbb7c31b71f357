"""The directory of organisations, for people and for the picker."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from portal.domain.periods import Granularity, Period
from portal.models import Organisation, db
from portal.services.core.unit import writing
from portal.web.core.clock import now
from tests.archive import published
from tests.builders import World
from tests.pages import get


def test_the_picker_finds_by_a_part_of_the_name(client: FlaskClient, world: World) -> None:
    """The picker gets id, name and the way down the tree."""
    answer = client.get("/organisations.json?q=石桥").get_json()
    assert answer == {
        "items": [
            {
                "id": world["township"],
                "name": "临江区石桥街道办事处",
                "path": "临江区人民政府 › 临江区石桥街道办事处",
            }
        ]
    }


@pytest.mark.parametrize("words", ["", "%", "_", "\x00", "没有这样的单位", "'", "长" * 5000])
def test_the_picker_takes_any_words(client: FlaskClient, world: World, words: str) -> None:
    """No words that a person may type upset the picker."""
    answer = client.get("/organisations.json", query_string={"q": words})
    assert answer.status_code == 200
    assert isinstance(answer.get_json()["items"], list)


def test_a_closed_organisation_is_not_offered(client: FlaskClient, world: World) -> None:
    """An organisation that takes no letters is neither in the picker nor in the directory."""
    with writing() as session:
        session.get_one(Organisation, world["water"]).closed_on = date(2016, 5, 1)
    assert client.get("/organisations.json?q=水务").get_json()["items"] == []
    assert "山城水务集团" not in get(client, "/organisations").text
    assert "已停止接收来信" in get(client, f"/organisations/{world['water']}").text


def test_the_directory_leads_down_the_tree(client: FlaskClient, world: World) -> None:
    """From the directory one reaches a district, and from there what is below it."""
    assert f"/organisations/{world['district']}" in get(client, "/organisations").links
    page = get(client, f"/organisations/{world['district']}")
    assert f"/organisations/{world['township']}" in page.links
    assert f"/write?organisation={world['district']}" in page.links


def test_an_organisation_leads_to_its_figures(client: FlaskClient, world: World) -> None:
    """From an organisation one reaches its statistics, and from the statistics the directory."""
    with writing() as session:
        code = session.get_one(Organisation, world["district"]).code
    page = get(client, f"/organisations/{world['district']}")
    assert f"/statistics/{code}" in page.links
    assert "/organisations" in get(client, "/statistics").links


def test_an_organisation_below_names_what_is_above(client: FlaskClient, world: World) -> None:
    """The page of a township leads back to its district."""
    page = get(client, f"/organisations/{world['township']}")
    assert f"/organisations/{world['district']}" in page.links


def test_the_directory_says_when_nothing_fits(client: FlaskClient, world: World) -> None:
    """A search without a result says so and what else can be done."""
    page = get(client, "/organisations?q=火星办事处")
    assert "没有名称中有“火星办事处”的单位" in page.text


@pytest.mark.parametrize("number", ["0", "999999", "99999999999999999999"])
def test_an_unknown_organisation_is_not_found(
    client: FlaskClient, world: World, number: str
) -> None:
    """A number that is no organisation is answered with 404, however large."""
    get(client, f"/organisations/{number}", 404)


def test_an_organisation_says_what_it_does_and_where(client: FlaskClient, world: World) -> None:
    """Duties, address, telephone and hours are shown where they are given, and only there."""
    assert "办公地址" not in get(client, f"/organisations/{world['city']}").text
    with writing() as session:
        city = session.get_one(Organisation, world["city"])
        city.duties, city.address = "市容环境、路灯照明。", "山城市人民路 1 号"
    page = get(client, f"/organisations/{world['city']}")
    assert "市容环境、路灯照明。" in page.text
    assert "山城市人民路 1 号" in page.text
    assert "办公时间" not in page.text


def test_an_organisation_shows_its_answers_and_figures(
    client: FlaskClient, session: Session, world: World
) -> None:
    """Its own answers and those below it are shown with its rates, those of others are not."""
    at = Period.of(now(), Granularity.YEAR).starts_at
    entry = published(session, world, now=at)
    page = get(client, f"/organisations/{world['city']}")
    assert f"/archive/{entry.id}" in page.links
    assert "100.00%" in page.text
    assert "办结用时中位数" in page.text
    assert f"/archive/feed.atom?organisation={world['city']}" in page.links
    other = get(client, f"/organisations/{world['district']}")
    assert f"/archive/{entry.id}" not in other.links
    assert "办结率" not in other.text


def test_an_organisation_page_asks_as_much_for_many_answers_as_for_one(
    client: FlaskClient, session: Session, world: World
) -> None:
    """The number of queries does not rise with the answers."""

    def asked() -> int:
        statements: list[str] = []

        def count(*args: object) -> None:
            statements.append(str(args[2]))

        event.listen(db.engine, "before_cursor_execute", count)
        get(client, f"/organisations/{world['city']}")
        event.remove(db.engine, "before_cursor_execute", count)
        return len(statements)

    published(session, world)
    asked()
    once = asked()
    for _ in range(3):
        published(session, world)
    asked()
    assert asked() == once
