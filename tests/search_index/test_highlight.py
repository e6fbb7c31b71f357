import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index.highlight import fragments, mark, passage


def test_a_found_word_is_marked() -> None:
    """A word is marked wherever it stands."""
    assert mark("提取公积金，公积金", ["公积金"]) == (
        "提取<mark>公积金</mark>，<mark>公积金</mark>"
    )


def test_markup_in_a_letter_is_escaped() -> None:
    """A script in a letter comes out as text, even where its letters are searched."""
    html = mark("<script>alert('x')</script>", ["script"])
    assert html == ("&lt;<mark>script</mark>&gt;alert(&#x27;x&#x27;)&lt;/<mark>script</mark>&gt;")


def test_private_characters_in_a_letter_cannot_become_marks() -> None:
    """A letter that contains the characters used for marking gets no mark from them."""
    assert mark("甲\ue000乙\ue001", []) == "甲乙"


def test_full_width_text_is_marked_as_written() -> None:
    """A search for a3 marks Ａ３ without changing it."""
    assert mark("Ａ３区", ["a3"]) == "<mark>Ａ３</mark>区"


def test_a_number_is_marked_as_a_whole_only() -> None:
    """A search for 12 leaves 123 alone."""
    assert mark("123路和12路", ["12"]) == "123路和<mark>12</mark>路"


def test_a_character_that_unfolds_is_marked_whole() -> None:
    """A search for kg marks the single character ㎏."""
    assert mark("5 ㎏重", ["kg"]) == "5 <mark>㎏</mark>重"


def test_neighbouring_words_share_one_mark() -> None:
    """A word that begins where another ends, or inside it, continues its mark."""
    assert mark("公积金提取", ["公积金", "积金提", "取"]) == "<mark>公积金提取</mark>"


def test_a_phrase_is_marked_across_punctuation() -> None:
    """A phrase of several runs is one mark."""
    assert mark("在A3-区门口", ["a3 区"]) == "在<mark>A3-区</mark>门口"


def test_a_fragment_shows_where_the_words_stand_together() -> None:
    """A long reply is cut to the sentence with both words."""
    text = "公积金政策很多。" + "另外一句话。" * 30 + "公积金提取要带合同。" + "最后一句话。" * 30
    fragment = fragments(text, ["公积金", "提取"], 40)
    assert fragment.startswith("…<mark>公积金提取</mark>要带合同。")
    assert fragment.endswith("…")


def test_a_fragment_without_a_found_word_is_the_beginning() -> None:
    """A reply in which nothing was found shows its start."""
    assert fragments("开头" + "句" * 100, ["供暖"], 10) == "开头句句句句句句句句…"


def test_a_fragment_at_the_end_says_that_nothing_follows() -> None:
    """What is cut from the end of a letter has an ellipsis in front and none behind."""
    fragment = fragments("句" * 100 + "谈供暖", ["供暖"], 40)
    assert fragment.startswith("…")
    assert fragment.endswith("<mark>供暖</mark>")


def test_a_short_text_is_shown_whole() -> None:
    """A text shorter than the width has no ellipsis and single spaces."""
    assert fragments(" 供暖 \n\n 恢复 ", ["供暖"], 40) == "<mark>供暖</mark> 恢复"


@given(st.text(), st.lists(st.text(max_size=6), max_size=4), st.integers(1, 60))
def test_nothing_in_a_text_becomes_markup(text: str, terms: list[str], width: int) -> None:
    """A highlighted text holds no tag but mark, and those come in pairs."""
    for html in (mark(text, terms), fragments(text, terms, width)):
        tags = re.findall(r"<[^>]*>", html)
        assert tags == ["<mark>", "</mark>"] * (len(tags) // 2)
        assert "<" not in re.sub("</?mark>", "", html)


@pytest.mark.parametrize(
    ("span", "width", "shown"),
    [
        ((4, 8), 20, "您好，。<mark>路灯已修</mark>好了 谢谢"),
        ((4, 8), 8, "您好，。<mark>路灯已修</mark>…"),
        ((4, 8), 6, "…<mark>路灯已修</mark>好了…"),
        ((4, 8), 3, "…<mark>路灯已</mark>…"),
        ((0, 0), 5, "您好，。路…"),
    ],
)
def test_a_passage_shows_the_beginning_or_the_marked_sentence(
    span: tuple[int, int], width: int, shown: str
) -> None:
    """The beginning is shown while the sentence fits in, else the sentence itself."""
    assert passage("您好，。路灯已修好了\n\n谢谢", span, width) == shown


def test_a_passage_is_escaped() -> None:
    """Signs of a text never become markup."""
    assert passage("<b>&路灯", (0, 3), 20) == "<mark>&lt;b&gt;</mark>&amp;路灯"
