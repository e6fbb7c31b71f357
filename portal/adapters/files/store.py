"""Where files lie: in two areas, under names made of what is stored.

A store knows neither letters nor keys. What it is given to keep is whole and on the disk when :meth:`put`
returns, so that a row written after it never names a file that is not there.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from portal.adapters.database_copy import sync_folder
from portal.adapters.files.names import Area, FileStore, MissingFile, Stored, is_name
from portal.adapters.files.s3_store import open_bucket
from portal.config import Settings

__all__ = ["Area", "FileStore", "FolderStore", "MissingFile", "Stored", "open_store"]
_DRAFT = "."


class FolderStore:
    """Files in a folder: ``private/ab/abcd…``, with mode 0600."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, area: Area, name: str, content: bytes) -> None:
        """Write a draft, sync it, give it its name, and sync the folder."""
        place = self._place(area, name)
        if place.exists():
            return
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = place.with_name(f"{_DRAFT}{name}.{secrets.token_hex(4)}")
        try:
            with os.fdopen(
                os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
            ) as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(place)
        except OSError:
            draft.unlink(missing_ok=True)
            raise
        sync_folder(place.parent)

    def get(self, area: Area, name: str) -> bytes:
        """Read a file."""
        try:
            return self._place(area, name).read_bytes()
        except FileNotFoundError as error:
            raise MissingFile(name) from error

    def delete(self, area: Area, name: str) -> None:
        """Remove a file."""
        (self.folder / area / name.lstrip(_DRAFT)[:2] / name).unlink(missing_ok=True)

    def names(self, area: Area) -> Iterator[Stored]:
        """Return what lies in the folders of an area; drafts have a dot before their names."""
        for path in sorted((self.folder / area).glob("[0-9a-f][0-9a-f]/*")):
            try:
                yield Stored(path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC))
            except FileNotFoundError:
                continue

    def _place(self, area: Area, name: str) -> Path:
        if not is_name(name):
            raise MissingFile(name)
        return self.folder / area / name[:2] / name


def open_store(settings: Settings) -> FileStore:
    """Return the store of an instance: its folder, or the bucket that the settings name."""
    return open_bucket(settings) if settings.files_url else FolderStore(settings.files_folder)
