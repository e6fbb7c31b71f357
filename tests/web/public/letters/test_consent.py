"""The sender takes back consent to publication on the page of the letter, or gives it."""

import json

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.domain.letters.states import ConsentBasis, Publication, State
from portal.models import Letter
from tests.archive import entry_of
from tests.builders import Walk, World
from tests.pages import get, login, post
from tests.web.public.citizens import an_opened_letter

REVOKE, GIVE = "收回公示同意", "改为同意公示"


def public(client: FlaskClient, session: Session, world: World) -> Letter:
    """Return a letter that this browser has opened and that is public."""
    letter = an_opened_letter(client, session, world, consent="y")
    way = Walk(session, world, letter.id, letter.received_at)
    way.accept()
    way.ask_signoff()
    way.sign()
    way.propose()
    way.publish()
    return way.letter


def of(letter: Letter) -> str:
    """Return the address of the page that asks about consent."""
    return f"/letters/{letter.number}/consent"


def test_a_public_letter_is_taken_down(client: FlaskClient, session: Session, world: World) -> None:
    """The page says what follows; once confirmed the entry is gone and the letter says so."""
    letter = public(client, session, world)
    entry = f"/archive/{entry_of(session, letter).id}"
    assert get(client, entry).status == 200
    assert REVOKE in get(client, f"/letters/{letter.number}").text
    asked = get(client, of(letter))
    assert "立即撤下" in asked.text
    answer = post(client, f"{of(letter)}/revoke", page=of(letter), follow=True)
    assert "已收回公示同意" in answer.text
    assert "您收回了公示同意，公示内容已撤下" in answer.text
    assert GIVE in answer.text
    assert "已撤下" in get(client, entry, 410).text


def test_asking_changes_nothing(client: FlaskClient, session: Session, world: World) -> None:
    """Looking at the page that asks leaves consent and entry as they are."""
    letter = public(client, session, world)
    get(client, of(letter))
    session.refresh(letter)
    assert letter.publication is Publication.PUBLISHED
    assert letter.consent_basis is ConsentBasis.SENDER


def _says(client: FlaskClient, place: str, words: str) -> bool:
    """Return whether an answer has ``words``, as letters or escaped as in JSON."""
    body = client.get(place).get_data(as_text=True)
    return words in body or json.dumps(words).strip('"') in body


def test_a_feed_and_the_api_lose_it(client: FlaskClient, session: Session, world: World) -> None:
    """Neither feed nor API shows a letter whose consent was taken back."""
    letter = public(client, session, world)
    places = ("/archive/feed.atom", "/api/v1/entries")
    assert [_says(client, place, letter.title) for place in places] == [True, True]
    post(client, f"{of(letter)}/revoke", page=of(letter))
    assert [_says(client, place, letter.title) for place in places] == [False, False]


def test_who_did_not_consent_may_do_so(client: FlaskClient, session: Session, world: World) -> None:
    """A letter sent without consent offers to allow publication, and keeps the answer."""
    letter = an_opened_letter(client, session, world)
    assert GIVE in get(client, f"/letters/{letter.number}").text
    answer = post(client, f"{of(letter)}/give", page=of(letter), follow=True)
    assert "已记下您的同意" in answer.text
    session.refresh(letter)
    assert letter.consent_basis is ConsentBasis.SENDER
    assert letter.state is State.SUBMITTED


def test_a_second_answer_is_told(client: FlaskClient, session: Session, world: World) -> None:
    """A confirmation sent twice leads back to the letter with a word why."""
    letter = an_opened_letter(client, session, world, consent="y")
    form = get(client, of(letter)).form(f"{of(letter)}/revoke")
    for said in ("已收回公示同意", "没有公示同意可以收回"):
        client.post(form.action, data=form.hidden)
        assert said in get(client, f"/letters/{letter.number}").text


def test_a_report_offers_nothing(client: FlaskClient, session: Session, world: World) -> None:
    """A report of wrongdoing offers no consent, and the address of the page leads to the letter."""
    letter = an_opened_letter(client, session, world, kind="report")
    assert of(letter) not in get(client, f"/letters/{letter.number}").html
    assert client.get(of(letter)).headers["Location"] == f"/letters/{letter.number}"


@pytest.mark.parametrize("name", ["revoke", "give"])
def test_a_stranger_changes_nothing(
    client: FlaskClient, session: Session, world: World, name: str
) -> None:
    """A browser that has not opened the letter is answered like for one that does not exist."""
    letter = public(client, session, world)
    stranger = client.application.test_client()
    token = get(stranger, "/track").form("/track").hidden
    assert stranger.post(f"{of(letter)}/{name}", data=token).status_code == 404
    assert stranger.get(of(letter)).status_code == 404
    session.refresh(letter)
    assert letter.publication is Publication.PUBLISHED


def test_staff_are_told(client: FlaskClient, session: Session, world: World) -> None:
    """The console's letter page says that and when consent was taken back, and offers no proposal."""
    letter = public(client, session, world)
    post(client, f"{of(letter)}/revoke", page=of(letter))
    handler = login(client.application.test_client(), "city_handler")
    page = get(handler, f"/console/letters/{letter.number}")
    assert "收回公示同意，不能再提请公示" in page.text
    assert "来信人不同意公示" in page.text
    redaction = get(handler, f"/console/letters/{letter.number}/publication")
    assert not [form for form in redaction.forms if form.action.endswith("/propose")]
