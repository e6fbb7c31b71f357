"""Leaves and heads: what is counted, and the exact bytes that others compute again."""

from datetime import UTC, date, datetime
from hashlib import sha256

import pytest

from portal.domain.events import Axis
from portal.domain.record.heads import head_text, public_key, sign, signed_by
from portal.domain.record.leaves import RecordKind, commitment, kind_of, leaf, opening

KEY = bytes(range(32))
NUMBER = "20160615-00001-2"
MOMENT = datetime(2016, 6, 15, 2, 30, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("axis", "before", "after", "kind"),
    [
        (Axis.HANDLING, None, "submitted", RecordKind.RECEIVED),
        (Axis.HANDLING, "awaiting_signoff", "closed", RecordKind.CLOSED),
        (Axis.HANDLING, "submitted", "declined", RecordKind.CLOSED),
        (Axis.HANDLING, "closed", "in_progress", RecordKind.REOPENED),
        (Axis.HANDLING, "closed", "closed", None),
        (Axis.HANDLING, "submitted", "in_progress", None),
        (Axis.PUBLICATION, "proposed", "published", RecordKind.PUBLISHED),
        (Axis.PUBLICATION, "published", "unpublished", RecordKind.UNPUBLISHED),
        (Axis.PUBLICATION, "published", "published", None),
        (Axis.PUBLICATION, "not_proposed", "proposed", None),
        (Axis.RECORD, None, None, None),
    ],
)
def test_what_is_counted(
    axis: Axis, before: str | None, after: str | None, kind: RecordKind | None
) -> None:
    """Receipts, and what enters or leaves the closed and the public letters."""
    assert kind_of(axis, before, after) is kind


def test_a_commitment_is_computed_from_what_the_sender_knows() -> None:
    """Kind, number, moment in UTC and opening, each on a line."""
    text = f"received\n{NUMBER}\n2016-06-15T02:30:01.000005Z\nabc"
    expected = sha256(text.encode()).hexdigest()
    assert commitment("abc", RecordKind.RECEIVED, NUMBER, MOMENT) == expected


def test_an_opening_depends_on_key_number_and_code() -> None:
    """No two letters, codes or keys share an opening; a letter without code has one too."""
    found = {
        opening(KEY, NUMBER, "hash"),
        opening(KEY, NUMBER, "other"),
        opening(KEY, NUMBER, None),
        opening(KEY, "20160615-00002-0", "hash"),
        opening(KEY[::-1], NUMBER, "hash"),
    }
    assert len(found) == 5
    assert {len(each) for each in found} == {64}
    assert opening(KEY, NUMBER, None) == opening(KEY, NUMBER, "")


def test_a_leaf_is_kind_day_and_commitment() -> None:
    """The leaf is hashed as RFC 6962 says, over one line."""
    expected = sha256(b"\0received 2016-06-15 abc").digest()
    assert leaf(RecordKind.RECEIVED, date(2016, 6, 15), "abc") == expected


def test_a_head_is_signed_over_day_size_and_root() -> None:
    """Who has the public key finds a head that was changed."""
    text = head_text(date(2016, 6, 15), 3, b"\xab\xcd")
    assert text == b"head of the public record\n2016-06-15\n3\nabcd\n"
    public, signature = public_key(KEY), sign(KEY, text)
    assert signed_by(public, signature, text)
    assert not signed_by(public, signature, text + b"x")
    assert not signed_by(public_key(KEY[::-1]), signature, text)
    assert not signed_by(b"short", signature, text)
