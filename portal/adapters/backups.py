"""Backups on the disk: a folder each, with a copy of the database, the keys and a manifest.

A backup appears under its name when it is whole, with everything synced; the manifest holds the SHA-256 of every
file. What can be made again from the database (the index, open data) is not in it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from portal.adapters.database_copy import sync_folder

MANIFEST, KEYS, FILES = "manifest.json", "keys.json", "files"
COPIES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
"""The file that holds the copy, by the kind of database."""
FORMAT = 1
_NAME = re.compile(r"letterbox-\d{8}T\d{6}Z(-\d+)?")
_PARTIAL = ".partial"
_SETTINGS = ("portal.toml", "feed_ids")
"""Files of the instance folder that are no data and cannot be made again."""
_CHUNK = 1 << 20


class BackupFault(Exception):
    """A backup cannot be made or used; the message says why."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup is: when and of what it was made, the rows by table, the files' checksums."""

    created_at: str
    version: str
    database: str
    migration: str
    counts: dict[str, int]
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    format: int = FORMAT


@contextmanager
def new_backup(parent: Path, now: datetime) -> Iterator[Path]:
    """Yield the folder that becomes a backup below ``parent`` when the block ends without an error.

    Raises :class:`BackupFault` where another backup is being made there.
    """
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (parent / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupFault(f"another backup is being made in {parent}") from error
        for left in parent.glob(f".letterbox-*{_PARTIAL}"):
            shutil.rmtree(left)
        base = name = f"letterbox-{now:%Y%m%dT%H%M%SZ}"
        number = 1
        while (parent / name).exists():
            number += 1
            name = f"{base}-{number}"
        draft = parent / f".{name}{_PARTIAL}"
        draft.mkdir(mode=0o700)
        try:
            yield draft
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        sync_folder(draft)
        draft.rename(parent / name)
        sync_folder(parent)


def read_keys(instance: Path) -> dict[str, str]:
    """Return every key in the files of ``instance``, by name."""
    return {path.stem: path.read_text().strip() for path in (instance / "keys").glob("*.key")}


def write_keys(keys: Mapping[str, str], folder: Path) -> None:
    """Write ``keys`` into a file of their own, which may be kept elsewhere."""
    _write(folder / KEYS, json.dumps(dict(keys), indent=1, sort_keys=True))


def write_settings(instance: Path, folder: Path) -> None:
    """Copy the files of settings that ``instance`` has."""
    for name in _SETTINGS:
        if (instance / name).exists():
            _write(folder / name, (instance / name).read_text("utf-8"))


def copy_files(source: Path, parent: Path, draft: Path) -> None:
    """Copy what ``source`` has and the copy in ``draft`` lacks.

    A file never changes under its name: what an earlier backup below ``parent`` has is linked, not copied again.
    """
    earlier = backups(parent)[-1:]
    for path in sorted(source.glob("*/[0-9a-f][0-9a-f]/*")):
        if path.name.startswith("."):
            continue
        place = Path(FILES) / path.relative_to(source)
        copy = draft / place
        if copy.exists():
            continue
        copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            os.link(earlier[0] / place, copy)
        except (IndexError, OSError):
            _copy_file(path, copy)
            continue
        if checksum(copy) != path.name:
            # The earlier copy is damaged, and the link would hand the damage on.
            copy.unlink()
            _copy_file(path, copy)


def _copy_file(path: Path, copy: Path) -> None:
    """Copy a file and sync it; one that is taken away meanwhile is none."""
    try:
        with path.open("rb") as original, copy.open("xb") as file:
            copy.chmod(0o600)
            shutil.copyfileobj(original, file)
            file.flush()
            os.fsync(file.fileno())
    except FileNotFoundError:
        return


def put_files_back(folder: Path, target: Path) -> None:
    """Copy the files of a backup into the store of an instance."""
    for path in sorted((folder / FILES).glob("*/[0-9a-f][0-9a-f]/*")):
        place = target / path.relative_to(folder / FILES)
        if not place.exists():
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _copy_file(path, place)


def write_manifest(folder: Path, manifest: Manifest) -> Manifest:
    """Write ``manifest`` with the checksums of all files of ``folder``; return it with them."""
    files = {
        path.relative_to(folder).as_posix(): {
            "sha256": checksum(path),
            "bytes": path.stat().st_size,
        }
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    complete = Manifest(**(asdict(manifest) | {"files": files}))
    _write(folder / MANIFEST, json.dumps(asdict(complete), indent=1, ensure_ascii=False))
    return complete


def backups(parent: Path) -> list[Path]:
    """Return the whole backups below ``parent``, the oldest first."""
    return sorted(
        (p for p in parent.iterdir() if _NAME.fullmatch(p.name) and (p / MANIFEST).is_file()),
        key=lambda path: (path.name[:26], len(path.name), path.name),
    )


def remove_old(parent: Path, keep: int) -> list[Path]:
    """Remove all but the newest ``keep`` backups below ``parent``; return what was removed."""
    old = backups(parent)[:-keep]
    for path in old:
        # Without its manifest what is left of it is no backup.
        (path / MANIFEST).unlink()
        shutil.rmtree(path)
    return old


def find_backup(folder: Path) -> Path:
    """Return ``folder`` if it is a backup, else the newest one in it. Raises :class:`BackupFault`."""
    if (folder / MANIFEST).is_file():
        return folder
    found = backups(folder) if folder.is_dir() else []
    if not found:
        raise BackupFault(f"{folder}: there is no backup (no {MANIFEST} in it or below it)")
    return found[-1]


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a backup. Raises :class:`BackupFault` where it cannot be used."""
    try:
        values = json.loads((folder / MANIFEST).read_text("utf-8"))
        manifest = Manifest(**values)
    except (ValueError, TypeError) as error:
        raise BackupFault(f"{folder / MANIFEST} is damaged: {error}") from error
    if manifest.format != FORMAT:
        raise BackupFault(f"{folder}: made by another version ({manifest.version})")
    if manifest.database not in COPIES:
        raise BackupFault(f"{folder}: the database {manifest.database!r} is not known")
    return manifest


def verify(
    folder: Path, manifest: Manifest, keys: Path | None, progress: Callable[[int], None]
) -> None:
    """Compare every file of a backup with its checksum; ``progress`` gets the bytes read.

    ``keys`` is where the keys lie if not in ``folder``. Raises :class:`BackupFault`.
    """
    needed = {COPIES[manifest.database], KEYS} - manifest.files.keys()
    if needed:
        raise BackupFault(f"{folder / MANIFEST} names no {' and no '.join(sorted(needed))}")
    for name, expected in manifest.files.items():
        path = keys if name == KEYS and keys is not None else folder / _below(name)
        if not path.is_file():
            hint = "; name it with --keys where it lies elsewhere" if name == KEYS else ""
            raise BackupFault(f"{path} is missing{hint}")
        if checksum(path, progress) != expected.get("sha256"):
            raise BackupFault(f"{path} is damaged: its checksum is not that of the manifest")


def _below(name: str) -> Path:
    """Return a name of a manifest as a path that cannot lead out of its folder."""
    parts = [part for part in Path(name).parts if part not in ("/", "..")]
    return Path(*parts) if parts[:1] == [FILES] else Path(Path(name).name)


def put_keys_back(file: Path, instance: Path) -> None:
    """Write the keys in ``file`` into ``instance``. Raises :class:`BackupFault`."""
    try:
        keys = {str(name): bytes.fromhex(key) for name, key in json.loads(file.read_text()).items()}
    except (ValueError, AttributeError, TypeError) as error:
        raise BackupFault(f"{file} is damaged: {error}") from error
    folder = instance / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, key in keys.items():
        _write(folder / f"{Path(name).name}.key", key.hex())
    sync_folder(folder)


def put_settings_back(folder: Path, instance: Path) -> None:
    """Copy the files of settings of a backup that ``instance`` has not."""
    for name in _SETTINGS:
        if (folder / name).exists() and not (instance / name).exists():
            _write(instance / name, (folder / name).read_text("utf-8"))


def checksum(path: Path, progress: Callable[[int], None] = lambda read: None) -> str:
    """Return the SHA-256 of a file in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            progress(len(chunk))
    return digest.hexdigest()


def _write(path: Path, text: str) -> None:
    """Write a file of mode 0600 and sync it; a file that was there is replaced as a whole."""
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
