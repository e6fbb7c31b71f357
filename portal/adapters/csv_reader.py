"""A reader of CSV files of unknown origin, row by row, whatever their size.

The encoding is recognised or given (:mod:`portal.adapters.encodings`). A row that cannot be read
does not end the reading: a damaged byte costs its own row, and an unclosed quote does not swallow
the rows below it.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from portal.adapters.encodings import (
    EncodingProblem,
    check_encoding,
    damage,
    recognise,
    refuse_binary,
)

FIELD_MAX = 1_000_000
"""Characters of a field; a longer one is a quote that was never closed."""
UNCLOSED = "引号没有闭合: a quote in it is never closed"
_SEPARATORS = ",;\t|"
_NAMED_SEPARATOR = re.compile(r"\ufeff?\"?sep=(.)\"?\s*", re.IGNORECASE)
"""The line in front of the column names that names the separator for Excel."""


class CsvProblem(Exception):
    """A file that cannot be read at all; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class CsvRow:
    """A row with the line on which it begins (the header is line 1), its fields and its problem.

    ``raw`` is the row as it stands in the file where there is a problem, else empty.
    """

    line: int
    fields: tuple[str, ...]
    problem: str = ""
    raw: str = ""


@dataclass(frozen=True, slots=True)
class CsvSource:
    """An open file: its encoding, its column names and its rows, which can be read once."""

    encoding: str
    header: tuple[str, ...]
    rows: Iterator[CsvRow]


@contextmanager
def open_csv(path: Path, encoding: str | None = None) -> Iterator[CsvSource]:
    """Open ``path``; raise :class:`CsvProblem` where it is no readable CSV file.

    ``encoding`` is used instead of what the file looks like.
    """
    try:
        encoding = check_encoding(encoding) if encoding else recognise(path)
        refuse_binary(path, encoding)
    except EncodingProblem as error:
        raise CsvProblem(str(error)) from error
    with path.open(encoding=encoding, errors="surrogateescape", newline="") as file:
        # The limit belongs to the csv module and holds for the whole process.
        csv.field_size_limit(FIELD_MAX)
        lines = _Lines(file)
        first = next(lines, "")
        if named := _NAMED_SEPARATOR.fullmatch(first):
            separator = named[1]
        else:
            separator = max(_SEPARATORS, key=first.count)
            lines.give_back(1)
        reader = csv.reader(lines, delimiter=separator, strict=True)
        header = tuple(name.strip().lstrip("\ufeff") for name in _next(reader) or ())
        if not any(header):
            raise CsvProblem("the file is empty; its first line must name the columns")
        if wrong := damage("".join(header)):
            raise CsvProblem(f"the names of the columns cannot be read: {wrong} in {encoding}")
        yield CsvSource(encoding, header, _rows(reader, lines, _Layout(separator, len(header))))


def _next(reader: Iterator[list[str]]) -> list[str] | None:
    try:
        return next(reader, None)
    except csv.Error as error:
        raise CsvProblem(f"the first line cannot be read: {error}") from error


class _Lines:
    """The lines of a file; those of a row that cannot be read can be given back."""

    def __init__(self, file: Iterator[str]) -> None:
        self._file = file
        self._back: deque[str] = deque()
        self.taken: list[str] = []
        self.count = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._file)
        self.taken.append(line)
        self.count += 1
        return line

    def give_back(self, number: int) -> None:
        """Give back the last ``number`` lines taken."""
        keep = len(self.taken) - number
        self._back.extendleft(reversed(self.taken[keep:]))
        self.count -= number
        del self.taken[keep:]


@dataclass(frozen=True, slots=True)
class _Layout:
    """The layout of the rows: their separator and their number of fields."""

    separator: str
    width: int

    def plain(self, line: str) -> list[str]:
        """Return the fields of ``line`` with quotes as ordinary characters."""
        return line.rstrip("\r\n").split(self.separator)

    def loose(self, line: str) -> list[str] | None:
        """Return the fields of ``line`` alone, with text after a closing quote allowed."""
        reader = csv.reader([line, ""], delimiter=self.separator)
        try:
            fields = next(reader)
        except csv.Error:
            return None
        # With a quote open at its end, the reader takes another line.
        return fields if reader.line_num == 1 else None

    def is_row(self, line: str) -> bool:
        """Return whether ``line`` is a complete row."""
        return self.width in (len(self.plain(line)), len(self.loose(line) or ()))

    def swallowed(self, lines: list[str], fields: list[str]) -> bool:
        """Return whether ``fields``, read from ``lines``, hold rows below an unclosed quote.

        A text of several lines may contain separators, so one line that could be a row proves
        nothing: all lines must be rows, and their first fields alike where these are ids.
        """
        below = lines[1:]
        if len(fields) != self.width:
            return any(map(self.is_row, below))
        if not below or not all(map(self.is_row, below)):
            return False
        first = self.plain(lines[0])
        shapes = {_shape(self.plain(line)[0]) for line in lines}
        return len(shapes) == 1 if _DIGITS.search(first[0]) else len(first) == self.width


_DIGITS = re.compile(r"\d+")


def _shape(cell: str) -> str:
    return _DIGITS.sub("0", cell.strip(' "'))


def _rows(reader: Iterator[list[str]], lines: _Lines, layout: _Layout) -> Iterator[CsvRow]:
    while True:
        lines.taken.clear()
        begins = lines.count + 1
        fields: list[str] | None
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error:
            fields = layout.loose(lines.taken[0]) if len(lines.taken) == 1 else None
        if fields is None or layout.swallowed(lines.taken, fields):
            lines.give_back(len(lines.taken) - 1)
            raw = lines.taken[0]
            yield CsvRow(begins, tuple(layout.plain(raw)), UNCLOSED, raw)
        elif wrong := _damaged_line(lines.taken, begins):
            yield CsvRow(begins, tuple(fields), wrong, "".join(lines.taken))
        elif len(fields) < layout.width or any(map(str.strip, fields[layout.width :])):
            said = f"has {len(fields)} fields where the first line names {layout.width}"
            if any(map(str.strip, fields)):
                yield CsvRow(begins, tuple(fields), said, "".join(lines.taken))
        elif any(map(str.strip, fields)):
            yield CsvRow(begins, tuple(fields[: layout.width]))


def _damaged_line(lines: list[str], begins: int) -> str:
    """Return which of ``lines``, the first of them number ``begins``, holds a damaged byte."""
    found = ((number, damage(line)) for number, line in enumerate(lines, begins))
    return next((f"line {number} is damaged: {wrong}" for number, wrong in found if wrong), "")
