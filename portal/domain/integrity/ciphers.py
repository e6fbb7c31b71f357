"""The ciphers of personal data, both encrypt-then-MAC: AES with SHA-256, and SM4 with SM3 (国密).

AES is Fernet of ``cryptography``: AES-128 in CBC mode with HMAC-SHA256. SM4 is built in the same way: SM4 (GB/T 32907)
in CBC mode with PKCS #7 padding and HMAC-SM3 (GB/T 32905), under two keys of 16 bytes that HKDF with SM3 derives.
"""

from __future__ import annotations

import binascii
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.padding import PKCS7

_BLOCK = 16
_MAC = 32


class Unsupported(Exception):
    """The cryptographic library of this system lacks a cipher."""


class Aes:
    """Fernet under a key of 32 bytes."""

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(urlsafe_b64encode(key))

    def encrypt(self, content: bytes, header: bytes) -> str:
        """Return a Fernet token; Fernet has nothing to bind ``header`` to, which only names the key."""
        return self._fernet.encrypt(content).decode()

    def decrypt(self, text: str, header: bytes) -> bytes:
        """Return what :meth:`encrypt` was given. Raises ``InvalidToken``."""
        return self._fernet.decrypt(text.encode())


class Sm4:
    """SM4-CBC with HMAC-SM3 under keys derived from a key of 32 bytes. Raises :class:`Unsupported`."""

    def __init__(self, key: bytes) -> None:
        try:
            derived = HKDF(SM3(), 2 * _BLOCK, salt=None, info=b"letterbox sm4").derive(key)
            self._cipher_key, self._mac_key = derived[:_BLOCK], derived[_BLOCK:]
            sm4_block(self._cipher_key, bytes(_BLOCK))
        except UnsupportedAlgorithm as error:
            raise Unsupported(
                "the OpenSSL of the Python package cryptography lacks SM4 or SM3"
            ) from error

    def encrypt(self, content: bytes, header: bytes) -> str:
        """Return base64url of initial vector, cipher text and MAC; the MAC covers ``header`` too."""
        vector = secrets.token_bytes(_BLOCK)
        padder = PKCS7(8 * _BLOCK).padder()
        made = self._with(vector).encryptor()
        body = vector + made.update(padder.update(content) + padder.finalize()) + made.finalize()
        return urlsafe_b64encode(body + self._mac(header + body).finalize()).decode()

    def decrypt(self, text: str, header: bytes) -> bytes:
        """Return what :meth:`encrypt` was given. Raises ``InvalidToken``."""
        try:
            sealed = urlsafe_b64decode(text)
            body, mac = sealed[:-_MAC], sealed[-_MAC:]
            self._mac(header + body).verify(mac)
        except (binascii.Error, InvalidSignature, ValueError) as error:
            raise InvalidToken from error
        opened = self._with(body[:_BLOCK]).decryptor()
        unpadder = PKCS7(8 * _BLOCK).unpadder()
        padded = opened.update(body[_BLOCK:]) + opened.finalize()
        return unpadder.update(padded) + unpadder.finalize()

    def _with(self, vector: bytes) -> Cipher[modes.CBC]:
        return Cipher(SM4(self._cipher_key), modes.CBC(vector))

    def _mac(self, content: bytes) -> HMAC:
        mac = HMAC(self._mac_key, SM3())
        mac.update(content)
        return mac


def sm4_block(key: bytes, block: bytes) -> bytes:
    """Return one block of 16 bytes encrypted with SM4, as the standard's examples have it."""
    made = Cipher(SM4(key), modes.ECB()).encryptor()  # noqa: S305 - one block, no mode
    return made.update(block) + made.finalize()
