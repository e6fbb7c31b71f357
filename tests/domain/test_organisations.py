"""The tree of organisations as paths."""

import pytest

from portal.domain.organisations import (
    child_path,
    common_superior,
    covers,
    path_ids,
)


def test_path_goes_from_the_root_down() -> None:
    """A child's path is its parent's path and its own id."""
    root = child_path(None, 1)
    assert root == "/1/"
    assert child_path(child_path(root, 17), 230) == "/1/17/230/"


def test_path_tells_its_ids() -> None:
    """A path gives the ids back, root first."""
    assert path_ids("/1/17/230/") == (1, 17, 230)


@pytest.mark.parametrize(
    ("top", "path", "covered"),
    [
        ("/1/", "/1/", True),
        ("/1/", "/1/17/", True),
        ("/1/17/", "/1/", False),
        ("/1/1/", "/1/17/", False),
        ("/1/17/", "/1/170/", False),
    ],
)
def test_subtree_is_a_prefix(top: str, path: str, covered: bool) -> None:
    """A subtree holds its top and what is below, and no organisation whose id looks alike."""
    assert covers(top, path) is covered


@pytest.mark.parametrize(
    ("paths", "superior"),
    [
        (["/1/2/"], 1),
        (["/1/2/", "/1/3/"], 1),
        (["/1/2/7/", "/1/2/8/"], 2),
        (["/1/2/7/", "/1/2/7/"], 2),
        (["/1/2/", "/1/2/7/"], 1),
        (["/1/", "/1/2/"], 1),
        (["/1/"], 1),
        (["/1/2/7/", "/1/3/9/"], 1),
        (["/1/2/7/20/", "/1/2/8/", "/1/2/8/30/"], 2),
    ],
)
def test_superior_is_strictly_above_all(paths: list[str], superior: int) -> None:
    """A common superior is the lowest organisation above all of them; the root is its own."""
    assert common_superior(paths) == superior


def test_superior_of_nobody() -> None:
    """A superior of no organisation at all is an error of the caller."""
    with pytest.raises(ValueError, match="no organisation"):
        common_superior([])
