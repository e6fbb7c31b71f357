"""Blocks of seals, each bound to the one before, and the head that says how far they go."""

from __future__ import annotations

import hmac
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from portal.domain.audit.keys import AuditKey, AuditKeyRing
from portal.domain.audit.rows import SEAL_SIZE, ChainKind

_ROW = struct.Struct(f">q{SEAL_SIZE}s")
START = bytes(32)
"""What the first block is bound to."""

Sealed = tuple[int, bytes]
"""The id of a row and its seal."""


def pack(rows: Iterable[Sealed]) -> bytes:
    """Return ids and seals as they are stored: 24 bytes for each row."""
    return b"".join(_ROW.pack(*row) for row in rows)


def unpack(packed: bytes) -> list[Sealed]:
    """Return the ids and seals of :func:`pack`; what is left of a torn row at the end is dropped."""
    whole = len(packed) - len(packed) % _ROW.size
    return list(_ROW.iter_unpack(packed[:whole]))


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of one kind that were sealed together.

    ``number`` counts blocks from 1, ``total`` the rows of this block and all before it; ``digest`` is
    the SHA-256 of the packed seals, so that the seals of removed rows can be dropped.
    """

    number: int
    kind: ChainKind
    count: int
    total: int
    digest: bytes
    sealed_at: datetime

    def mac(self, key: AuditKey, previous: bytes) -> bytes:
        """Return what binds this block to ``previous``, the MAC of the one before (32 bytes)."""
        numbers = f"{self.number} {self.count} {self.total} {_moment(self.sealed_at)}"
        return key.mac(b"block", previous, self.kind.encode(), numbers.encode(), self.digest)


def next_block(
    number: int, total: int, kind: ChainKind, packed: bytes, sealed_at: datetime
) -> Block:
    """Return the block of the ``packed`` rows behind block ``number``, which ends at ``total`` rows."""
    count = len(packed) // _ROW.size
    return Block(number + 1, kind, count, total + count, sha256(packed).digest(), sealed_at)


@dataclass(frozen=True, slots=True)
class Stored:
    """A block as the database has it; ``packed`` is ``None`` where its rows were removed."""

    block: Block
    packed: bytes | None
    key_id: bytes
    mac: bytes


def block_fault(ring: AuditKeyRing, previous: bytes | None, stored: Stored) -> str | None:
    """Return what is wrong with a block by itself, if anything.

    ``previous`` is the MAC of the block before, ``None`` where that is missing: then nothing can be
    said about the binding.
    """
    block, packed = stored.block, stored.packed
    key = ring.find(stored.key_id)
    if key is None:
        return f"was sealed with the key {stored.key_id.hex()}, which is not here"
    if previous is not None and not hmac.compare_digest(block.mac(key, previous), stored.mac):
        return "was changed, or the one before"
    if packed is not None and sha256(packed).digest() != block.digest:
        return "has other seals than were made"
    return None


@dataclass(frozen=True, slots=True)
class Head:
    """How far the chain goes.

    ``number``, ``total`` and ``mac`` are those of the last block; ``event_id`` and ``read_id`` the last
    rows that were looked at, ``gaps`` the ids before them that may still come, as text. Events up to
    ``adopted_id`` are older than the chain and have no stamp. Of the blocks of reads up to
    ``removed`` the rows may be gone.
    """

    number: int
    total: int
    mac: bytes
    adopted_id: int
    event_id: int
    read_id: int
    removed: int
    gaps: str
    sealed_at: datetime

    def sign(self, key: AuditKey) -> bytes:
        """Return the MAC of the head itself (32 bytes)."""
        numbers = (
            *(self.number, self.total, self.adopted_id, self.event_id, self.read_id),
            *(self.removed, _moment(self.sealed_at)),
        )
        said = " ".join(map(str, numbers))
        return key.mac(b"head", said.encode(), self.mac, self.gaps.encode())

    @property
    def noted(self) -> str:
        """The head as it is noted elsewhere: the number of rows and the MAC, hex."""
        return note_of(self.total, self.mac)


def note_of(total: int, mac: bytes) -> str:
    """Return a head as it is noted elsewhere, ``COUNT:MAC``."""
    return f"{total}:{mac.hex()}"


def read_note(text: str) -> tuple[int, bytes]:
    """Return number of rows and MAC of a noted head; raises ValueError for anything else."""
    count, _, mac = text.strip().partition(":")
    if not (count.isascii() and count.isdigit()) or len(mac) != 64:
        raise ValueError("must be a head as verify prints it, COUNT:MAC")
    return int(count), bytes.fromhex(mac)


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
