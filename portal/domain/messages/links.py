"""Signed links and codes that need no login: the way out of messages, the proof of an address."""

from __future__ import annotations

import hmac
from base64 import b32encode
from hashlib import sha256

_LENGTH = 20
"""Characters of a signature: 100 bits."""
_DIGITS = 6


def sign(key: bytes, purpose: str, subject: str) -> str:
    """Return the token of ``subject`` for ``purpose``: the subject, a dot and a signature."""
    said = f"{purpose}\0{subject}".encode()
    digest = hmac.digest(key, b"message-link\0" + said, sha256)
    return f"{subject}.{b32encode(digest).decode()[:_LENGTH].lower()}"


def opened(key: bytes, purpose: str, token: str) -> str | None:
    """Return the subject of a token signed for ``purpose``, ``None`` for any other text."""
    subject, _, _signature = token.rpartition(".")
    right = sign(key, purpose, subject)
    same = hmac.compare_digest(right.encode(), token.encode(errors="replace"))
    return subject if subject and same else None


def digits(key: bytes, purpose: str, subject: str) -> str:
    """Return six digits for ``subject``, to be typed from a text message; few tries must be allowed."""
    said = f"{purpose}\0{subject}".encode()
    number = int.from_bytes(hmac.digest(key, b"message-digits\0" + said, sha256))
    return f"{number % 10**_DIGITS:0{_DIGITS}}"
