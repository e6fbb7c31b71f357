"""Reading the project's documents: their tables, code words and fenced blocks."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.structure.source import ROOT

_CODE = re.compile(r"`([^`]+)`")
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Table:
    """A table of a document: the words of its head and the cells of its rows."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def words(self, column: int = 0) -> list[str]:
        """Return what stands in backticks in a column."""
        return [word for row in self.rows for word in code_words(row[column])]


def code_words(text: str) -> list[str]:
    """Return what stands in backticks in ``text``."""
    return _CODE.findall(text)


@cache
def document(name: str) -> str:
    """Return the text of a document by its path from the top of the project."""
    return (ROOT / name).read_text("utf-8")


def table(name: str, first: str) -> Table:
    """Return the one table of a document whose first column is headed ``first``."""
    found = [each for each in _tables(document(name)) if each.head[0] == first]
    assert len(found) == 1, f"{name} has {len(found)} tables headed {first!r}"
    return found[0]


def section(name: str, heading: str) -> str:
    """Return what stands under a heading of a document, up to the next of the same level."""
    level = heading.partition(" ")[0]
    lines = document(name).splitlines()
    assert heading in lines, f"{name} has no heading {heading!r}"
    start = lines.index(heading) + 1
    until = [n for n, line in enumerate(lines[start:], start) if line.startswith(f"{level} ")]
    return "\n".join(lines[start : until[0] if until else None])


def blocks(name: str, language: str) -> list[str]:
    """Return the fenced blocks of a language in a document."""
    return [text for kind, text in _BLOCK.findall(document(name)) if kind == language]


def paths() -> list[Path]:
    """Return all documents of the project."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def _tables(text: str) -> list[Table]:
    groups = re.findall(r"(?:^\|.*\|$\n?)+", text, re.MULTILINE)
    lines = [[_cells(line) for line in group.splitlines()] for group in groups]
    return [Table(rows[0], tuple(rows[2:])) for rows in lines]


def _cells(line: str) -> tuple[str, ...]:
    parts = re.split(r"(?<!\\)\|", line.strip())[1:-1]
    return tuple(part.strip() for part in parts)
