"""Columns of foreign files are known by their headings."""

import pytest

from portal.services.importing.columns import map_columns


@pytest.mark.parametrize(
    "header",
    [
        ("标题", "内容", "来信时间"),
        ("標題", "內容", "來信時間"),
        ("标题*", "内容（必填）", "来信时间："),
        (" Title ", "ＣＯＮＴＥＮＴ", "asked_at"),
    ],
)
def test_a_heading_is_known_however_it_is_written(header: tuple[str, ...]) -> None:
    """Script, width, case, blanks and the marks of forms make no other column of it."""
    assert map_columns(header, {}) == {"title": 0, "text": 1, "received_at": 2}


def test_a_named_column_is_found_in_the_other_script() -> None:
    """What is typed on the command line finds the heading of the file in either script."""
    found = map_columns(("事項", "來信", "日期"), {"title": "事项", "text": "来信"})
    assert found == {"title": 0, "text": 1}
