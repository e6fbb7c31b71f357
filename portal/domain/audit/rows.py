"""What of a row is protected: its content, the stamp it is born with, and its seal in the chain.

A stamp is made as the row is written, so that nobody without the key can write one. A seal holds
content, stamp and place together, and is kept apart from the row.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum

from portal.domain.audit.keys import ID_SIZE, AuditKey, AuditKeyRing

NONCE_SIZE, _SHORT = 8, 16
STAMP_SIZE = ID_SIZE + NONCE_SIZE + _SHORT
"""Bytes of a stamp: the identifier of the key, a nonce, the first half of an HMAC-SHA256."""
SEAL_SIZE = _SHORT
"""Bytes of a seal: the first half of an HMAC-SHA256."""
UNPROTECTED = frozenset({"id", "stamp"})
"""Columns that are no content: the seal holds both."""


class ChainKind(StrEnum):
    """The tables whose rows are in the chain."""

    EVENT = "event"
    READ = "read"


def content(values: Mapping[str, object]) -> bytes:
    """Return the content of a row of ``values`` by column, the same for equal rows and no others.

    Columns without a value are left out, so that rows keep their content when a table gets a column.
    """
    given = (
        f"{name}={_text(values[name])}"
        for name in sorted(values)
        if values[name] is not None and name not in UNPROTECTED
    )
    return "".join(given).encode("utf-8", "surrogatepass")


def _text(value: object) -> str:
    """Return ``value`` with its length; moments are in UTC with six digits of the second."""
    if isinstance(value, datetime):
        text = value.astimezone(UTC).isoformat(timespec="microseconds")
    elif isinstance(value, date):
        text = value.isoformat()
    else:
        text = str(value)
    return f"{len(text)}:{text};"


def make_stamp(key: AuditKey, nonce: bytes, kind: ChainKind, row: bytes) -> bytes:
    """Return the stamp of a row with the content ``row``; ``nonce`` (8 bytes) is never used twice."""
    return key.id + nonce + key.mac(b"stamp", kind.encode(), nonce, row)[:_SHORT]


def is_stamped(ring: AuditKeyRing, stamp: bytes | None, kind: ChainKind, row: bytes) -> bool:
    """Return whether ``stamp`` was made by a holder of the keys for the content ``row``."""
    if stamp is None or len(stamp) != STAMP_SIZE:
        return False
    key = ring.find(stamp[:ID_SIZE])
    if key is None:
        return False
    nonce = stamp[ID_SIZE : ID_SIZE + NONCE_SIZE]
    return hmac.compare_digest(make_stamp(key, nonce, kind, row), stamp)


def make_seal(
    key: AuditKey, kind: ChainKind, row_id: int, stamp: bytes | None, row: bytes
) -> bytes:
    """Return the seal of the row ``row_id``; rows from before the chain have no stamp."""
    return key.mac(b"seal", kind.encode(), row_id.to_bytes(8, signed=True), stamp or b"", row)[
        :SEAL_SIZE
    ]
