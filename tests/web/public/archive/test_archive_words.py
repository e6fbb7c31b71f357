"""What the page of results says about how a query was understood."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.config import Settings
from tests.archive import bring_up_to_date, published
from tests.builders import World
from tests.pages import get


@pytest.fixture
def noise(session: Session, world: World, settings: Settings) -> int:
    """An entry about noise, in the index."""
    entry_id = published(
        session, world, title="夜间噪声扰民", text="工地夜间噪声太大，影响休息。"
    ).id
    bring_up_to_date(settings)
    return entry_id


def test_the_page_names_synonyms_and_offers_the_exact_words(
    client: FlaskClient, noise: int
) -> None:
    """A synonym is marked in the hit, named above, and left out by one click."""
    page = get(client, "/archive?q=噪音")
    assert f"/archive/{noise}" in page.links
    assert "夜间<mark>噪声</mark>" in page.html
    assert "也包括：“噪声”" in page.text
    (exact,) = [link for link in page.links if "exact=1" in link]
    narrow = get(client, exact)
    assert f"/archive/{noise}" not in narrow.links
    assert "只查了原词" in narrow.text


def test_the_page_speaks_english_too(client: FlaskClient, noise: int) -> None:
    """The same is said on English pages."""
    assert "Search for the exact words only" in get(client, "/en/archive?q=噪音").text


def test_the_page_names_excluded_words(client: FlaskClient, noise: int) -> None:
    """What was left out is named, also where nothing else was asked for."""
    assert "不含：“公交”" in get(client, "/archive?q=噪声 -公交").text
    page = get(client, "/archive?q=-噪声")
    assert f"/archive/{noise}" not in page.links
    assert "没有看懂" not in page.text


def test_the_feed_of_a_search_follows_its_words(client: FlaskClient, noise: int) -> None:
    """A feed has what the search finds: by synonyms, and without excluded words."""
    assert "夜间噪声扰民" in client.get("/archive/feed.atom?q=噪音").text
    assert "夜间噪声扰民" not in client.get("/archive/feed.atom?q=-噪声").text
