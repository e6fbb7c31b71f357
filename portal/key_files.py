"""The secret keys of an instance: files of mode 0600 in its folder, or what the environment gives.

A key has 32 bytes, written as 64 hexadecimal digits. The data keys are a ring: ``data.key`` is the first that
was made, ``data-2.key`` the next, and the newest encrypts.
"""

from __future__ import annotations

import hmac
import re
import secrets
from hashlib import sha256
from pathlib import Path

from portal.instance_folder import write_once

BYTES = 32
DATA = "data"
"""The name of the keys that encrypt; every other name has one key."""
LOOKUP = "lookup"
_NAME = re.compile(r"[a-z]{1,16}")
_HEX = re.compile(rf"[0-9a-f]{{{2 * BYTES}}}")
_DATA_FILE = re.compile(rf"{DATA}(?:-([1-9][0-9]*))?\.key")


class UnusableKey(Exception):
    """A key cannot be read; the message says which and why, and holds nothing of it."""


def given_keys(text: str) -> dict[str, list[bytes]]:
    """Return the keys that ``name=hex`` pairs give, by name; of ``data`` several, the newest first.

    Pairs are separated by commas or blanks. Raises :class:`UnusableKey`.
    """
    found: dict[str, list[bytes]] = {}
    for number, pair in enumerate(re.split(r"[,\s]+", text.strip(", \t\r\n")), 1):
        if not pair:
            continue
        name, _, key = pair.partition("=")
        if not _NAME.fullmatch(name):
            raise UnusableKey(f"pair {number} has no name; write name=… with 64 digits (0-9, a-f)")
        if not _HEX.fullmatch(key.lower()):
            raise UnusableKey(f"{name} (pair {number}) has not 64 digits (0-9, a-f)")
        kept = found.setdefault(name, [])
        if kept and name != DATA:
            raise UnusableKey(f"{name} is given twice; only {DATA} may have several keys")
        kept.append(bytes.fromhex(key))
    return found


def read_or_make(folder: Path, name: str) -> bytes:
    """Return the key ``name`` of ``folder``, made on first use."""
    path = folder / f"{name}.key"
    if not path.exists():
        _write(path, _first_lookup(folder) if name == LOOKUP else secrets.token_bytes(BYTES))
    return _read(path)


def _first_lookup(folder: Path) -> bytes:
    """Return the look-up key of an instance that has none.

    Where a data key is there already, earlier versions have hashed with what is derived from it.
    """
    path = folder / f"{DATA}.key"
    return hmac.digest(_read(path), b"sender keys", sha256) if path.exists() else _fresh()


def _fresh() -> bytes:
    return secrets.token_bytes(BYTES)


def data_files(folder: Path) -> list[Path]:
    """Return the files of the ring in ``folder``, the newest first."""
    numbered = {
        int(match[1] or 1): path
        for path in (folder.iterdir() if folder.is_dir() else ())
        if (match := _DATA_FILE.fullmatch(path.name))
    }
    return [numbered[number] for number in sorted(numbered, reverse=True)]


def data_keys(folder: Path) -> list[bytes]:
    """Return the keys of the ring in ``folder``, the newest first; the first is made on first use."""
    files = data_files(folder)
    return [_read(path) for path in files] or [read_or_make(folder, DATA)]


def add_data_key(folder: Path) -> Path:
    """Make a data key that is newer than those in ``folder``, and return its file."""
    files = data_files(folder)
    newest = _DATA_FILE.fullmatch(files[0].name) if files else None
    number = int(newest[1] or 1) + 1 if newest else 1
    path = folder / (f"{DATA}-{number}.key" if number > 1 else f"{DATA}.key")
    _write(path, _fresh())
    return path


def _write(path: Path, key: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_once(path, key.hex())


def _read(path: Path) -> bytes:
    text = path.read_text().strip()
    if not _HEX.fullmatch(text.lower()):
        raise UnusableKey(f"{path} has not 64 digits (0-9, a-f)")
    return bytes.fromhex(text)
