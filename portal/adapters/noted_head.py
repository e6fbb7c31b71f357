"""The newest head of the audit chain, noted in the instance folder.

Whoever can change the database alone, and brings back an older state of it, leaves this as it is.
"""

from __future__ import annotations

import os
from pathlib import Path

_NAME = "audit-head"


def write_note(instance: Path, noted: str) -> None:
    """Replace the note by ``noted``; nobody ever reads half of it."""
    draft = instance / f".{_NAME}.{os.getpid()}"
    draft.write_text(f"{noted}\n", "utf-8")
    draft.replace(instance / _NAME)


def read_note_file(instance: Path) -> str | None:
    """Return what is noted, if anything."""
    path = instance / _NAME
    return path.read_text("utf-8").strip() if path.is_file() else None


def forget_note(instance: Path) -> None:
    """Remove the note, where a backup is put back that may be older."""
    (instance / _NAME).unlink(missing_ok=True)
