"""Passkeys: what a device made and signed is checked, and nothing else completes a login."""

import hashlib
import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import timedelta

import cbor2
import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy.orm import Session

from portal.domain.access import SYSTEM
from portal.domain.errors import InvalidInput
from portal.domain.events import RecordAction
from portal.models import Event, User
from portal.queries.office.people import passkeys_of, recovery_codes_left
from portal.services.office.passkeys import (
    Site,
    add_passkey,
    ask_passkey,
    offer_passkey,
    pass_with_passkey,
    remove_passkey,
)
from portal.services.office.second_factor import reset_factor
from tests.builders import START, World

SITE = Site("letters.example.gov", "https://letters.example.gov", "信箱")
ELSEWHERE = Site("evil.example", "https://evil.example", "信箱")
FIRST, SECOND = b"first challenge ", b"second challenge"
KEY = b"k" * 32


def text(data: bytes) -> str:
    """Return ``data`` in base64url."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Device:
    """A device that makes a key and signs with it, as WebAuthn says."""

    credential_id: bytes = b"credential of the device"
    uses: int = 0
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def make(self, challenge: bytes, site: Site = SITE) -> str:
        """Return what the browser sends when the key is made."""
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)}
        held = bytes(16) + len(self.credential_id).to_bytes(2) + self.credential_id
        data = self._data(site, 0x45) + held + cbor2.dumps(cose)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", challenge, site)
        response = {"clientDataJSON": text(client), "attestationObject": text(attestation)}
        return self._credential(response)

    def sign(self, challenge: bytes, site: Site = SITE) -> str:
        """Return what the browser sends when the key has signed."""
        self.uses += 1
        data, client = self._data(site, 0x05), self._client("webauthn.get", challenge, site)
        signed = data + hashlib.sha256(client).digest()
        signature = self.key.sign(signed, ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": text(client),
            "authenticatorData": text(data),
            "signature": text(signature),
        }
        return self._credential(response)

    def _data(self, site: Site, flags: int) -> bytes:
        name = hashlib.sha256(site.host.encode()).digest()
        return name + bytes([flags]) + self.uses.to_bytes(4)

    def _client(self, kind: str, challenge: bytes, site: Site) -> bytes:
        said = {"type": kind, "challenge": text(challenge), "origin": site.origin}
        return json.dumps(said).encode()

    def _credential(self, response: dict[str, str]) -> str:
        name = text(self.credential_id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})


@pytest.fixture
def user_id(world: World) -> int:
    """A handler."""
    return world.people["city_handler"]


@pytest.fixture
def device(session: Session, user_id: int) -> Device:
    """The device whose passkey the handler has added."""
    made = Device()
    codes = add_passkey(user_id, " 办公室电脑 ", made.make(FIRST), SITE, FIRST, KEY, START)
    assert len(codes) == 10
    return made


def passes(user_id: int, answer: str, challenge: bytes = SECOND) -> bool:
    """Return whether ``answer`` completes a login."""
    return pass_with_passkey(user_id, answer, SITE, challenge, START + timedelta(hours=1))


def test_a_passkey_completes_a_login(session: Session, device: Device, user_id: int) -> None:
    """What the device signed completes the login, the time of which is kept."""
    assert passes(user_id, device.sign(SECOND))
    session.rollback()
    (kept,) = passkeys_of(session, user_id)
    assert (kept.name, kept.sign_count) == ("办公室电脑", 1)
    assert kept.last_used_at == START + timedelta(hours=1)
    events = session.scalars(sa.select(Event.action).order_by(Event.id.desc()).limit(1)).all()
    assert events == [RecordAction.ADD_FACTOR]


def test_what_was_signed_counts_once(session: Session, device: Device, user_id: int) -> None:
    """An answer that was sent before is refused, for its challenge and for its count."""
    answer = device.sign(SECOND)
    assert passes(user_id, answer)
    assert not passes(user_id, answer)
    assert not passes(user_id, answer, FIRST)


def test_what_others_signed_counts_never(
    session: Session, device: Device, user_id: int, world: World
) -> None:
    """Another device, another site, another person and no answer at all are refused and recorded."""
    assert not passes(user_id, Device().sign(SECOND))
    assert not passes(user_id, device.sign(SECOND, ELSEWHERE))
    assert not passes(world.people["police_handler"], device.sign(SECOND))
    for answer in ("", "{}", "[]", "null", '{"id": 1}', "x" * 5000):
        assert not passes(user_id, answer)
    session.rollback()
    last = session.scalars(sa.select(Event.action).order_by(Event.id.desc())).first()
    assert last == RecordAction.SECOND_FAILED


@pytest.mark.parametrize("answer", ["", "{}", "null", '{"id": "a", "response": 1}'])
def test_an_answer_that_is_no_key_is_told(session: Session, user_id: int, answer: str) -> None:
    """Whatever is no new key of this site is refused at its place."""
    with pytest.raises(InvalidInput) as error:
        add_passkey(user_id, "x", answer, SITE, FIRST, KEY, START)
    assert error.value.field == "answer"


def test_a_key_is_taken_once_and_from_here(session: Session, device: Device, user_id: int) -> None:
    """A key made for another site or challenge is refused, and so is one that is there already."""
    for answer in (Device().make(FIRST, ELSEWHERE), Device().make(SECOND), device.make(FIRST)):
        with pytest.raises(InvalidInput):
            add_passkey(user_id, "x", answer, SITE, FIRST, KEY, START)
    other = Device(b"another credential")
    assert add_passkey(user_id, "手机", other.make(FIRST), SITE, FIRST, KEY, START) == []
    session.rollback()
    assert [each.name for each in passkeys_of(session, user_id)] == ["办公室电脑", "手机"]


def test_a_browser_is_told_the_keys_that_there_are(
    session: Session, device: Device, user_id: int
) -> None:
    """Known keys are excluded when one is made, and named when one is to sign."""
    known, user = passkeys_of(session, user_id), session.get_one(User, user_id)
    offer = json.loads(offer_passkey(SITE, user, known, FIRST))
    asked = json.loads(ask_passkey(SITE, known, SECOND))
    name = text(device.credential_id)
    assert (offer["rp"]["id"], offer["user"]["name"]) == ("letters.example.gov", "city_handler")
    assert [each["id"] for each in offer["excludeCredentials"]] == [name]
    assert [each["id"] for each in asked["allowCredentials"]] == [name]
    assert (offer["challenge"], asked["challenge"]) == (text(FIRST), text(SECOND))


def test_the_last_factor_takes_the_codes_along(
    session: Session, device: Device, user_id: int, world: World
) -> None:
    """Nobody removes passkeys of others; with the last one nothing is asked for any more."""
    (kept,) = passkeys_of(session, user_id)
    remove_passkey(kept.id, world.people["police_handler"], START)
    session.rollback()
    assert session.get_one(User, user_id).has_factor
    remove_passkey(kept.id, user_id, START)
    session.rollback()
    assert not session.get_one(User, user_id).has_factor
    assert recovery_codes_left(session, user_id) == 0
    assert not passes(user_id, device.sign(SECOND))


def test_an_administrator_removes_passkeys(session: Session, device: Device, user_id: int) -> None:
    """A lost device is removed with everything that belongs to the factor."""
    reset_factor(user_id, SYSTEM, START)
    session.rollback()
    assert passkeys_of(session, user_id) == []
    assert not session.get_one(User, user_id).has_factor
