"""What corrections of a public entry changed, from the public texts before and after each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.domain.letters.text_changes import Piece, text_changes
from portal.domain.redaction import PublicField
from portal.models import ArchiveEntry, ArchiveVersion


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction and the texts that it changed; none where what was said before is not shown."""

    at: datetime
    hidden: bool
    changes: Mapping[PublicField, list[Piece]]


def corrections(entry: ArchiveEntry) -> list[Correction]:
    """Return the corrections of a public ``entry``, the last one first."""
    found: list[Correction] = []
    later: ArchiveEntry | ArchiveVersion = entry
    at = entry.updated_at
    for earlier in reversed(entry.versions):
        hidden = earlier.hidden_at is not None
        changes = {} if hidden else changed_texts(texts_of(earlier), texts_of(later))
        found.append(Correction(at, hidden, changes))
        later, at = earlier, earlier.published_at
    return found


def texts_of(version: ArchiveEntry | ArchiveVersion) -> dict[PublicField, str]:
    """Return the public texts of an entry, or of an earlier version of it."""
    return {field: getattr(version, field.value) for field in PublicField}


def changed_texts(
    before: Mapping[PublicField, str], after: Mapping[PublicField, str]
) -> dict[PublicField, list[Piece]]:
    """Return the pieces of each text that differs."""
    return {
        field: text_changes(before[field], after[field])
        for field in before
        if before[field] != after[field]
    }
