"""Which words tell what a letter is about."""

import pytest

from portal.domain.words.fillers import FILLERS, says_something


@pytest.mark.parametrize("word", ["路灯", "公积金", "三峡", "万州", "五保户", "百货", "wifi", "a3"])
def test_words_of_a_matter_say_something(word: str) -> None:
    """Names and things count, with a numeral in them as well."""
    assert says_something(word)


@pytest.mark.parametrize(
    "word",
    [
        "",
        "灯",
        "a",
        "12",
        "2016",
        "三个",
        "一次",
        "第二次",
        "六十五岁",
        "两天",
        "三十",
        "一万",
        "几个",
    ],
)
def test_characters_and_numbers_say_nothing(word: str) -> None:
    """Single characters and numbers, in digits or written out, with what they count."""
    assert not says_something(word)


def test_fillers_say_nothing() -> None:
    """Words of any letter do not count."""
    assert {"没有", "居民", "申请", "街道"} <= FILLERS
    assert not any(map(says_something, FILLERS))
