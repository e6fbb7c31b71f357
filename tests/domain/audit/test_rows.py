"""What of a row is protected: content, stamp and seal, each to the byte."""

import hmac
from datetime import UTC, date, datetime, timedelta, timezone
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.audit.keys import AuditKey, AuditKeyRing
from portal.domain.audit.rows import ChainKind, content, is_stamped, make_seal, make_stamp
from portal.domain.events import Axis

RING = AuditKeyRing([b"a" * 32, b"b" * 32])
OLD = AuditKey.of(b"b" * 32)
EVENT, READ = ChainKind.EVENT, ChainKind.READ
NONCE = b"12345678"
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
rows = st.dictionaries(st.sampled_from("abc"), st.none() | texts, max_size=3)


def test_keys_are_derived_and_named() -> None:
    """The secret and its identifier come from the key of the instance, by HMAC-SHA256."""
    key = AuditKey.of(b"k" * 32)
    secret = hmac.digest(b"k" * 32, b"letterbox audit chain", "sha256")
    assert key.secret == secret
    assert key.id == hmac.digest(secret, b"identifier", "sha256")[:4]
    said = b"\0\0\0\0\0\0\0\2to\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\3abc"
    assert key.mac(b"to", b"", b"abc") == hmac.digest(secret, said, "sha256")
    assert "secret" not in repr(key)


def test_the_first_key_writes_and_all_verify() -> None:
    """A ring finds its keys by identifier and no others."""
    assert RING.newest == AuditKey.of(b"a" * 32)
    assert RING.find(OLD.id) == OLD
    assert RING.find(AuditKey.of(b"c" * 32).id) is None


def test_content_is_written_out() -> None:
    """Columns stand in the order of their names, each value with its length; id and stamp do not."""
    at = datetime(2016, 6, 1, 9, 30, 0, 5, timezone(timedelta(hours=8)))
    values = {
        "stamp": b"x",
        "id": 7,
        "axis": Axis.HANDLING,
        "reason": None,
        "at": at,
        "due_on": date(2016, 6, 2),
        "actor_id": 12,
        "subject": "路灯",
    }
    assert content(values).decode() == (
        "actor_id=2:12;at=32:2016-06-01T01:30:00.000005+00:00;axis=8:handling;"
        "due_on=10:2016-06-02;subject=2:路灯;"
    )
    assert content({}) == b""


@given(rows, rows)
def test_rows_that_differ_have_different_content(
    one: dict[str, str], other: dict[str, str]
) -> None:
    """Nothing but a column without a value can be added unseen."""
    given_one = {name: value for name, value in one.items() if value is not None}
    given_other = {name: value for name, value in other.items() if value is not None}
    assert (content(one) == content(other)) == (given_one == given_other)


def test_a_stamp_holds_key_nonce_and_mac() -> None:
    """28 bytes: four of the key, eight of the nonce, sixteen of the HMAC."""
    key = RING.newest
    stamp = make_stamp(key, NONCE, EVENT, b"row")
    mac = key.mac(b"stamp", b"event", NONCE, b"row")
    assert stamp == key.id + NONCE + mac[:16]
    assert len(stamp) == 28


@pytest.mark.parametrize("key", [RING.newest, OLD])
def test_a_stamp_of_any_key_of_the_ring_is_good(key: AuditKey) -> None:
    """Rows from before a rotation are still known."""
    assert is_stamped(RING, make_stamp(key, NONCE, EVENT, b"row"), EVENT, b"row")


def test_a_stamp_is_good_for_its_row_only() -> None:
    """Another content, kind or key, a changed nonce, and half a stamp are none."""
    stamp = make_stamp(RING.newest, NONCE, EVENT, b"row")
    foreign = make_stamp(AuditKey.of(b"c" * 32), NONCE, EVENT, b"row")
    assert not is_stamped(RING, stamp, EVENT, b"other")
    assert not is_stamped(RING, stamp, READ, b"row")
    assert not is_stamped(RING, foreign, EVENT, b"row")
    assert not is_stamped(RING, stamp[:4] + b"87654321" + stamp[12:], EVENT, b"row")
    assert not is_stamped(RING, stamp[:-1], EVENT, b"row")
    assert not is_stamped(RING, stamp + b"\0", EVENT, b"row")
    assert not is_stamped(RING, None, EVENT, b"row")


def test_a_seal_holds_place_stamp_and_content() -> None:
    """Sixteen bytes of the HMAC over kind, id, stamp and content; an older row has no stamp."""
    key = RING.newest
    seal = make_seal(key, READ, 258, b"stamp", b"row")
    assert seal == key.mac(b"seal", b"read", b"\0\0\0\0\0\0\1\2", b"stamp", b"row")[:16]
    assert make_seal(key, READ, 1, None, b"row") == make_seal(key, READ, 1, b"", b"row")
    others = (
        make_seal(OLD, READ, 258, b"stamp", b"row"),
        make_seal(key, EVENT, 258, b"stamp", b"row"),
        make_seal(key, READ, 259, b"stamp", b"row"),
        make_seal(key, READ, 258, b"stomp", b"row"),
        make_seal(key, READ, 258, b"stamp", b"raw"),
    )
    assert seal not in others


def test_moments_are_the_same_in_every_zone() -> None:
    """Databases give moments back in UTC."""
    shanghai = datetime(2016, 6, 1, 8, tzinfo=timezone(timedelta(hours=8)))
    assert content({"at": shanghai}) == content({"at": datetime(2016, 6, 1, tzinfo=UTC)})
    assert sha256(content({"at": shanghai})).digest() != sha256(content({})).digest()
