"""Names of files in a store, its two areas, and what every store can do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

_NAME = re.compile(r"[0-9a-f]{64}")


class Area(StrEnum):
    """What lies apart: what came with letters, encrypted, and the copies that everybody may see."""

    PRIVATE = "private"
    PUBLIC = "public"


class Stored(NamedTuple):
    """A file in an area, and when it was put there."""

    name: str
    at: datetime


class MissingFile(Exception):
    """The store has no file of that name."""


class FileStore(Protocol):
    """A place for files; every error of the place itself is an ``OSError``."""

    def put(self, area: Area, name: str, content: bytes) -> None:
        """Keep ``content``; it is there for good when this returns."""

    def get(self, area: Area, name: str) -> bytes:
        """Return what is kept. Raises :class:`MissingFile`."""

    def delete(self, area: Area, name: str) -> None:
        """Remove a file; one that is not there is no error."""

    def names(self, area: Area) -> Iterator[Stored]:
        """Return every file of an area, and what a crash has left of one."""


def is_name(text: str) -> bool:
    """Return whether ``text`` can be the name of a file."""
    return _NAME.fullmatch(text) is not None
