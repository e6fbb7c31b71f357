"""The ring of data keys: the first encrypts, and each reads what it has written.

A cipher text is ``2.CIPHER.KEY.TEXT``: the version of the format, the cipher, the id of the key, and in base64url
what the cipher made. Version 1 had none of the first three: it is a Fernet token of one of the keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from cryptography.fernet import InvalidToken

from portal.domain.integrity.ciphers import Aes, Sm4
from portal.domain.integrity.keys import key_id

VERSION = "2"
PREFIX_LENGTH = 15
"""Characters before the text: version, cipher and key id, each with a dot."""
_PARTS = 4


class CipherName(StrEnum):
    """The ciphers that can be chosen."""

    AES = "aes"
    SM4 = "sm4"


_CIPHERS: dict[CipherName, type[Aes] | type[Sm4]] = {CipherName.AES: Aes, CipherName.SM4: Sm4}


class Unreadable(Exception):
    """A text cannot be decrypted: ``key_id`` is the key it needs, ``None`` where that is not known."""

    def __init__(self, key_id: str | None = None) -> None:
        super().__init__(f"not readable with the data key {key_id}" if key_id else "not readable")
        self.key_id = key_id


class Ring:
    """Keys of 32 bytes, the newest first, and the cipher for what is written.

    Raises :class:`~portal.domain.integrity.ciphers.Unsupported` where this system lacks the cipher.
    """

    def __init__(self, keys: Sequence[bytes], cipher: CipherName = CipherName.AES) -> None:
        self.ids = tuple(dict.fromkeys(map(key_id, keys)))
        self._keys = {key_id(key): key for key in keys}
        self._known: dict[tuple[str, str], Aes | Sm4] = {}
        self.prefix = prefix(cipher, self.ids[0])
        self._writer = self._cipher(cipher, self.ids[0])

    def encrypt(self, content: bytes) -> str:
        """Return the cipher text of ``content`` under the newest key; it is another one each time."""
        return self.prefix + self._writer.encrypt(content, self.prefix.encode())

    def decrypt(self, text: str) -> bytes:
        """Return what was encrypted, with whichever key. Raises :class:`Unreadable`."""
        if not is_named(text):
            return self._decrypt_unnamed(text)
        parts = text.split(".", _PARTS - 1)
        if len(parts) != _PARTS or parts[1] not in set(CipherName):
            raise Unreadable
        _, cipher, key, made = parts
        if key not in self._keys:
            raise Unreadable(key)
        try:
            return self._cipher(cipher, key).decrypt(made, text[:PREFIX_LENGTH].encode())
        except InvalidToken as error:
            raise Unreadable(key) from error

    def _decrypt_unnamed(self, text: str) -> bytes:
        for key in self.ids:
            try:
                return self._cipher(CipherName.AES, key).decrypt(text, b"")
            except InvalidToken:
                continue
        raise Unreadable

    def _cipher(self, cipher: str, key: str) -> Aes | Sm4:
        found = self._known.get((cipher, key))
        if found is None:
            found = self._known[cipher, key] = _CIPHERS[CipherName(cipher)](self._keys[key])
        return found


def prefix(cipher: str, key: str) -> str:
    """Return the beginning of everything that a key has encrypted with a cipher."""
    return f"{VERSION}.{cipher}.{key}."


def key_of(text: str) -> str:
    """Return the id of the key that a cipher text, or the beginning of one, names."""
    return text.split(".")[2]


def cipher_of(text: str) -> str:
    """Return the cipher that a cipher text, or the beginning of one, names."""
    return text.split(".")[1]


def is_named(text: str) -> bool:
    """Return whether a cipher text names its key."""
    return text.startswith(f"{VERSION}.")
