"""How near a reply is to its letter."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.letters.replies.relevance import off_topic, relevance, weight, words

TITLE = "梧桐小区停水三天没有人管"
TEXT = "我们梧桐小区从周一开始停水，已经三天了，打自来水公司的电话没有人接，老人做饭都成问题，请尽快恢复供水。"
REPLY = (
    "您好！梧桐小区停水是因为自来水主管道爆裂，抢修已经完成，今天中午恢复供水，给您带来不便请谅解。"
)
OTHER = "您好！诗歌朗诵比赛的报名时间是六月一日至十日，请到文化馆二楼填写报名表，获奖作品将结集出版，欢迎踊跃参加。"


def test_a_reply_to_the_letter_is_on_topic() -> None:
    """It takes up what the letter is about, and comes nearer than any other reply."""
    assert not off_topic(TITLE, TEXT, REPLY)
    assert relevance(TITLE, TEXT, REPLY) > 10 * relevance(TITLE, TEXT, OTHER)


def test_a_reply_to_another_letter_is_off_topic() -> None:
    """A poetry contest does not answer cut water, question mark or not."""
    assert off_topic(TITLE, TEXT, OTHER)


@pytest.mark.parametrize(
    ("title", "text", "reply"),
    [("停水", "停水了。", OTHER), (TITLE, TEXT, "六月一日报名。"), ("", "", "")],
)
def test_too_little_to_compare_is_taken_as_fitting(title: str, text: str, reply: str) -> None:
    """Fewer than twelve different words on one side say nothing."""
    assert not off_topic(title, text, reply)


def test_words_are_pairs_of_characters_and_whole_numbers() -> None:
    """Width and case do not matter; runs of one character make no pair."""
    assert words("停水 ＷｉＦｉ，第３０７路 的") == {"停水", "wifi", "307"}


def test_a_word_weighs_more_the_fewer_hold_it() -> None:
    """One that most texts hold weighs nothing, one in no list counts as held by 53 of 10,000."""
    assert weight("您好") == 0.0
    assert weight("没有一") == pytest.approx(math.log(10_000 / 53))
    assert 0 < weight("小区") < weight("停车") <= weight("喵呜")


def test_relevance_is_that_of_the_whole_and_of_the_title() -> None:
    """A text without stop words against itself is 1, and 2 where it is the title as well."""
    assert relevance("", "喵呜嗷呜", "喵呜嗷呜") == pytest.approx(1.0)
    assert relevance("喵呜嗷呜", "", "喵呜嗷呜") == pytest.approx(2.0)
    assert relevance("喵呜嗷呜", "", "汪汪叫叫") == 0.0


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_relevance_has_bounds(title: str, text: str, reply: str) -> None:
    """It lies between 0 and 2 for whatever texts."""
    assert -1e-9 <= relevance(title, text, reply) <= 2 + 1e-9
