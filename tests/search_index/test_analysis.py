import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index.analysis import (
    is_han,
    normalise,
    normalise_with_offsets,
    occurrences,
    term_number,
    written_forms,
)


def positions(text: str) -> dict[int, list[int]]:
    """Return term → positions of one text."""
    found: dict[int, list[int]] = {}
    terms, _, places, _ = occurrences([normalise(text)])
    for term, place in zip(terms.tolist(), places.tolist(), strict=True):
        found.setdefault(term, []).append(place)
    return found


def test_full_width_letters_and_digits_become_ordinary_lower_case() -> None:
    """A full-width A１２ reads as a12."""
    assert normalise("Ａ１２路") == "a12路"


def test_invisible_characters_disappear_and_controls_become_spaces() -> None:
    """A zero-width space inside a word does not cut it, a bell between words does."""
    assert normalise("公\u200b积金\x07提取") == "公积金 提取"


@given(st.text(), st.text())
def test_a_character_folds_the_same_whatever_surrounds_it(left: str, right: str) -> None:
    """A text folds to the folded parts put together, where no combining mark joins them."""
    joint = left + " " + right
    if normalise("x" + right)[:1] == "x":
        assert normalise(joint) == normalise(left) + " " + normalise(right)


@given(st.text())
def test_offsets_lead_back_into_the_text(text: str) -> None:
    """An offset exists for every folded character, rises, and ends at the length of the text."""
    folded, offsets = normalise_with_offsets(text)
    assert len(offsets) == len(folded) + 1
    assert list(offsets) == sorted(offsets)
    assert offsets[-1] == len(text)


def test_every_position_of_a_run_has_a_term() -> None:
    """A run between two numbers leaves no gap in the positions."""
    expected = {"a3": 0, "区": 1, "区长": 1, "长沙": 2, "沙": 3, "b4": 4}
    assert positions("a3区长沙b4") == {term_number(term): [n] for term, n in expected.items()}


def test_positions_of_a_repeated_term_rise() -> None:
    """A word written twice has two positions, the later one last."""
    assert positions("供暖，供暖")[term_number("供暖")] == [0, 2]


def test_each_text_of_several_has_positions_of_its_own() -> None:
    """No pair spans two texts, an empty one has none, and positions begin at 0 in each."""
    terms, texts, places, lengths = occurrences(["供", "", "暖a"])
    assert list(zip(terms.tolist(), texts.tolist(), places.tolist(), strict=True)) == [
        (term_number("供"), 0, 0),
        (term_number("暖"), 2, 0),
        (term_number("a"), 2, 1),
    ]
    assert lengths.tolist() == [1, 0, 2]


@pytest.mark.parametrize(
    ("character", "han"),
    [("\u4dff", False), ("\u4e00", True), ("\u9fff", True), ("\ua000", False)],
)
def test_the_block_of_han_characters_has_edges(character: str, han: bool) -> None:
    """The first and the last character of the block pair up with their neighbours, others do not."""
    assert is_han(character) is han
    assert (term_number(f"路{character}") in positions(f"路{character}")) is han


@pytest.mark.parametrize(
    ("character", "forms"),
    [("开", "开開"), ("w", "Ww"), ("4", "4④４"), ("\U00020000", "\U00020000")],
)
def test_the_forms_of_a_character(character: str, forms: str) -> None:
    """All that folds to a character, itself among them."""
    found = written_forms(character)
    assert set(forms) <= set(found)
    assert {normalise(each) for each in found} == {character}


@given(st.text(st.characters(codec="utf-8") | st.sampled_from("Ｗi-Fi é开開㎡①\u0301\u200b\n，")))
def test_folding_whole_texts_equals_folding_each_character(text: str) -> None:
    """The quick way over a table and the way of each character agree, and so do the offsets."""
    whole = normalise(text)
    pieces = "".join(normalise(f"\u200b{each}") for each in text)
    if not any(unicodedata.combining(each) for each in text):
        assert whole == re.sub("(?<=[a-z])[-\u2010](?=[a-z])", "", pieces)
    folded, offsets = normalise_with_offsets(text)
    assert folded == whole
    assert len(offsets) == len(folded) + 1
    assert list(offsets) == sorted(offsets)
    assert offsets[-1] == len(text)
