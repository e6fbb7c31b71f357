"""The leaves of the public record: which events are counted, and the commitment to each.

A leaf holds the kind of the event, its day and a commitment, and nothing else about the letter.
Who has opened the letter with number and code gets the opening, a value from which together with
the number and the moment everybody computes the commitment again.
"""

from __future__ import annotations

import hmac
from datetime import UTC, date, datetime
from hashlib import sha256

from portal.domain.errors import N_
from portal.domain.events import Axis
from portal.domain.letters.states import Publication, State
from portal.domain.record.tree import leaf_hash
from portal.domain.translatable import Labelled

ENDED = frozenset({str(State.CLOSED), str(State.DECLINED)})
"""The states that count as closed."""
PUBLIC = frozenset({str(Publication.PUBLISHED)})


class RecordKind(Labelled):
    """What happened to a letter, as far as figures count it."""

    RECEIVED = "received", N_("收到来信")
    CLOSED = "closed", N_("办结来信")
    REOPENED = "reopened", N_("重新办理")
    PUBLISHED = "published", N_("公示答复")
    UNPUBLISHED = "unpublished", N_("撤下公示")


def kind_of(axis: Axis, before: str | None, after: str | None) -> RecordKind | None:
    """Return as what the event that leads from ``before`` to ``after`` is counted, if at all."""
    if axis is Axis.HANDLING:
        if before is None:
            return RecordKind.RECEIVED
        return _change(before, after, ENDED, RecordKind.CLOSED, RecordKind.REOPENED)
    if axis is Axis.PUBLICATION:
        return _change(before, after, PUBLIC, RecordKind.PUBLISHED, RecordKind.UNPUBLISHED)
    return None


def _change(
    before: str | None,
    after: str | None,
    states: frozenset[str],
    entered: RecordKind,
    left: RecordKind,
) -> RecordKind | None:
    if (before in states) == (after in states):
        return None
    return entered if after in states else left


def opening(code_key: bytes, number: str, code_hash: str | None) -> str:
    """Return the opening of a letter's commitments, hex; ``code_hash`` is kept of its query code."""
    text = f"record-opening\0{number}\0{code_hash or ''}".encode()
    return hmac.digest(code_key, text, sha256).hex()


def commitment(opened: str, kind: RecordKind, number: str, moment: datetime) -> str:
    """Return the commitment, hex: SHA-256 of kind, number, moment and opening, each on a line."""
    text = f"{kind}\n{number}\n{moment_text(moment)}\n{opened}"
    return sha256(text.encode()).hexdigest()


def moment_text(moment: datetime) -> str:
    """Return a moment as it stands in a commitment: UTC, six digits of the second."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def leaf(kind: RecordKind, day: date, committed: str) -> bytes:
    """Return the hash of a leaf: that of kind, day and commitment, each separated by a space."""
    return leaf_hash(f"{kind} {day.isoformat()} {committed}".encode())
