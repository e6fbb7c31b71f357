"""Whether every file that a row names is in the store, whole, and can be read with its key."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from portal.adapters.files.store import Area, FileStore, MissingFile
from portal.domain.integrity.ring import Unreadable
from portal.domain.integrity.sealed_files import stored_name, unseal
from portal.queries.files.attached import needed_files


def file_faults(session: Session, store: FileStore, advance: Callable[[int], None]) -> list[str]:
    """Return what is wrong with the files of letters and requests, each by the id of its row."""
    faults = []
    for row in needed_files(session):
        subject, key = f"file {row.id}", row.key
        for name in filter(None, (row.stored, row.thumbnail)):
            fault = _fault(store, name, key)
            if fault:
                faults.append(f"{subject}: {fault} ({name[:12]}…)")
        advance(1)
    return faults


def _fault(store: FileStore, name: str, key: str) -> str | None:
    try:
        stored = store.get(Area.PRIVATE, name)
    except MissingFile:
        return "not in the store"
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    if stored_name(stored) != name:
        return "damaged"
    try:
        unseal(stored, key)
    except Unreadable:
        return "not readable with its key"
    return None
