"""The sentence of a reply that answers, and when the first hit is certain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index.answers import LONGEST, MARGIN, SHORTEST, answering, is_certain
from search_index.results import Hit

REPLY = (
    "您好！您反映的公积金问题收悉，感谢您的关心和支持。"
    "经核实，提取住房公积金须提供身份证和购房合同，到任一管理部窗口办理。"
    "管理部周六上午照常上班。如有疑问请致电窗口。"
)


def said(reply: str, question: str) -> str | None:
    """Return the sentence that answers."""
    span = answering(reply, question)
    return reply[slice(*span)] if span else None


@pytest.mark.parametrize(
    ("question", "start"),
    [("提取公积金要带什么材料", "经核实，提取"), ("管理部周六上班吗", "管理部周六")],
)
def test_the_sentence_about_the_question_answers(question: str, start: str) -> None:
    """The sentence with the terms of the question is chosen, not the courtesies."""
    assert (said(REPLY, question) or "").startswith(start)


def test_a_courtesy_never_answers() -> None:
    """A sentence that acknowledges the letter is passed over although it repeats its words."""
    assert said("您好！您反映的公积金提取问题收悉。", "公积金提取") is None
    assert said("您咨询的关于公积金提取的问题，我中心高度重视。", "公积金提取") is None


def test_without_a_common_word_no_sentence_answers() -> None:
    """A reply about another matter answers nothing."""
    assert answering(REPLY, "路灯不亮") is None
    assert answering("", "路灯不亮") is None


def test_a_result_weighs_more_than_a_mention() -> None:
    """Of two sentences with the same words the one that states a result is chosen."""
    reply = "小区路灯的事大家都在说。小区路灯已于三日修好。"
    assert said(reply, "小区路灯") == "小区路灯已于三日修好。"


def test_a_word_of_every_sentence_weighs_little() -> None:
    """What all sentences hold does not outweigh what one holds."""
    reply = "供暖供暖供暖供暖。供暖按面积交费用。供暖供暖供暖供暖。"
    assert said(reply, "供暖费用") == "供暖按面积交费用。"


def test_a_long_sentence_is_cut_at_a_comma() -> None:
    """Only the piece with the answer is shown of a sentence that never ends."""
    filler = "，".join(["各有关部门按照职责分工负责"] * 12)
    reply = f"{filler}，路灯损坏由市政所修理，{filler}。"
    found = said(reply, "路灯损坏谁修理") or ""
    assert "路灯损坏由市政所修理" in found
    assert len(found) <= LONGEST


@given(st.text(alphabet="您好公积金提取办理，。！\n 已", max_size=400), st.text(max_size=20))
def test_a_sentence_stands_in_the_reply_as_it_is(reply: str, question: str) -> None:
    """Whatever is typed, the range lies in the reply and is no fragment."""
    span = answering(reply, question)
    if span is not None:
        assert 0 <= span[0] < span[1] <= len(reply)
        assert SHORTEST <= span[1] - span[0] <= LONGEST
        assert not reply[span[0]].isspace()


def hits(*scores: float) -> list[Hit]:
    """Return hits with these scores."""
    return [Hit(number, score) for number, score in enumerate(scores, start=1)]


@pytest.mark.parametrize(
    ("scores", "certain"),
    [
        ((17.0, 10.0), True),
        ((16.9, 10.0), False),
        ((5.0,), True),
        ((0.0,), False),
        ((), False),
        ((17.0, 10.0, 9.9), True),
    ],
)
def test_the_first_hit_is_certain_far_ahead_of_the_second(
    scores: tuple[float, ...], certain: bool
) -> None:
    """The margin between the first two scores decides."""
    assert MARGIN == 1.7
    assert is_certain(hits(*scores), "公积金怎么提取") is certain


@pytest.mark.parametrize(
    ("question", "certain"),
    [("公积金提取吗", True), ("公积金提取", False), ("gongjijin tiqu", False)],
)
def test_a_word_or_two_is_no_question(question: str, certain: bool) -> None:
    """From six Han characters on a query is a question."""
    assert is_certain(hits(2.0, 1.0), question) is certain


def test_a_sentence_that_shares_only_words_of_questions_answers_nothing() -> None:
    """A sentence with 可以 about something else does not answer whether fees can be paid back."""
    assert answering("参加生育保险的职工可以享受待遇。", "暖气不热可以退费吗") is None
