"""The files with the words of messages: those shipped, and those in the instance folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from portal.domain.messages.wording import FRAME, Words, load_words
from portal.instance_folder import SOURCE_ROOT

FOLDER = "messages"
_PACKAGE = Path(__file__).resolve().parents[1]
LARGEST = 200_000
"""Bytes of a file of words."""


def message_words(instance: Path) -> tuple[dict[str, Words], list[str]]:
    """Return the words of every language, and what is wrong with files in ``instance``/messages."""
    installed = _PACKAGE / "templates"
    shipped = (installed if installed.is_dir() else SOURCE_ROOT / "templates") / FOLDER
    return load_words(_reader(shipped, frame="email"), _reader(instance / FOLDER))


def _reader(folder: Path, frame: str = ".") -> Callable[[str], str | None]:
    def read(name: str) -> str | None:
        path = folder / frame / name if name == FRAME else folder / name
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return file.read(LARGEST).decode("utf-8-sig")

    return read
