"""The names of files, as they are shown and given to who downloads them."""

from __future__ import annotations

import re
import unicodedata

from portal.domain.files.kinds import FileKind

NAME_MAX = 80
"""Characters of a name with its ending."""
_DIRECTIONS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_UNFIT = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*;\ufffd]')
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}$")
_NAMELESS = "附件"


def shown_name(given: str | None, kind: FileKind) -> str:
    """Return a name that can be shown and saved anywhere, with the ending of ``kind``.

    What a browser sends may hold a path, control characters or marks that turn the direction of
    writing; the ending is that of what the file is.
    """
    text = unicodedata.normalize("NFC", given or "")
    text = text.replace("\\", "/").rpartition("/")[2]
    text = _UNFIT.sub("", _DIRECTIONS.sub("", text))
    stem = _ENDING.sub("", " ".join(text.split())).strip(". ")
    return f"{stem[: NAME_MAX - len(kind.ending)].strip() or _NAMELESS}{kind.ending}"
