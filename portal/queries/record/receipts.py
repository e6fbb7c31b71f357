"""What a receipt says of the public record."""

from __future__ import annotations

from portal.domain.record.leaves import RecordKind, commitment, opening
from portal.models import Letter


def receipt_commitment(letter: Letter, code_key: bytes) -> str:
    """Return the commitment, hex, with which the receipt of ``letter`` enters the record."""
    opened = opening(code_key, letter.number, letter.code_hash)
    return commitment(opened, RecordKind.RECEIVED, letter.number, letter.received_at)
