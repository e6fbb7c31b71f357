"""Answers that may no longer hold, as readers and programs see them."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.services.archive.policy_changes import NewPolicyChange, decide, record_policy_change
from portal.web.core.clock import now
from tests.archive import bring_up_to_date, published
from tests.builders import START, World
from tests.pages import get

NEW = NewPolicyChange("城市照明管理办法", "山府发〔2016〕8号", date(2016, 7, 1), "三日内恢复照明")
CHIP, TITLE = "可能已失效", "路灯"


@pytest.fixture
def pair(session: Session, world: World, settings: Settings) -> tuple[int, int]:
    """An answer that is marked, and an earlier one about the same that is not."""
    kept, marked = published(session, world).id, published(session, world).id
    actor = world.actor("city_reviewer")
    change_id = record_policy_change(NEW, actor, START)
    decide(change_id, 1, [marked], actor, START, outdated=True)
    bring_up_to_date(settings)
    return marked, kept


def test_the_entry_names_the_successor(client: FlaskClient, pair: tuple[int, int]) -> None:
    """The page of a marked answer names the new policy, its number and day; another does not."""
    marked, kept = pair
    text = get(client, f"/archive/{marked}").text
    for words in ("内容可能已失效", "城市照明管理办法", "山府发〔2016〕8号", "2016年7月1日"):
        assert words in text
    assert "城市照明管理办法" not in get(client, f"/archive/{kept}").text
    assert "has been in force since 1 July 2016" in get(client, f"/en/archive/{marked}").text


def test_a_marked_answer_comes_after_others(client: FlaskClient, pair: tuple[int, int]) -> None:
    """In a search the marked answer has a chip and stands below the equal one that is older."""
    marked, kept = pair
    page = get(client, f"/archive?q={TITLE}")
    found = [link for link in page.links if link in (f"/archive/{marked}", f"/archive/{kept}")]
    assert found == [f"/archive/{kept}", f"/archive/{marked}"]
    assert page.text.count(CHIP) == 1


def test_programs_learn_of_it(client: FlaskClient, pair: tuple[int, int]) -> None:
    """The API says ``outdated`` and the successor, the feed has a category."""
    marked, kept = pair
    said = client.get(f"/api/v1/entries/{marked}").get_json()["data"]
    assert said["outdated"] is True
    assert said["successor"] == {
        "title": NEW.title,
        "number": NEW.number,
        "effective_on": "2016-07-01",
    }
    other = client.get(f"/api/v1/entries/{kept}").get_json()["data"]
    assert (other["outdated"], other["successor"]) == (False, None)
    feed = client.get("/archive/feed.atom").get_data(as_text=True)
    assert feed.count('term="outdated"') == 1


@pytest.mark.parametrize(("days", "old"), [(3 * 365 + 2, True), (3 * 365 - 2, False)])
def test_age_alone_is_pointed_out(
    client: FlaskClient, session: Session, world: World, days: int, old: bool
) -> None:
    """An answer of three years ago asks to mind its age, a younger one does not."""
    entry = published(session, world, now=now() - timedelta(days=days))
    year = entry.answered_on.year
    text = get(client, f"/archive/{entry.id}").text
    assert (f"答复于 {year} 年，请注意时效" in text) is old
    assert CHIP not in text
