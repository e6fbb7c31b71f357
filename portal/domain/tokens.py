"""Tokens with which other systems hand in letters: how they look and what is kept of them."""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256

NAME_MAX = 64
_PREFIX = "letterbox_"
_LONGEST = 200


def new_token() -> str:
    """Return a token of 256 random bits; scanners for secrets know it by its beginning."""
    return _PREFIX + secrets.token_urlsafe(32)


def hash_token(key: bytes, token: str) -> str:
    """Return what is stored of a token: hex HMAC-SHA256.

    A fast keyed hash is enough for 256 random bits; the key is not in the database.
    """
    text = token[:_LONGEST].encode(errors="replace")
    return hmac.digest(key, b"api-token\0" + text, sha256).hex()
