"""What a reply says itself, beyond courtesies and who the letter was passed to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.letters.replies.substance import Substance, substance

PASSED_ON = [
    "您好！来信已转有关部门处理。",
    "您好！来信已转有关部门处理。联系电话：023-12345678。",
    "尊敬的网友：您好！您的留言已收悉，我们已将您反映的问题转交市水务局调查处理，感谢您的关注。2016年12月3日",
    "您反映的问题已转石桥街道办事处核查、办复，祝您生活愉快。",
    "周女士您好，您反映的情况已交区城管局处理，结果将及时反馈。",
    "来信收悉，已移交教育部门办理，您也可以直接咨询教育部门，电话 12345。",
    "您反映的问题县交通局已经答复。链接：https://example.gov/7",
    "您好！我办已将此件按程序转交区政府办，要求其严格核实、处理，并及时回复。我们将持续关注并督促办理。",
]
EMPTY = [
    "",
    "您好！",
    "网友：您好！留言已收悉",
    "网友2016年4月8日",
    "您好，感谢您对我们工作的支持与关注！",
    "来信已收到，请耐心等待后续回复。联系电话：023-12345678",
    "市民朋友：您好！您的来信已收悉，现回复如下：",
]
ANSWERS = [
    "路灯由市政设施管理处负责维修，预计 6 月 20 日前修好。",
    "您好！可以异地办理身份证，携带户口本和居住证明即可。",
    "经核实，该路段已转入施工阶段，年底前完工。",
    "套牌车已于 9 月 21 日被交警大队扣押。",
    "您好！信已转市水务局。水务局答复：管道今天修好，已经恢复供水。",
    "具体情况请咨询区医保局，电话 023-12345678。",
    "本市没有这样的规定。",
]


@pytest.mark.parametrize("text", PASSED_ON)
def test_a_reply_that_only_passes_the_letter_on(text: str) -> None:
    """With a telephone number or without, however polite, it is no answer."""
    assert substance(text) is Substance.PASSED_ON


@pytest.mark.parametrize("text", EMPTY)
def test_a_reply_of_courtesies_alone(text: str) -> None:
    """Greeting, receipt, thanks and a date say nothing of the matter."""
    assert substance(text) is Substance.EMPTY


@pytest.mark.parametrize("text", ANSWERS)
def test_a_reply_that_says_something(text: str) -> None:
    """One clause on the matter makes an answer, also beside that it was passed on."""
    assert substance(text) is Substance.ANSWER


@given(st.text(max_size=200), st.sampled_from(ANSWERS[:2]))
def test_words_around_an_answer_leave_it_one(around: str, answer: str) -> None:
    """Whatever stands on other lines, an answer is an answer."""
    assert substance(f"{around}\n{answer}\n{around}") is Substance.ANSWER


def test_width_and_punctuation_do_not_matter() -> None:
    """Full-width letters and signs read as plain ones."""
    assert substance("您好!来信已转有关部门处理.") is substance("您好！来信已转有关部门处理．")


def test_a_long_clause_is_an_answer() -> None:
    """Who writes more than sixty characters without a stop says more than to whom the letter went."""
    assert substance("已转市水务局" + "并" * 60) is Substance.ANSWER
