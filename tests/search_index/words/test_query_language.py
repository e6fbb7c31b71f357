"""What may be typed beside words: exclusions, years, other characters, hyphens, and nonsense."""

from pathlib import Path

import pytest

from search_index.engine import SearchRequest
from search_index.highlight import mark
from search_index.query import parse
from tests.search_index.builders import document, engine_with, found


@pytest.mark.parametrize(
    "typed", ["公积金 -贷款", "公积金 NOT 贷款", "-贷款 公积金", "公积金 －贷款", "公积金 -“贷款”"]
)
def test_an_excluded_word_is_in_no_hit(tmp_path: Path, typed: str) -> None:
    """A minus sign before a word, or NOT, leaves out what contains the word."""
    texts = {1: "公积金贷款", 2: "公积金提取"}
    engine = engine_with(
        tmp_path, *(document(n, title=text, text="", reply="") for n, text in texts.items())
    )
    assert found(engine, typed) == [2]


def test_exclusions_alone_leave_out_of_everything(tmp_path: Path) -> None:
    """Without a word to search, everything but the excluded is found."""
    texts = {1: "公积金贷款", 2: "公交线路"}
    engine = engine_with(
        tmp_path, *(document(n, title=text, text="", reply="") for n, text in texts.items())
    )
    assert found(engine, "-贷款") == [2]
    assert engine.search(SearchRequest("-贷款")).total == 1


@pytest.mark.parametrize("typed", ["不要 噪音", "a-b", "2020-2021", "公积金 - 贷款", "not 贷款"])
def test_ordinary_hyphens_and_words_exclude_nothing(typed: str) -> None:
    """A hyphen inside a word, a lone one, and small letters are ordinary text."""
    assert parse(typed).excluded == ()


def test_a_year_finds_its_answers_or_the_words(tmp_path: Path) -> None:
    """2016年 is found in the text, or is the year of the answer."""
    engine = engine_with(
        tmp_path,
        document(1, title="公交线路", text="2011年开通", reply=""),
        document(2, title="公积金", text="", reply=""),
    )
    year = engine.search(SearchRequest("公积金")).facets.years
    assert found(engine, "2011年") == [1]
    assert 2 in found(engine, f"{next(iter(year))}年")


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("開通公交線路", "开通公交线路"),
        ("开通公交线路", "開通公交線路"),
        ("醫保報銷", "医保报销"),
        ("路燈", "路灯"),
        ("臺灣", "台湾"),
        ("wifi", "免费Wi-Fi覆盖"),
        ("Wi-Fi", "免费wifi覆盖"),
        ("ｗｉｆｉ", "免费Wi－Fi覆盖"),
    ],
)
def test_spellings_of_one_word_are_one(tmp_path: Path, typed: str, written: str) -> None:
    """Traditional characters, width, case and hyphens make no difference, both ways."""
    engine = engine_with(tmp_path, document(1, title=written, text="", reply=""))
    assert found(engine, typed) == [1]


@pytest.mark.parametrize(
    ("text", "word", "marked"),
    [
        ("請開通公交線路", "公交线路", "請開通<mark>公交線路</mark>"),
        ("免费Wi-Fi覆盖", "wifi", "免费<mark>Wi-Fi</mark>覆盖"),
        ("e-mail和Wi-Fi", "wifi", "e-mail和<mark>Wi-Fi</mark>"),
    ],
)
def test_marks_stand_where_the_text_has_the_word(text: str, word: str, marked: str) -> None:
    """The text is marked as it is written, whatever was folded."""
    assert mark(text, [word]) == marked


@pytest.mark.parametrize(
    "typed",
    ["-" * 1_000_000, "-a " * 300_000, '-"' * 5_000, "NOT " * 10_000, "(" * 3_000, "\0-\u202e-x"],
)
def test_exclusions_of_any_size_stay_bounded(typed: str) -> None:
    """Nonsense gives a query of bounded size."""
    query = parse(typed)
    assert len(query.terms) + len(query.phrases) <= 20
    assert len(query.excluded) <= 20


def test_an_emoji_is_found_and_asked_for_alone(tmp_path: Path) -> None:
    """An emoji finds letters with it, in any shade; beside words it selects nothing."""
    texts = {1: "办得好\U0001f44d谢谢", 2: "公积金提取"}
    engine = engine_with(
        tmp_path, *(document(n, title=text, text="", reply="") for n, text in texts.items())
    )
    assert found(engine, "\U0001f44d\U0001f3fd") == [1]
    assert found(engine, "公积金\U0001f44d") == [2]
    assert mark(texts[1], ["\U0001f44d"]) == "办得好<mark>\U0001f44d</mark>谢谢"
