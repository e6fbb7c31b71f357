"""How much two letters say the same."""

import pytest

from portal.domain.letters.likeness import (
    CONSIDERED,
    NEARLY_SAME,
    UNLIKE,
    likeness,
    pairs_of,
)

LAMP = ("路灯坏了", "梧桐小区门口的路灯坏了两个星期，晚上回家看不清路，请问什么时候能修好？")
AGAIN = (
    "路灯还没修",
    "梧桐小区门口的路灯坏了三个星期了，晚上看不清路，请问到底什么时候能修好？谢谢。",
)
OTHER = (
    "烧烤摊扰民",
    "楼下的烧烤摊每天营业到凌晨两点，油烟和噪音让一家人睡不着，希望城管来管一管。",
)


def degree(one: tuple[str, str], other: tuple[str, str]) -> float:
    """Return the likeness of two letters."""
    return likeness(pairs_of(*one), pairs_of(*other))


def test_pairs_are_of_letters_and_digits() -> None:
    """Blanks, marks, width and case play no part; the title is followed by the text."""
    assert pairs_of("Ａ，b", " 1。") == {("a", "b"), ("b", "1")}
    assert pairs_of("", "路") == frozenset()


@pytest.mark.parametrize(
    ("one", "other", "value"),
    [
        ("甲乙", "甲乙", 1.0),
        ("甲乙", "乙甲", 0.0),
        ("甲乙丙", "甲乙丁", 0.5),
        ("甲乙丙丁", "甲乙", 0.5),
        ("甲", "甲", 0.0),
        ("甲乙", "", 0.0),
        ("", "甲乙", 0.0),
    ],
)
def test_likeness_is_the_share_in_common(one: str, other: str, value: float) -> None:
    """Twice what both have, over what each has."""
    assert degree(("", one), ("", other)) == value


def test_a_letter_sent_again_is_a_near_copy_and_another_is_unlike() -> None:
    """The limits tell a letter in other words from one of another matter."""
    assert degree(LAMP, AGAIN) >= NEARLY_SAME
    assert degree(LAMP, OTHER) < UNLIKE


def test_what_is_compared_has_an_end() -> None:
    """Characters beyond the most change nothing; one before the end does."""
    text = "路" * (CONSIDERED - 1)
    assert pairs_of("", text + "灯") == {("路", "路")}
    assert pairs_of("", text[1:] + "灯") == {("路", "路"), ("路", "灯")}
