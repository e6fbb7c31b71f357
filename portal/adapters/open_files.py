"""Folders of open data: files written whole, a new folder for each time, the last complete one read.

Below the folder of a year stands one for each time at which its files were made; it appears under
its name when all of them are written, and the one before is removed.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

STATE, IDS = "state.json", "ids.json"
"""Files that are not handed out: what the files were made of."""
_HIDDEN = "."


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file as it was written: its size in bytes and its SHA-256 in hex."""

    name: str
    size: int
    digest: str


class NewFolder:
    """The files of a year while they are written; :meth:`finish` makes them the ones to read."""

    def __init__(self, folder: Path, year: int, name: str) -> None:
        self._above, self._name = folder / str(year), name
        self._path = self._above / f"{_HIDDEN}{name}"
        shutil.rmtree(self._path, ignore_errors=True)
        self._path.mkdir(parents=True)

    def write(self, name: str, chunks: Iterable[bytes]) -> WrittenFile:
        """Write a file as its content comes."""
        digest, size = sha256(), 0
        with (self._path / name).open("wb") as file:
            for chunk in chunks:
                file.write(chunk)
                digest.update(chunk)
                size += len(chunk)
            file.flush()
            os.fsync(file.fileno())
        return WrittenFile(name, size, digest.hexdigest())

    def finish(self) -> None:
        """Put the files in the place of those made before."""
        final = self._above / self._name
        shutil.rmtree(final, ignore_errors=True)
        self._path.rename(final)
        for other in self._above.iterdir():
            if other != final:
                shutil.rmtree(other, ignore_errors=True)


def years(folder: Path) -> list[int]:
    """Return the years that have files, the latest first."""
    if not folder.is_dir():
        return []
    found = (int(path.name) for path in folder.iterdir() if path.name.isdigit())
    return sorted((year for year in found if complete(folder, year)), reverse=True)


def complete(folder: Path, year: int) -> Path | None:
    """Return the folder with the files of ``year``, if there is one."""
    above = folder / str(year)
    if not above.is_dir():
        return None
    done = sorted(path for path in above.iterdir() if not path.name.startswith(_HIDDEN))
    return done[-1] if done else None


def remove(folder: Path, year: int) -> None:
    """Remove the files of a year."""
    shutil.rmtree(folder / str(year), ignore_errors=True)


def read_json(path: Path) -> Any:
    """Return the content of a JSON file; ``None`` where it was replaced meanwhile."""
    try:
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
