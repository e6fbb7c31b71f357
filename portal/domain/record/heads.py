"""Signed heads of the record: what is signed, with Ed25519, and how it is verified."""

from __future__ import annotations

from datetime import date

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


def head_text(day: date, size: int, root: bytes) -> bytes:
    """Return what is signed: a title, the day, the number of leaves and the root, line by line."""
    return f"head of the public record\n{day.isoformat()}\n{size}\n{root.hex()}\n".encode()


def public_key(key: bytes) -> bytes:
    """Return the public key (32 bytes) of the secret ``key`` (32 bytes)."""
    return Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw()


def sign(key: bytes, text: bytes) -> bytes:
    """Return the signature (64 bytes) of ``text`` by the secret ``key``."""
    return Ed25519PrivateKey.from_private_bytes(key).sign(text)


def signed_by(public: bytes, signature: bytes, text: bytes) -> bool:
    """Return whether ``signature`` is that of ``text`` by the owner of ``public``."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True
