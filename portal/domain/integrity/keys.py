"""What a database keeps of a key, so that a key of another database is noticed."""

from __future__ import annotations

import hashlib
import hmac

CHECKED = ("code", "lookup", "record")
"""The keys, beside those of data, that what is kept was made with and that nothing can take the place of."""
DATA = "data"
_ID = 8


def check_value(name: str, key: bytes) -> str:
    """Return 64 hexadecimal digits that say whether a key is the one called ``name``, and no more."""
    return hmac.digest(key, b"letterbox key check: " + name.encode(), hashlib.sha256).hex()


def key_id(key: bytes) -> str:
    """Return the eight digits by which a data key is called: the first of its check value."""
    return check_value(DATA, key)[:_ID]


def data_name(key_id: str) -> str:
    """Return the name under which the database keeps the check value of a data key."""
    return f"{DATA}-{key_id}"
