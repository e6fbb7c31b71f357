"""What an answer cites, and when it is old."""

from datetime import date

import pytest

from portal.domain.archive.freshness import (
    CITED_LEAST,
    citations,
    cites,
    folded,
    is_old,
    whole_years,
)


def test_least_length_of_what_is_cited() -> None:
    """Four letters or digits are enough."""
    assert CITED_LEAST == 4


@pytest.mark.parametrize(
    ("text", "kept"),
    [("渝府发〔2016〕12号", "渝府发201612号"), ("ＡＢ c-1。", "abc1"), ("（、）", "")],
)
def test_letters_and_digits_are_kept(text: str, kept: str) -> None:
    """Width, case, brackets and blanks make no difference."""
    assert folded(text) == kept


def test_citations_are_lines() -> None:
    """Each line is one, blanks are single, empty lines and repetitions go."""
    assert citations(" 渝府发〔2016〕12号 \n\n公积金  管理办法\n渝府发〔2016〕12号") == [
        "渝府发〔2016〕12号",
        "公积金 管理办法",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("依据渝府发[2016] 12 号文件办理", True),
        ("依据渝府发〔２０１６〕１２号", True),
        ("依据渝府发〔2016〕112号", False),
        ("按照公积金管理办法执行", True),
        ("按照公积金办法", False),
    ],
)
def test_one_of_the_citations_is_enough(text: str, found: bool) -> None:
    """An answer cites where it holds any of the words, written in whatever brackets."""
    assert cites(text, ["渝府发〔2016〕12号", "公积金管理办法"]) is found


def test_marks_alone_cite_nothing() -> None:
    """Words without letters are in no text, and no words are found nowhere."""
    assert not cites("任何内容", ["——"])
    assert not cites("任何内容", [])


@pytest.mark.parametrize(
    ("today", "years"),
    [(date(2019, 6, 14), 2), (date(2019, 6, 15), 3), (date(2019, 7, 1), 3), (date(2020, 1, 1), 3)],
)
def test_years_pass_on_their_day(today: date, years: int) -> None:
    """A year is over on the same day of the next."""
    assert whole_years(date(2016, 6, 15), today) == years
    assert is_old(date(2016, 6, 15), today, 3) is (years >= 3)


def test_no_years_mark_nothing() -> None:
    """With 0 years no answer is old."""
    assert not is_old(date(1990, 1, 1), date(2026, 1, 1), 0)
