"""Keyed hashes of a sender's name and contacts, by which equal ones are found among encrypted ones.

A hash is the first 128 bits of an HMAC-SHA256 under a key of the server, bound to what it is a hash
of. Spellings of one name or contact have one hash. Names that many senders write instead of their own
have none.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from hashlib import sha256

_BYTES = 16
LENGTH = 2 * _BYTES
"""Characters of a hash."""
_SHORTEST_NAME, _SHORTEST_PHONE = 2, 7
_NO_NAME = frozenset(
    {"匿名", "网友", "市民", "群众", "业主", "村民", "居民", "用户", "无名", "不详", "未知", "家长"}
)
_SEPARATORS = re.compile(r"[\s·•‧・.]+")
_MOBILE = re.compile(r"(?:0{0,2}86)?(1[3-9][0-9]{9})")


def name_key(key: bytes, name: str | None) -> str | None:
    """Return the hash of a name; ``None`` for one character and for what is nobody's name.

    Width, case, blanks and the dots between parts of a name do not count.
    """
    plain = _SEPARATORS.sub("", unicodedata.normalize("NFKC", name or "")).casefold()
    if len(plain) < _SHORTEST_NAME or plain in _NO_NAME:
        return None
    return _hash(key, b"name", plain)


def phone_key(key: bytes, phone: str | None) -> str | None:
    """Return the hash of a telephone number of at least seven digits, else ``None``.

    Only digits count; the code of the country before a mobile number does not.
    """
    folded = unicodedata.normalize("NFKC", phone or "")
    digits = "".join(char for char in folded if char.isascii() and char.isdigit())
    mobile = _MOBILE.fullmatch(digits)
    digits = mobile[1] if mobile else digits
    return _hash(key, b"phone", digits) if len(digits) >= _SHORTEST_PHONE else None


def email_key(key: bytes, email: str | None) -> str | None:
    """Return the hash of an e-mail address, whatever its case; ``None`` for anything else."""
    plain = unicodedata.normalize("NFKC", email or "").strip().casefold()
    return _hash(key, b"email", plain) if "@" in plain else None


def _hash(key: bytes, what: bytes, text: str) -> str:
    return hmac.digest(key, b"sender-" + what + b"\0" + text.encode(), sha256)[:_BYTES].hex()
