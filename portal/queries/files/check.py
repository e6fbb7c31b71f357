"""Whether every file that a row names is in the store, whole, and can be read with its key."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.adapters.files.store import Area, FileStore, MissingFile
from portal.domain.integrity.ring import Unreadable
from portal.domain.integrity.sealed_files import stored_name, unseal
from portal.models import FileRelease, PublicFile
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
    for release in session.scalars(sa.select(FileRelease)):
        fault = _fault(store, release.stored, release.key)
        if fault:
            faults.append(f"release {release.id}: {fault} ({release.stored[:12]}…)")
    for public in session.scalars(sa.select(PublicFile)):
        fault = _stored_fault(store, Area.PUBLIC, public.stored)
        if fault:
            faults.append(f"public file {public.id}: {fault} ({public.stored[:12]}…)")
    return faults


def _stored_fault(store: FileStore, area: Area, name: str) -> str | None:
    try:
        stored = store.get(area, name)
    except MissingFile:
        return "not in the store"
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    return None if stored_name(stored) == name else "damaged"


def _fault(store: FileStore, name: str, key: str) -> str | None:
    if fault := _stored_fault(store, Area.PRIVATE, name):
        return fault
    try:
        unseal(store.get(Area.PRIVATE, name), key)
    except Unreadable:
        return "not readable with its key"
    return None
