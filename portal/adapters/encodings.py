"""Which encoding a file is in, judged by how plausible its text is in each.

A file may be damaged: a byte that fits no character is kept as a lone surrogate (``U+DC80`` to
``U+DCFF``), so that the row it stands in can be named and the others taken.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CHUNK = 1 << 20
_BLANKS_AND_MARKS = "　、。·ˉˇ〃々—～‖…‘’“”〔〕〈〉《》「」『』〖〗【】！，．：；？（）％＋－＝"


def _common(encoding: str, first: int, last: int) -> frozenset[str]:
    """Return the characters whose first byte is from ``first`` to ``last``."""
    pairs = (bytes((a, b)) for a in range(first, last + 1) for b in range(0x40, 0xFF))
    return frozenset("".join(pair.decode(encoding, "ignore") for pair in pairs))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An encoding of Chinese and the characters that its standard calls common."""

    name: str
    common: frozenset[str]


@cache
def _candidates() -> tuple[_Candidate, ...]:
    traditional = _common("big5", 0xA4, 0xC6) | set(_BLANKS_AND_MARKS)
    # GB18030 writes traditional characters, too.
    simplified = _common("gb2312", 0xB0, 0xD7) | traditional
    return _Candidate("gb18030", simplified), _Candidate("big5hkscs", traditional)


_SAMPLE = 4 * CHUNK
"""Bytes that a judgement between encodings looks at."""
_PLAUSIBLE = 0.8
"""The least share of common characters among those beyond ASCII; real letters have over 95 %."""
_LEAD = 0.1
"""By how much an encoding must be more plausible than any other."""
_DAMAGED = 0.25
"""The most bytes that fit no character to one character beyond ASCII in a damaged UTF-8 file; in
GB18030 and Big5 nearly every byte would fit none."""
_BAD = re.compile("[\udc80-\udcff]")
_BOMS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_FORMATS = (
    (b"PK\x03\x04", "an Excel workbook (.xlsx)"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)"),
    (b"%PDF", "a PDF"),
    (b"SQLite format 3", "an SQLite database"),
)


class EncodingProblem(Exception):
    """The encoding is unclear; the message says why and what to do."""


def recognise(path: Path) -> str:
    """Return the encoding of the file at ``path``; raise :class:`EncodingProblem` if it is unclear.

    UTF-16 shows in its byte order mark and UTF-8 in the whole file, even with single damaged
    bytes; GB18030 and Big5 by how many of their characters are common ones.
    """
    with path.open("rb") as file:
        start = file.read(_SAMPLE)
    for magic, what in _FORMATS:
        if start.startswith(magic):
            raise EncodingProblem(
                f"the file is {what}; open it there and save it as CSV in UTF-8, then try again"
            )
    for mark, encoding in _BOMS.items():
        if start.startswith(mark):
            return encoding
    if start.startswith(codecs.BOM_UTF8) or _is_utf8(path):
        return "utf-8-sig"
    shares = sorted(((_share(start, each), each.name) for each in _candidates()), reverse=True)
    (best, name), (second, _) = shares[:2]
    if best >= _PLAUSIBLE and best - second >= _LEAD:
        return name
    raise EncodingProblem(
        "its encoding is unclear: the text makes no sense in UTF-8, GB18030 or Big5; "
        "save the file as CSV in UTF-8, or name its encoding (letterbox import --encoding gb18030)"
    )


def check_encoding(name: str) -> str:
    """Return ``name`` if it is an encoding of text; raise :class:`EncodingProblem` otherwise."""
    try:
        "文".encode(name, "replace")
        return "utf-8-sig" if codecs.lookup(name).name == "utf-8" else name
    except (LookupError, ValueError) as error:
        raise EncodingProblem(
            f"--encoding {name!r} is not known; use one such as utf-8, gb18030, big5 or utf-16"
        ) from error


def refuse_binary(path: Path, encoding: str) -> None:
    """Raise :class:`EncodingProblem` if a file that is not in UTF-16 holds NUL bytes."""
    if encoding.lower().replace("_", "-").startswith(("utf-16", "utf-32")):
        return
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            if b"\0" in chunk:
                raise EncodingProblem("the file contains NUL bytes, so it is no CSV text file")


def damage(text: str) -> str:
    """Return what is wrong with ``text``, naming the first byte that fits no character, or ``""``."""
    found = _BAD.search(text)
    return f"byte 0x{ord(found[0]) - 0xDC00:02X} fits no character" if found else ""


def spelled_out(text: str) -> str:
    r"""Return ``text`` with each byte that fits no character written as ``\xNN``."""
    return _BAD.sub(lambda found: f"\\x{ord(found[0]) - 0xDC00:02x}", text)


def _is_utf8(path: Path) -> bool:
    """Return whether the file is UTF-8, but for single damaged bytes."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    bad = beyond = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            text = decoder.decode(chunk)
            lost = len(_BAD.findall(text))
            bad += lost
            beyond += len(text) - lost - len(text.encode("ascii", "ignore"))
    bad += len(_BAD.findall(decoder.decode(b"", final=True)))
    return bad <= _DAMAGED * beyond


def _share(sample: bytes, candidate: _Candidate) -> float:
    """Return which share of the characters beyond ASCII is common, damaged bytes counted in."""
    # The sample may end in the middle of a character, which costs one at most.
    text = sample.decode(candidate.name, "surrogateescape")
    beyond = [char for char in text if not char.isascii()]
    return sum(char in candidate.common for char in beyond) / max(1, len(beyond))
