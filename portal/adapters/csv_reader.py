"""Reading a CSV file of unknown origin, row by row, whatever its size.

UTF-8 (with or without a byte order mark) and GB18030 are recognised; anything else is refused
by name. A row that cannot be read does not end the reading.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

CHUNK = 1 << 20
FIELD_MAX = 1_000_000
"""Characters of a field; a longer one is a quote that was never closed."""
_SEPARATORS = ",;\t"


class CsvProblem(Exception):
    """The file as a whole cannot be read; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class CsvRow:
    """A row: the line it begins on (the header is line 1), its fields, what is wrong with it."""

    line: int
    fields: tuple[str, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class CsvSource:
    """An open file: its encoding, its column names, and its rows, to be read once."""

    encoding: str
    header: tuple[str, ...]
    rows: Iterator[CsvRow]


@contextmanager
def open_csv(path: Path) -> Iterator[CsvSource]:
    """Open ``path``; raise :class:`CsvProblem` where it is no readable CSV file."""
    encoding = recognise(path)
    with path.open(encoding=encoding, newline="") as file:
        first = file.readline()
        separator = max(_SEPARATORS, key=first.count)
        file.seek(0)
        # The limit is the module's own and for the whole process.
        csv.field_size_limit(FIELD_MAX)
        reader = csv.reader(file, delimiter=separator)
        header = tuple(name.strip().lstrip("\ufeff") for name in _next(reader) or ())
        if not any(header):
            raise CsvProblem("the file is empty; its first line must name the columns")
        twice = sorted({name for name in header if name and header.count(name) > 1})
        if twice:
            raise CsvProblem(f"the column {twice[0]!r} occurs twice in the first line")
        yield CsvSource(encoding, header, _rows(reader, len(header)))


def _next(reader: Iterator[list[str]]) -> list[str] | None:
    try:
        return next(reader, None)
    except csv.Error as error:
        raise CsvProblem(f"the first line cannot be read: {error}") from error


def _rows(reader: csv._reader, width: int) -> Iterator[CsvRow]:  # type: ignore[name-defined]
    while True:
        line = reader.line_num + 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield CsvRow(line, (), f"cannot be read ({error}); is a quote never closed?")
            continue
        if not any(field.strip() for field in fields):
            continue
        if len(fields) != width:
            said = f"has {len(fields)} fields where the first line names {width}"
            if reader.line_num > line:
                said += "; a quote in it may never be closed"
            yield CsvRow(line, tuple(fields), said)
        else:
            yield CsvRow(line, tuple(fields))


def recognise(path: Path) -> str:
    """Return the encoding of ``path``; the whole file is looked at, a megabyte at a time."""
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise CsvProblem("the file is in UTF-16; save it as CSV in UTF-8 and try again")
    if _decodes(path, "utf-8"):
        return "utf-8-sig"
    if _decodes(path, "gb18030"):
        return "gb18030"
    raise CsvProblem(
        "the file is neither in UTF-8 nor in GB18030; save it as CSV in UTF-8 and try again"
    )


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while chunk := file.read(CHUNK):
                if b"\0" in chunk:
                    raise CsvProblem("the file contains NUL bytes, so it is no CSV text file")
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


class RejectsFile:
    """Rows that were not taken over, with their line and the reason, to be mended and read again.

    The file is made with the first row; it opens in spreadsheets and can be imported itself.
    """

    LINE, REASON = "rejected_line", "rejected_reason"

    def __init__(self, path: Path, header: tuple[str, ...]) -> None:
        self.path = path
        self._header = tuple(name for name in header if name not in (self.LINE, self.REASON))
        self._keep = [i for i, name in enumerate(header) if name in self._header]
        self._file: TextIO | None = None

    def write(self, row: CsvRow, reason: str) -> None:
        """Add a row."""
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("w", encoding="utf-8-sig", newline="")
            csv.writer(self._file).writerow([*self._header, self.LINE, self.REASON])
        width = len(self._header)
        kept = [row.fields[i] if i < len(row.fields) else "" for i in self._keep]
        rest = row.fields[width:] if len(self._keep) == width else ()
        csv.writer(self._file).writerow([*kept[:width], row.line, reason, *rest])

    def close(self) -> bool:
        """Close the file; tell whether there is one."""
        if self._file is None:
            return False
        self._file.close()
        return True
