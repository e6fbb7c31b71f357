"""The rectangles of a release as they are typed: none of them is lost."""

from werkzeug.datastructures import MultiDict

from portal.domain.files.covers import COVERS_MOST
from portal.web.console.archive.release import typed_rows

SIDES = ("x", "y", "width", "height")


def sent(*rows: str, pages: int | None = None) -> MultiDict[str, str]:
    """Return a form whose rows have the same text in each field."""
    form: MultiDict[str, str] = MultiDict()
    for side in SIDES:
        form.setlist(side, list(rows))
    form.setlist("page", ["1"] * (len(rows) if pages is None else pages))
    return form


def test_a_row_behind_empty_ones_is_kept() -> None:
    """Empty rows go first, then the others are counted."""
    rows = typed_rows(sent(*["10"] * 28, "", "", "", "20"))
    assert len(rows) == 29 and rows[-1].x == "20"


def test_one_row_too_many_is_still_seen() -> None:
    """So that the service can refuse it instead of leaving it out."""
    assert len(typed_rows(sent(*["10"] * 50))) == COVERS_MOST + 1


def test_a_row_without_a_page_is_not_understood() -> None:
    """It is not left out either."""
    rows = typed_rows(sent("10", "20", pages=1))
    assert [row.cover() is None for row in rows] == [False, True]
