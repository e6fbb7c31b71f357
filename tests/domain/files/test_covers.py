"""Rectangles over faces and plates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.files.covers import Cover, read, written

covers = st.builds(
    Cover,
    x=st.integers(0, 999),
    y=st.integers(0, 999),
    width=st.integers(1, 1_000),
    height=st.integers(1, 1_000),
    page=st.integers(1, 9),
)


@given(st.lists(covers))
def test_rectangles_are_read_as_they_were_written(found: list[Cover]) -> None:
    """Each with its page."""
    assert read(written(found)) == found


def test_nothing_written_is_no_rectangle() -> None:
    """As in a row that never had one."""
    assert read("") == []


@given(covers, st.integers(1, 5_000), st.integers(1, 5_000))
def test_a_rectangle_covers_at_least_what_it_touches(cover: Cover, width: int, height: int) -> None:
    """It is inside the picture, and never a point too small."""
    left, top, right, bottom = cover.box(width, height)
    assert 0 <= left <= right < width
    assert 0 <= top <= bottom < height
    assert left * 1_000 <= cover.x * width
    assert top * 1_000 <= cover.y * height
    assert (right + 1) * 1_000 >= min(1_000, cover.x + cover.width) * width
    assert (bottom + 1) * 1_000 >= min(1_000, cover.y + cover.height) * height


def test_a_rectangle_in_pixels() -> None:
    """A tenth from each side of a picture of 200 by 100."""
    assert Cover(100, 100, 800, 800).box(200, 100) == (20, 10, 179, 89)
    assert Cover(900, 900, 500, 500).box(200, 100) == (180, 90, 199, 99)


@pytest.mark.parametrize(
    "values",
    [(-1, 0, 5, 5), (0, -1, 5, 5), (1000, 0, 5, 5), (0, 1000, 5, 5), (0, 0, 0, 5), (0, 0, 5, 0)]
    + [(0, 0, 1001, 5), (0, 0, 5, 1001), (0, 0, 5, 5, 0)],
)
def test_what_covers_nothing_is_outside(values: tuple[int, ...]) -> None:
    """It begins beyond the picture, or has no size."""
    assert not Cover(*values).inside


@pytest.mark.parametrize("values", [(0, 0, 1, 1), (999, 999, 1000, 1000, 7)])
def test_what_begins_on_the_picture_is_inside(values: tuple[int, ...]) -> None:
    """To its last point."""
    assert Cover(*values).inside
