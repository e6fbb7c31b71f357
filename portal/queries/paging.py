"""Pages of a list: which of its rows one page shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Slice:
    """The place of one page in a list; ``page`` counts from 1 and exists."""

    total: int
    page: int
    pages: int
    size: int

    @property
    def offset(self) -> int:
        """The number of rows before the page."""
        return (self.page - 1) * self.size


def slice_of(total: int, page: int, size: int) -> Slice:
    """Return the slice of ``total`` rows that is ``page``, or the nearest page that exists."""
    pages = max(1, -(-total // size))
    return Slice(total, min(max(page, 1), pages), pages, size)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of a list of ``total`` rows; ``page`` is between 1 and ``pages``."""

    rows: list[Row]
    total: int
    page: int
    pages: int
