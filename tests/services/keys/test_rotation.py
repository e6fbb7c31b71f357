"""A rotation re-encrypts everything in steps; a key goes only when nothing needs it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.adapters.data_ring import ring_of
from portal.config import Settings
from portal.domain.integrity.binding import row_seal
from portal.domain.integrity.ring import CipherName, Ring, cipher_of, key_of
from portal.key_files import add_data_key
from portal.models import AuditKeys, Cipher, KeyCheck, KeyRotation, Letter, SenderKeys, User
from portal.models.base import EncryptedText
from portal.queries.audit.check import verify
from portal.queries.keys import encrypted_columns, values_by_prefix
from portal.services.audit.sealing import ensure_chain
from portal.services.core.unit import writing
from portal.services.core.unsent import keep_unsent
from portal.services.keys import rotation
from portal.services.keys.rotation import StillNeeded
from tests.builders import START, World, a_letter
from tests.services.audit.conftest import seal_all, search_for

LATER = START + timedelta(days=1)
CONTACTS: dict[str, Any] = {"name": "周晓兰", "phone": "13912345678", "email": "zhou@example.org"}
"""Of each letter; three values of each."""


@pytest.fixture(autouse=True)
def ring(settings: Settings, session: Session) -> Iterator[None]:
    """Follow the keys of the instance; put the ring of the process back afterwards."""
    kept = Cipher.ring()
    Cipher.load(ring_of(settings))
    yield
    Cipher.load(lambda: kept)


def newer(settings: Settings) -> str:
    """Add a data key and return its id."""
    add_data_key(settings.keys_folder)
    rotation.register(settings.data_keys[0])
    return Cipher.ring().ids[0]


def values(session: Session) -> dict[str, int]:
    """Return how many values each key has encrypted, by its id."""
    found: dict[str, int] = {}
    for start, count in values_by_prefix(session).items():
        key = key_of(start) if start else ""
        found[key] = found.get(key, 0) + count
    session.rollback()
    return found


def work(batch: int = 500) -> int:
    """Take steps until nothing is left; return how many there were."""
    steps = 0
    while rotation.step(LATER, batch):
        steps += 1
    return steps


def test_everything_encrypted_is_known(session: Session) -> None:
    """Each column of cipher texts is rotated, in whatever table it is; each table has an id."""
    found = encrypted_columns()
    assert {"letter", "disclosure_request", "unsent_form", "user_account"} <= {
        t.name for t in found
    }
    assert all(isinstance(c.type, EncryptedText) for columns in found.values() for c in columns)
    assert all("id" in table.c for table in found)


def test_a_rotation_moves_every_value_to_the_newest_key(
    session: Session, settings: Settings, world: World
) -> None:
    """Letters, accounts and forms not sent yet are under the newest key, and read as before."""
    letter = a_letter(session, world, **CONTACTS)
    letter_id, hashes = letter.id, (letter.name_key, letter.phone_key, letter.email_key)
    keep_unsent("a" * 64, "text", LATER)
    with writing() as unit:
        unit.scalars(sa.select(User).limit(1)).one().totp_secret = "SECRET"
    old, new = Cipher.ring().ids[0], newer(settings)
    assert values(session) == {old: 5}
    assert rotation.begin(LATER) == 5
    assert work() > 0
    assert values(session) == {new: 5}
    letter = session.get_one(Letter, letter_id)
    assert (letter.sender_name, letter.sender_phone) == ("周晓兰", "13912345678")
    assert (letter.name_key, letter.phone_key, letter.email_key) == hashes
    ended = session.scalars(sa.select(KeyRotation)).one()
    assert (ended.done, ended.total, ended.unreadable, ended.ended_at) == (5, 5, 0, LATER)


def test_steps_are_bounded(session: Session, settings: Settings, world: World) -> None:
    """A step looks at no more rows than it may, and says how far the rotation is."""
    for _ in range(3):
        a_letter(session, world, **CONTACTS)
    newer(settings)
    rotation.begin(LATER)
    while session.scalars(sa.select(KeyRotation.done)).one() == 0:
        session.rollback()
        assert rotation.step(LATER, 2) <= 2
    running = session.scalars(sa.select(KeyRotation)).one()
    assert (running.table_name, running.done, running.total) == ("letter", 6, 9)
    session.rollback()
    work(2)
    assert len(values(session)) == 1


def test_values_written_meanwhile_with_an_older_key_are_found(
    session: Session, settings: Settings, world: World
) -> None:
    """A server that went on with the older key for a while has its values re-encrypted too."""
    a_letter(session, world, **CONTACTS)
    older = Cipher.ring()
    new = newer(settings)
    rotation.begin(LATER)
    for _ in range(3):
        rotation.step(LATER, 1)
    newest = ring_of(settings)
    Cipher.load(lambda: older)
    a_letter(session, world, **CONTACTS)
    session.rollback()
    Cipher.load(newest)
    work()
    work()
    assert values(session) == {new: 6}
    assert session.scalars(sa.select(KeyRotation.ended_at)).one() == LATER


def test_a_value_changed_during_a_step_is_left_alone(
    session: Session, settings: Settings, world: World
) -> None:
    """A step writes over what it has read and over nothing else."""
    letter = a_letter(session, world, **CONTACTS)
    letter_id = letter.id
    newer(settings)
    table = next(table for table in encrypted_columns() if table.name == "letter")
    with writing() as unit:
        changed = rotation._change(unit, table, letter_id, "sender_name", "read before", "made")
    assert changed == 0
    session.expire_all()
    assert session.get_one(Letter, letter_id).sender_name == "周晓兰"


def test_a_rotation_moves_between_ciphers(
    session: Session, settings: Settings, world: World
) -> None:
    """With another cipher chosen everything goes over to it under the same key, and back."""
    letter_id = a_letter(session, world, **CONTACTS).id
    for cipher in (CipherName.SM4, CipherName.AES):
        keys = settings.data_keys
        Cipher.load(lambda keys=keys, cipher=cipher: Ring(keys, cipher))  # type: ignore[misc]
        assert rotation.begin(LATER) == 3
        work()
        found = values_by_prefix(session)
        assert {cipher_of(start) for start in found} == {cipher}
        session.expire_all()
        assert session.get_one(Letter, letter_id).sender_phone == "13912345678"
        session.rollback()


def test_nothing_is_begun_where_nothing_is_left(session: Session, world: World) -> None:
    """Where the newest key has encrypted everything, there is no rotation."""
    a_letter(session, world, **CONTACTS)
    assert rotation.begin(LATER) == 0
    assert session.scalars(sa.select(KeyRotation)).all() == []


def test_a_rotation_for_another_key_waits(
    session: Session, settings: Settings, world: World
) -> None:
    """A worker that does not write with the key of the rotation does nothing; beginning again goes to the newest."""
    a_letter(session, world, **CONTACTS)
    newer(settings)
    rotation.begin(LATER)
    newest = newer(settings)
    assert rotation.step(LATER) == 0
    assert rotation.begin(LATER) == 3
    work()
    assert values(session) == {newest: 3}
    assert session.scalars(sa.select(KeyRotation).where(KeyRotation.ended_at.is_(None))).all() == []


def test_an_unreadable_value_ends_no_rotation(
    session: Session, settings: Settings, world: World
) -> None:
    """A value that no key decrypts stays as it is and is counted."""
    letter_id = a_letter(session, world, **CONTACTS).id
    lost = Ring([b"l" * 32]).encrypt(b"lost")
    with writing() as unit:
        change = sa.text("UPDATE letter SET sender_name = :lost WHERE id = :id")
        unit.execute(change, {"lost": lost, "id": letter_id})
    newer(settings)
    rotation.begin(LATER)
    work()
    ended = session.scalars(sa.select(KeyRotation)).one()
    assert (ended.done, ended.unreadable, ended.ended_at) == (2, 1, LATER)


def test_a_key_is_dropped_only_when_nothing_needs_it(
    session: Session, settings: Settings, world: World
) -> None:
    """A key that encrypts or has encrypted stays; afterwards it and its check value go together."""
    removed: list[str] = []
    a_letter(session, world, **CONTACTS)
    rotation.register(settings.data_keys[0])
    old = Cipher.ring().ids[0]
    with pytest.raises(StillNeeded):
        rotation.drop(old, lambda: removed.append(old))
    new = newer(settings)
    with pytest.raises(StillNeeded) as caught:
        rotation.drop(old, lambda: removed.append(old))
    assert caught.value.values == 3
    rotation.begin(LATER)
    work()
    assert removed == []
    rotation.drop(old, lambda: removed.append(old))
    assert removed == [old]
    session.rollback()
    assert session.scalars(sa.select(KeyCheck.name)).all() == [f"data-{new}"]


def test_values_that_name_no_key_keep_every_key(
    session: Session, settings: Settings, world: World
) -> None:
    """While values of an earlier version are there, each key may be theirs."""
    letter = a_letter(session, world, name="周晓兰")
    letter_id, number = letter.id, letter.number
    old = Cipher.ring().ids[0]
    named = Cipher.encrypt("周晓兰".encode())
    with writing() as unit:
        change = sa.text(
            "UPDATE letter SET sender_name = :text, sender_phone = NULL, sender_seal = :seal"
            " WHERE id = :id"
        )
        seal = row_seal(SenderKeys.key, "letter", number, ("周晓兰", None, None))
        unit.execute(change, {"text": named.split(".")[3], "seal": seal, "id": letter_id})
    new = newer(settings)
    assert values(session) == {"": 1}
    with pytest.raises(StillNeeded):
        rotation.drop(old, lambda: None)
    assert rotation.begin(LATER) == 1
    work()
    assert values(session) == {new: 1}
    session.expire_all()
    assert session.get_one(Letter, letter_id).sender_name == "周晓兰"


def test_searches_keep_their_seals(settings: Settings, session: Session, world: World) -> None:
    """Stamp and seal are of what was searched for, whichever key encrypts it."""
    ensure_chain(START)
    search_for("q=周晓兰; found=1")
    seal_all()
    search_for("q=路灯; found=2")
    key = newer(settings)
    rotation.begin(LATER)
    work()
    assert set(values(session)) == {key}
    seal_all()
    found = verify(session, AuditKeys.loaded(), LATER)
    assert (found.faults, found.waiting) == ([], 0)
