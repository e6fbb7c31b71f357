"""The home page and the standing pages."""

from datetime import datetime, timedelta
from urllib.parse import quote

import pytest
import sqlalchemy as sa
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.domain.letters.states import Publication, State
from portal.domain.periods import Granularity, Period
from portal.models import ArchiveEntry, RateFact
from portal.queries.archive.topics import asked_lately
from portal.services.core.unit import writing
from portal.web.core.clock import now
from tests.builders import START, World, a_letter, a_published
from tests.pages import get


def test_the_search_box_comes_first(client: FlaskClient, world: World) -> None:
    """The first form of the page itself searches the archive."""
    page = get(client, "/")
    forms = [form for form in page.forms if form.method == "get"]
    assert (forms[0].action, list(forms[0].fields)) == ("/archive", ["q"])


def test_topics_lead_to_their_answers(client: FlaskClient, session: Session, world: World) -> None:
    """Each topic of a public entry is offered with how many it has, the most frequent first."""
    for topic in ("环境保护", "交通运输", "交通运输"):
        a_published(session, world)
        newest = session.scalars(sa.select(ArchiveEntry).order_by(ArchiveEntry.id.desc())).first()
        assert newest is not None
        newest.category = topic
        session.commit()
    page = get(client, "/")
    assert page.text.index("交通运输") < page.text.index("环境保护")
    assert quote("/archive?topic=交通运输", safe="/?=") in page.links


def test_what_is_asked_now_leads_to_an_answer(
    client: FlaskClient, session: Session, world: World
) -> None:
    """Topics of five letters of the last thirty days stand there, each with its best answer."""
    liked, other = (a_published(session, world, now=START - timedelta(days=90)) for _ in range(2))
    with writing() as unit:
        for letter, helpful in ((liked, 3), (other, 1)):
            entry = unit.scalars(
                sa.select(ArchiveEntry).where(ArchiveEntry.letter_id == letter.id)
            ).one()
            entry.category, entry.helpful = "交通运输", helpful
    moment = now()
    letters = {"交通运输": (5, 29), "环境保护": (5, 29), "城乡建设": (4, 29), "社会保障": (6, 31)}
    for topic, (count, days) in letters.items():
        for _ in range(count):
            letter = a_letter(session, world, now=moment - timedelta(days=days))
            of_letter = sa.update(RateFact).where(RateFact.letter_id == letter.id)
            session.execute(of_letter.values(category=topic))
            session.commit()
    found = asked_lately(session, moment)
    assert [(each.topic, each.letters) for each in found] == [("交通运输", 5)]
    assert found[0].entry.letter_id == liked.id
    page = get(client, "/")
    assert "最近来信多的主题" in page.text and "5 封来信" in page.text
    assert f"/archive/{found[0].entry.id}" in page.links


def test_the_figures_are_this_years(client: FlaskClient, session: Session, world: World) -> None:
    """The page shows the letters of this year with both rates, and how they are computed."""
    at = Period.of(now(), Granularity.YEAR).starts_at
    a_letter(session, world, now=at)
    a_letter(session, world, publication=Publication.REFUSED, now=at)
    a_published(session, world, now=at)
    a_published(session, world)
    page = get(client, "/")
    assert "66.67%" in page.text
    assert "50.00%" in page.text
    assert "挂网率" in page.text
    assert "公示件数 ÷ 办结件数" in page.text


def test_a_year_without_letters_shows_the_last_with_some(
    client: FlaskClient, session: Session, world: World
) -> None:
    """On the first of January the figures are of the last year with letters, which is named."""
    a_letter(session, world, State.CLOSED, now=START - timedelta(days=365))
    a_letter(session, world, State.IN_PROGRESS)
    with time_machine.travel(datetime.fromisoformat("2017-12-31T17:00:00+00:00"), tick=False):
        page = get(client, "/")
    assert "2016年来信办理情况" in page.text and "办结 0 ÷ 除以 收到 1" in page.text
    assert "今年还没有收到来信" in page.text and "截至2016年12月31日 24 时" in page.text
    assert "2018年来信办理情况" not in page.text


def test_an_instance_without_letters_shows_this_year(client: FlaskClient, world: World) -> None:
    """Where no letter ever came in, the page speaks of this year."""
    with time_machine.travel(datetime.fromisoformat("2018-01-01T03:00:00+00:00"), tick=False):
        page = get(client, "/")
    assert "2018年来信办理情况" in page.text and "今年还没有收到来信" not in page.text


def test_a_withdrawn_letter_is_not_received(
    client: FlaskClient, session: Session, world: World
) -> None:
    """A letter that its sender took back before acceptance is in no figure."""
    at = Period.of(now(), Granularity.YEAR).starts_at
    a_letter(session, world, State.WITHDRAWN, now=at)
    a_letter(session, world, State.CLOSED, now=at)
    assert "100.00%" in get(client, "/").text


def test_helpful_answers_stand_out(client: FlaskClient, session: Session, world: World) -> None:
    """An older answer that readers found helpful is shown beside the latest ones."""
    old = a_published(session, world, title="最有用的答复")
    for day in range(1, 6):
        a_published(session, world, title=f"第 {day} 封信", now=START + timedelta(days=day))
    assert "最有用的答复" not in get(client, "/").text
    with writing() as unit:
        entry = unit.scalars(sa.select(ArchiveEntry).where(ArchiveEntry.letter_id == old.id)).one()
        entry.helpful = 3
    page = get(client, "/")
    assert "最有用的答复" in page.text.split("读者觉得有用")[1]


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
    a_letter(session, world, publication=Publication.UNPUBLISHED, title="已经撤下的信")
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
