"""Pieces of two versions of a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.letters import text_changes as changes
from portal.domain.letters.text_changes import Change, Piece, text_changes

SAME, REMOVED, ADDED = Change.SAME, Change.REMOVED, Change.ADDED


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("", "", []),
        ("路灯坏了。", "路灯坏了。", [(SAME, "路灯坏了。")]),
        ("", "路灯", [(ADDED, "路灯")]),
        ("路灯", "", [(REMOVED, "路灯")]),
        ("三日内修好。", "五日内修好。", [(REMOVED, "三"), (ADDED, "五"), (SAME, "日内修好。")]),
        (
            "电话 63151234。谢谢。",
            "电话 63155678。谢谢。",
            [(SAME, "电话 "), (REMOVED, "63151234"), (ADDED, "63155678"), (SAME, "。谢谢。")],
        ),
        ("甲。乙。丙。", "甲。丙。", [(SAME, "甲。"), (REMOVED, "乙。"), (SAME, "丙。")]),
        ("甲。丙。", "甲。乙。丙。", [(SAME, "甲。"), (ADDED, "乙。"), (SAME, "丙。")]),
        ("一\n二", "一\n三", [(SAME, "一\n"), (REMOVED, "二"), (ADDED, "三")]),
        (
            "天一。人。地二。",
            "天三。人。地四。",
            [
                (SAME, "天"),
                (REMOVED, "一"),
                (ADDED, "三"),
                (SAME, "。人。地"),
                (REMOVED, "二"),
                (ADDED, "四"),
                (SAME, "。"),
            ],
        ),
    ],
)
def test_what_changed(before: str, after: str, pieces: list[tuple[Change, str]]) -> None:
    """Characters, numbers as a whole and sentences are told apart."""
    assert text_changes(before, after) == [Piece(*each) for each in pieces]


TEXTS = st.text(alphabet="路灯坏了ab1 。；\n", max_size=40)


@given(TEXTS, TEXTS)
def test_pieces_make_both_texts(before: str, after: str) -> None:
    """Without what was added they are the text before, without what was removed the one after."""
    pieces = text_changes(before, after)
    assert "".join(p.text for p in pieces if p.change is not ADDED) == before
    assert "".join(p.text for p in pieces if p.change is not REMOVED) == after
    assert all(p.text for p in pieces)
    assert all(one.change is not two.change for one, two in zip(pieces, pieces[1:], strict=False))


def test_of_much_that_differs_all_is_changed() -> None:
    """Beyond the most words and sentences a whole stretch counts as replaced."""
    words = changes.MOST_WORDS
    old, new = "甲" + "乙" * (words - 2) + "丙", "丁" + "乙" * (words - 2) + "戊"
    assert len(text_changes(old, new)) == 5
    old, new = old + "己", new + "庚"
    assert text_changes(old, new) == [Piece(REMOVED, old), Piece(ADDED, new)]
    sentences = changes.MOST_SENTENCES
    old = "甲。" + "乙。" * (sentences - 2) + "丙。"
    new = "丁。" + "乙。" * (sentences - 2) + "戊。"
    assert len(text_changes(old, new)) == 6
    old, new = old + "己。", new + "庚。"
    assert [piece.change for piece in text_changes(old, new)] == [REMOVED, ADDED, SAME]
