"""A seal that binds encrypted texts to the row they stand in.

A cipher text names its key, not its row: whoever writes to the database could copy it to another row and read it
there. So the row holds an HMAC over its public number and the plain texts, under a key of the server.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from hashlib import sha256

_BYTES = 16
SEAL_LENGTH = 2 * _BYTES
"""Characters of a seal."""


def row_seal(key: bytes, table: str, number: str, texts: Sequence[str | None]) -> str | None:
    """Return the seal of ``texts`` in the row of ``table`` with ``number``; ``None`` where all are empty.

    It is the first 128 bits of an HMAC-SHA256, in hex.
    """
    given = [text or "" for text in texts]
    if not any(given):
        return None
    body = json.dumps([table, number, *given]).encode()
    return hmac.digest(key, b"row-seal\0" + body, sha256)[:_BYTES].hex()


def is_of_row(
    key: bytes, table: str, number: str, texts: Sequence[str | None], seal: str | None
) -> bool:
    """Return whether ``seal`` was made for these texts in this row."""
    return hmac.compare_digest(row_seal(key, table, number, texts) or "", seal or "")
