"""The answer that the page of results gives before its hits."""

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.config import Settings
from tests.archive import bring_up_to_date, published, withdraw
from tests.builders import World
from tests.pages import get

REPLY = "路灯已经安排维修，三日内恢复照明。"


def test_a_question_with_one_sure_answer_is_answered_first(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """The sentence stands before the hits with who answered, when, and the way to the entry."""
    entry = published(session, world)
    bring_up_to_date(settings)
    page = BeautifulSoup(get(client, "/archive?q=小区门口的路灯什么时候能修好").html, "html.parser")
    quote = page.select_one("blockquote.answer__text")
    assert quote is not None
    assert quote.get_text(strip=True) == REPLY
    around = quote.find_parent("section")
    assert around is not None
    assert entry.organisation_name in around.get_text()
    assert around.select_one(f'a[href="/archive/{entry.id}"]') is not None
    english = get(client, "/en/archive?q=小区门口的路灯什么时候能修好").html
    assert BeautifulSoup(english, "html.parser").select_one('.answer__text [lang="zh-CN"]')


def test_no_answer_stands_first_where_it_is_not_sure(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """Two entries about the same matter, one word, or an order by date give hits only."""
    published(session, world)
    bring_up_to_date(settings)
    for address in ("/archive?q=路灯", "/archive?q=小区门口的路灯什么时候能修好&sort=date"):
        assert "answer__text" not in get(client, address).html
    published(session, world)
    bring_up_to_date(settings)
    assert "answer__text" not in get(client, "/archive?q=小区门口的路灯什么时候能修好").html


def test_what_was_withdrawn_answers_nothing(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """An entry that is still in the index and no longer public is not quoted."""
    entry = published(session, world)
    bring_up_to_date(settings)
    withdraw(session, world, entry)
    assert "answer__text" not in get(client, "/archive?q=小区门口的路灯什么时候能修好").html


def test_similar_entries_show_the_sentence_that_answers(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """Beside a draft the first lines of the answer stand, with the sentence marked."""
    published(session, world)
    bring_up_to_date(settings)
    asked = {"text": "石桥街道的路灯坏了两个星期，请问什么时候安排维修？"}
    page = client.get("/archive/similar", query_string=asked).text
    marked = BeautifulSoup(page, "html.parser").select_one(".similar__answer mark")
    assert marked is not None
    assert marked.get_text().endswith(REPLY)
