"""Files at rest: each is encrypted under a key of its own, which is kept in its row under the data key.

A rotation of the data keys renews what the row holds and leaves the files alone; a row that is deleted
takes the key with it, and its file can be read by nobody.
"""

from __future__ import annotations

import hashlib
import secrets

from portal.domain.integrity.ring import CipherName, Ring

_KEY = 32


def new_key() -> str:
    """Return the key of one file, as hexadecimal digits."""
    return secrets.token_bytes(_KEY).hex()


def seal(content: bytes, key: str, cipher: CipherName) -> bytes:
    """Return ``content`` encrypted under ``key``; the same content is never the same twice."""
    return Ring([bytes.fromhex(key)], cipher).encrypt(content).encode()


def unseal(sealed: bytes, key: str) -> bytes:
    """Return what was sealed under ``key``. Raises :class:`~portal.domain.integrity.ring.Unreadable`."""
    return Ring([bytes.fromhex(key)]).decrypt(sealed.decode("ascii", "replace"))


def stored_name(stored: bytes) -> str:
    """Return the name of a file in the store: the SHA-256 of what is stored, in hex.

    Of private files that is the cipher text, so that equal files have names of their own.
    """
    return hashlib.sha256(stored).hexdigest()
