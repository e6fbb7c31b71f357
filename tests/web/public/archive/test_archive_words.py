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


@pytest.mark.parametrize(
    ("address", "said"), [("/archive", "您是不是要找"), ("/en/archive", "Did you mean")]
)
def test_what_may_be_meant_is_offered_and_never_searched_unasked(
    client: FlaskClient, noise: int, address: str, said: str
) -> None:
    """Pinyin finds nothing by itself; the word is one click away, with filters kept."""
    page = get(client, f"{address}?q=zaosheng&kind=consultation")
    assert said in page.text
    assert not [link for link in page.links if link.endswith(f"/archive/{noise}")]
    (offered,) = [link for link in page.links if "q=%E5%99%AA%E5%A3%B0" in link]
    assert "kind=consultation" in offered
    assert [link for link in get(client, offered).links if link.endswith(f"/archive/{noise}")]


def test_nothing_else_is_offered_for_what_is_found(client: FlaskClient, noise: int) -> None:
    """A word that is found, and a page that cannot search, offer nothing."""
    assert "您是不是要找" not in get(client, "/archive?q=噪声").text


def test_without_the_index_nothing_is_offered(
    client: FlaskClient, session: Session, world: World
) -> None:
    """While the table is searched there is no vocabulary, and the page stands."""
    published(session, world, title="夜间噪声扰民")
    page = get(client, "/archive?q=zaosheng")
    assert "正在使用简易查询" in page.text
    assert "您是不是要找" not in page.text
