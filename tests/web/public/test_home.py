"""The home page and the standing pages."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.domain.letters import Publication
from portal.web.shared.clock import now
from tests.builders import World, a_letter, a_published
from tests.pages import get


def test_the_search_box_comes_first(client: FlaskClient, world: World) -> None:
    """The first form of the page itself searches the archive."""
    page = get(client, "/")
    forms = [form for form in page.forms if form.method == "get"]
    assert (forms[0].action, list(forms[0].fields)) == ("/archive", ["q"])


def test_the_figures_are_this_years(client: FlaskClient, session: Session, world: World) -> None:
    """The page shows the letters of this year with both rates, and how they are computed."""
    at = now()
    a_letter(session, world, now=at)
    a_letter(session, world, publication=Publication.REFUSED, now=at)
    a_published(session, world, now=at)
    a_published(session, world)
    page = get(client, "/")
    assert "66.67%" in page.text
    assert "50.00%" in page.text
    assert "挂网率" in page.text
    assert "公示件数 ÷ 办结件数" in page.text


def test_without_letters_there_is_no_rate(client: FlaskClient, world: World) -> None:
    """A year without letters shows a dash, never 0 %."""
    page = get(client, "/")
    assert page.text.count("—") >= 2
    assert "0.00%" not in page.text


def test_the_latest_answers_are_public_copies(
    client: FlaskClient, session: Session, world: World
) -> None:
    """The page lists published answers and neither private nor withdrawn ones."""
    a_published(session, world, title="路灯什么时候能修好")
    a_letter(session, world, title="没有公示的信")
    a_letter(session, world, publication=Publication.WITHDRAWN, title="已经撤下的信")
    page = get(client, "/")
    assert "路灯什么时候能修好" in page.text
    assert "没有公示的信" not in page.text
    assert "已经撤下的信" not in page.text


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/about", "公示件数 ÷ 办结件数"),
        ("/privacy", "个人信息保护法"),
        ("/accessibility", "WCAG"),
    ],
)
def test_the_standing_pages_say_what_they_are_for(
    client: FlaskClient, world: World, path: str, words: str
) -> None:
    """Each standing page has the words it exists for."""
    assert words in get(client, path).text


def test_robots_stay_out_of_letters(client: FlaskClient) -> None:
    """Crawlers are asked to leave forms and letters alone."""
    text = client.get("/robots.txt").get_data(as_text=True)
    assert "Disallow: /letters/" in text
    assert "Disallow: /archive" not in text


def test_the_old_name_of_the_icon_works(client: FlaskClient) -> None:
    """A browser that asks for favicon.ico is led to the drawing."""
    answer = client.get("/favicon.ico", follow_redirects=True)
    assert answer.mimetype == "image/svg+xml"
