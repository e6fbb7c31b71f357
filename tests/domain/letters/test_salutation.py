"""Answers are shown from where they answer."""

import pytest

from portal.domain.letters.salutation import answer_start

ANSWER = "石桥街道梧桐小区门口的路灯已经修好，今晚恢复照明。"


@pytest.mark.parametrize(
    "opening",
    [
        "",
        "您好！",
        "尊敬的市民：\n您好！您的来信收悉。",
        "网友您好，您反映的路灯问题收悉，现答复如下：\n",
        "感谢您对我们工作的关心和支持。",
    ],
)
def test_greetings_are_passed_over(opening: str) -> None:
    """An answer is shown from its first sentence that says something."""
    assert answer_start(opening + ANSWER) == ANSWER


def test_an_answer_of_greetings_is_shown_whole() -> None:
    """A reply that is nothing but courtesy is shown as it is."""
    reply = "您好，您的来信收悉，感谢您的支持。"
    assert answer_start(reply) == reply


@pytest.mark.parametrize("reply", ["", "。", "：" * 5000, "您好" * 5000, "谢" * 100_000])
def test_any_text_has_a_start(reply: str) -> None:
    """A text without sentences is returned without its leading spaces."""
    assert answer_start(reply) == reply


@pytest.mark.parametrize(("length", "passed"), [(70, True), (71, False)])
def test_a_long_sentence_with_thanks_in_it_is_part_of_the_answer(length: int, passed: bool) -> None:
    """A courtesy has at most 70 characters; a longer sentence says something besides."""
    opening = "感谢" + "您" * (length - 3) + "。"
    assert answer_start(opening + ANSWER) == (ANSWER if passed else opening + ANSWER)
