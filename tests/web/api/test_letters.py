"""Letters handed in and followed by other systems with a token."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.domain.letters.states import ConsentBasis, Source
from portal.models import ApiToken, Letter
from portal.queries.record.receipts import receipt_commitment
from portal.services.office.tokens import withdraw_token
from tests.builders import World
from tests.pages import login
from tests.web.api.tokens import LETTER, a_token, hand_in

PROBLEM = "application/problem+json"


@pytest.fixture
def token(world: World, settings: Settings) -> str:
    """A token in use."""
    return a_token(world, settings.key("code"))


def letters(session: Session) -> list[Letter]:
    """Return every letter."""
    session.rollback()
    return list(session.scalars(sa.select(Letter)))


def follow(
    client: FlaskClient, token: str, number: str, code: str, status: int = 200
) -> dict[str, Any]:
    """Return what is said of a letter."""
    headers = {"Authorization": f"Bearer {token}", "Query-Code": code}
    answer = client.get(f"/api/v1/letters/{number}", headers=headers)
    assert answer.status_code == status
    found = answer.get_json()
    assert isinstance(found, dict)
    return found


def test_a_letter_is_handed_in_and_followed(
    client: FlaskClient, session: Session, world: World, settings: Settings, token: str
) -> None:
    """The answer has number and code once, and both open what became of the letter."""
    answer = hand_in(client, token, organisation=world["city"])
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")
    data = answer.get_json()["data"]
    assert answer.location == data["links"]["self"]
    (letter,) = letters(session)
    assert (letter.number, letter.source, letter.token.name) == (
        data["number"],
        Source.API,
        "热线小程序",
    )
    assert (letter.title, letter.sender_phone) == (LETTER["title"], LETTER["phone"])
    assert (letter.organisation_id, letter.consent_basis) == (world["city"], ConsentBasis.NONE)
    assert data["commitment"] == receipt_commitment(letter, settings.key("code"))
    found = follow(client, token, data["number"], data["query_code"])["data"]
    assert (found["status"], found["correspondence"][0]["text"]) == ("submitted", LETTER["text"])
    assert found["organisation"] == {"id": world["city"], "name": "山城市城市管理局"}


def test_the_office_sees_by_which_system(
    client: FlaskClient, session: Session, world: World, token: str
) -> None:
    """The details of a letter name the token with which it came."""
    number = hand_in(client, token).get_json()["data"]["number"]
    login(client, "office_dispatcher")
    assert "热线小程序" in client.get(f"/console/letters/{number}").get_data(as_text=True)


def test_one_key_is_one_letter(
    client: FlaskClient, session: Session, world: World, token: str, settings: Settings
) -> None:
    """A request sent again gives the same receipt; another token or key gives another letter."""
    first, again = (hand_in(client, token, "a").get_json() for _ in range(2))
    assert first == again
    other = a_token(world, settings.key("code"))
    numbers = {
        first["data"]["number"],
        hand_in(client, other, "a").get_json()["data"]["number"],
        hand_in(client, token, "b").get_json()["data"]["number"],
        hand_in(client, token).get_json()["data"]["number"],
    }
    assert len(numbers) == len(letters(session)) == 4


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"kind": None}, "kind"),
        ({"kind": "gossip"}, "kind"),
        ({"title": " \n"}, "title"),
        ({"title": "字" * 61}, "title"),
        ({"text": "字" * 5001}, "text"),
        ({"text": 5}, "text"),
        ({"name": None}, "name"),
        ({"phone": "12"}, "phone"),
        ({"phone": None}, "phone"),
        ({"phone": None, "email": "nobody"}, "email"),
        ({"organisation": 999}, "organisation"),
        ({"organisation": 0}, "organisation"),
        ({"organisation": 2**70}, "organisation"),
        ({"organisation": True}, "organisation"),
        ({"consent": "yes"}, "consent"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_part_is_named(
    client: FlaskClient,
    session: Session,
    world: World,
    token: str,
    changes: dict[str, Any],
    part: str,
) -> None:
    """What the form refuses is refused, with the part at fault, and nothing is kept."""
    answer = hand_in(client, token, **changes)
    assert (answer.status_code, answer.mimetype) == (422, PROBLEM)
    assert answer.get_json()["parameter"] == part
    assert letters(session) == []


def test_a_problem_of_a_letter_speaks_the_readers_language(
    client: FlaskClient, world: World, token: str
) -> None:
    """The message of the form is in the language asked for, whatever the form would show."""
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}
    answer = client.post("/api/v1/letters", json={**LETTER, "phone": "12"}, headers=headers)
    assert answer.get_json()["detail"].isascii() or "—" in answer.get_json()["detail"]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[]", "application/json", 422),
        (b"null", "application/json", 422),
        (json.dumps(LETTER).encode(), "text/plain", 415),
        (b"kind=help", "application/x-www-form-urlencoded", 415),
        (b"x" * 2_000_001, "application/json", 413),
    ],
)
def test_what_is_no_letter_is_refused(
    client: FlaskClient, world: World, token: str, body: bytes, kind: str, status: int
) -> None:
    """Broken JSON, another format and too much of it are refused as problems."""
    headers = {"Authorization": f"Bearer {token}"}
    answer = client.post("/api/v1/letters", data=body, content_type=kind, headers=headers)
    assert (answer.status_code, answer.mimetype) == (status, PROBLEM)


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer x", "Basic YTpi", "bearer \u00e9", "x" * 9000]
)
def test_without_a_token_nothing_is_taken(
    client: FlaskClient, session: Session, world: World, given: str
) -> None:
    """A request without a valid token is answered with 401 and how to authorise."""
    headers = {"Authorization": given} if given else {}
    answer = client.post("/api/v1/letters", json=LETTER, headers=headers)
    assert (answer.status_code, answer.mimetype) == (401, PROBLEM)
    assert answer.headers["WWW-Authenticate"].lower().startswith("bearer")
    assert letters(session) == []


def test_a_withdrawn_token_is_no_token(
    client: FlaskClient, session: Session, world: World, token: str
) -> None:
    """From its withdrawal on a token opens nothing."""
    row = session.scalars(sa.select(ApiToken)).one()
    withdraw_token(row.id, world.actor("office_administrator"), datetime(2016, 6, 2, tzinfo=UTC))
    assert hand_in(client, token).status_code == 401


def test_a_report_of_wrongdoing_stays_unpublishable(
    client: FlaskClient, session: Session, world: World, token: str
) -> None:
    """Consent to the publication of a report counts as none, as in the form."""
    assert hand_in(client, token, kind="report", consent=True).status_code == 201
    (letter,) = letters(session)
    assert letter.consent_basis is ConsentBasis.NONE


def test_codes_cannot_be_tried_without_end(client: FlaskClient, world: World, token: str) -> None:
    """A wrong code is like an unknown number, and after ten the letter waits."""
    number = hand_in(client, token).get_json()["data"]["number"]
    for _ in range(10):
        assert follow(client, token, number, "AAAA-AAAA-AAAAA", 404)["status"] == 404
    headers = {"Authorization": f"Bearer {token}", "Query-Code": "AAAA"}
    answer = client.get(f"/api/v1/letters/{number}", headers=headers)
    assert (answer.status_code, answer.mimetype) == (429, PROBLEM)
    assert int(answer.headers["Retry-After"]) > 60
    assert client.get("/api/v1/letters/1", headers=headers).status_code == 404
    del headers["Query-Code"]
    answer = client.get(f"/api/v1/letters/{number}", headers=headers)
    assert answer.get_json()["parameter"] == "Query-Code"
