"""Rectangles that cover faces and plates in a picture."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

COVERS_MOST = 30
"""Rectangles on a picture, or on all pages of a document."""


@dataclass(frozen=True, slots=True)
class Cover:
    """A rectangle, in thousandths of the width and the height; ``page`` counts from 1."""

    x: int
    y: int
    width: int
    height: int
    page: int = 1

    @property
    def inside(self) -> bool:
        """Whether it covers something, and begins on the picture."""
        return (
            0 <= self.x < _WHOLE
            and 0 <= self.y < _WHOLE
            and 0 < self.width <= _WHOLE
            and 0 < self.height <= _WHOLE
            and self.page >= 1
        )

    def box(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Return left, top, right and bottom in pixels; whatever is touched is covered whole."""
        return (
            self.x * width // _WHOLE,
            self.y * height // _WHOLE,
            min(width, -(-(self.x + self.width) * width // _WHOLE)) - 1,
            min(height, -(-(self.y + self.height) * height // _WHOLE)) - 1,
        )


_WHOLE = 1_000


def written(covers: Sequence[Cover]) -> str:
    """Return rectangles as they are kept."""
    return json.dumps([asdict(each) for each in covers])


def read(text: str) -> list[Cover]:
    """Return the rectangles that were :func:`written`."""
    return [Cover(**each) for each in json.loads(text or "[]")]
