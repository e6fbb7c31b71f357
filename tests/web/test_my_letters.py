"""Citizens who sign in find their letters on one page; nobody has to."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from pydantic import SecretStr
from sqlalchemy.orm import Session

from portal.domain.access import SYSTEM
from portal.domain.events import RecordAction
from portal.domain.privacy.erasure import ErasureGround
from portal.identity_settings import IdentityProvider
from portal.models import Event, Letter
from portal.services.core.unit import writing
from portal.services.letters.erasure import erase
from tests.adapters.identity.providers import CLIENT, RealProvider, a_real_provider, use_settings
from tests.builders import START, World
from tests.pages import Client, get, post
from tests.web.public.citizens import TITLE, receipt

MINE = "/my-letters"
SignedIn = Callable[[str], Client]


@pytest.fixture(scope="module")
def provider() -> Iterator[RealProvider]:
    """A provider in another process."""
    with a_real_provider() as provider:
        yield provider


@pytest.fixture
def signed_in(provider: RealProvider, app: Flask, world: World) -> SignedIn:
    """Return a new browser in which a citizen has signed in."""
    chosen = IdentityProvider(
        issuer=provider.issuer, client_id=CLIENT, client_secret=SecretStr("s")
    )
    use_settings(app, citizen_identity=chosen, base_url="http://localhost")

    def sign_in(subject: str) -> Client:
        client = app.test_client()
        assert isinstance(client, Client)
        back = provider.sign_in(client, f"{MINE}/sign-in", subject)
        assert client.get(back).location == MINE
        return client

    return sign_in


def test_what_was_written_while_signed_in_is_found_in_any_browser(signed_in: SignedIn) -> None:
    """The letter stands on the page and opens without its code; nobody else sees it."""
    number, _code = receipt(signed_in("c1"))
    later = signed_in("c1")
    assert TITLE in get(later, MINE).text
    opened = later.get(f"{MINE}/{number}")
    assert opened.location == f"/letters/{number}"
    assert TITLE in get(later, f"/letters/{number}").text
    other = signed_in("c2")
    assert TITLE not in get(other, MINE).text
    assert other.get(f"{MINE}/{number}").status_code == 404
    assert other.get(f"/letters/{number}").status_code != 200


def test_an_earlier_letter_is_added_with_its_code(
    signed_in: SignedIn, client: Client, session: Session
) -> None:
    """Whoever opens it with number and code keeps it from then on."""
    number, code = receipt(client)
    assert session.query(Letter.citizen_key).scalar() is None
    mine = signed_in("c3")
    assert mine.post(f"/letters/{number}/keep").status_code in (400, 404)
    post(mine, "/track", {"number": number, "query_code": code})
    post(mine, f"/letters/{number}/keep", page=f"/letters/{number}", status=303)
    assert session.query(Event).filter_by(action=RecordAction.KEEP_LETTER).count() == 1
    assert TITLE in get(signed_in("c3"), MINE).text


def test_signing_out_ends_it(signed_in: SignedIn) -> None:
    """The page asks to sign in again, for a copy of the cookie too."""
    mine = signed_in("c4")
    receipt(mine)
    copied = mine.get_cookie("letterbox").value
    post(mine, "/track/leave", page=MINE)
    assert TITLE not in get(mine, MINE).text
    mine.set_cookie("letterbox", copied)
    assert TITLE not in get(mine, MINE).text


def test_nothing_that_names_the_citizen_is_kept(
    signed_in: SignedIn, session: Session, provider: RealProvider
) -> None:
    """A keyed hash alone, which erasing the sender takes away."""
    receipt(signed_in("citizen-with-a-name"))
    letter = session.query(Letter).one()
    assert letter.citizen_key is not None and len(letter.citizen_key) == 64
    assert "citizen" not in letter.citizen_key
    with writing() as unit:
        erase(unit, unit.merge(letter), ErasureGround.PERIOD_OVER, SYSTEM, START)
    session.rollback()
    assert session.query(Letter.citizen_key).scalar() is None


def test_writing_needs_no_sign_in(signed_in: SignedIn, app: Flask) -> None:
    """With a provider set a letter is written and tracked as without one."""
    signed_in("c5")
    client = app.test_client()
    number, code = receipt(client)
    post(client, "/track", {"number": number, "query_code": code})
    assert TITLE in get(client, f"/letters/{number}").text


def test_a_provider_that_is_away_is_said_to_be(signed_in: SignedIn, app: Flask) -> None:
    """The page says so, and offers number and code."""
    signed_in("c6")
    away = IdentityProvider(issuer="http://127.0.0.1:9", client_id=CLIENT)
    use_settings(app, citizen_identity=away)
    assert "/track" in get(app.test_client(), f"{MINE}/sign-in", 503).links


def test_without_a_provider_there_is_no_such_page(client: Client) -> None:
    """The page does not exist, and the page for tracking does not name it."""
    for path in (MINE, f"{MINE}/sign-in", f"{MINE}/return", f"{MINE}/20160615-00001-1"):
        assert client.get(path).status_code == 404
    assert MINE not in get(client, "/track").links
