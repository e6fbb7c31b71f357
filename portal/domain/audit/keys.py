"""The keys of the audit chain, derived from keys of the instance."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field

ID_SIZE = 4
"""Bytes of the identifier of a key."""


@dataclass(frozen=True, slots=True)
class AuditKey:
    """A key (32 bytes) and the identifier that stands beside everything made with it."""

    id: bytes
    secret: bytes = field(repr=False)

    @classmethod
    def of(cls, instance_key: bytes) -> AuditKey:
        """Derive the key from a key of the instance."""
        secret = hmac.digest(instance_key, b"letterbox audit chain", "sha256")
        return cls(hmac.digest(secret, b"identifier", "sha256")[:ID_SIZE], secret)

    def mac(self, purpose: bytes, *parts: bytes) -> bytes:
        """Return the HMAC-SHA256 (32 bytes) of ``parts`` for ``purpose``; each has its length before it."""
        said = b"".join(len(part).to_bytes(8) + part for part in (purpose, *parts))
        return hmac.digest(self.secret, said, "sha256")


class AuditKeyRing:
    """The keys of the audit chain: the first makes stamps and seals, all of them verify."""

    def __init__(self, instance_keys: Iterable[bytes]) -> None:
        keys = [AuditKey.of(each) for each in instance_keys]
        self.newest = keys[0]
        self._known = {key.id: key for key in keys}

    def find(self, key_id: bytes) -> AuditKey | None:
        """Return the key with the identifier ``key_id``, if it is on the ring."""
        return self._known.get(key_id)
