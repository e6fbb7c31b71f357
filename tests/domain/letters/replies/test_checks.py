"""What a reply is looked over for before sign-off."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.letters.replies.checks import Check, check_reply, open_questions, questions
from portal.domain.letters.states import TEXT_MAX
from portal.domain.redaction import Sender

LETTER = "我家住梧桐小区。请问路灯由谁负责维修？什么时候能修好？小区电梯年检过期怎么办？"
REPLY = (
    "周女士，您好！来信收悉。梧桐小区门口的路灯由市政设施管理处负责维修，因电缆老化，"
    "预计 6 月 20 日前修好。小区电梯年检由物业申请，年检过期的电梯已责令停用并限期整改。"
    "如有疑问请致电 023-12345678。"
)


def found(text: str, letter: str = LETTER, sender: Sender | None = None) -> set[Check]:
    """Return what a reply is warned about."""
    return {remark.check for remark in check_reply(text, letter, sender)}


def test_good_reply_is_left_alone() -> None:
    """A reply with greeting, answers and a phone number is not remarked on."""
    assert found(REPLY) == set()


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("您好，已处理，电话 12345。", Check.SHORT),
        (REPLY.replace("您好！来信收悉。", ""), Check.GREETING),
        (REPLY.replace("023-12345678", "我们"), Check.CONTACT),
        (
            REPLY.replace("小区电梯年检由物业申请，年检过期的电梯已责令停用并限期整改。", ""),
            Check.QUESTION,
        ),
        (REPLY + "您的手机 13912345678。", Check.PERSONAL),
        (REPLY + "路口的灯我们将尽快安装。", Check.PROMISE),
        (REPLY + "该市民的诉求属实。", Check.THIRD_PERSON),
    ],
)
def test_each_fault_is_remarked_on_alone(text: str, check: Check) -> None:
    """A reply with one fault gets the remark for it."""
    assert check in found(text)
    assert found(text) <= {check, Check.QUESTION, Check.GREETING, Check.CONTACT} | {check}


def test_open_question_is_quoted() -> None:
    """The remark repeats the question as the citizen wrote it."""
    reply = REPLY.replace("小区电梯年检由物业申请，年检过期的电梯已责令停用并限期整改。", "")
    assert open_questions(LETTER, reply) == ["小区电梯年检过期怎么办？"]


def test_questions_are_the_sentences_with_a_question_mark() -> None:
    """Both question marks count; a mark without words is no question."""
    assert questions("灯能修好吗?谢谢。？？\n路灯坏了！谁来修路灯？") == [
        "灯能修好吗?",
        "谁来修路灯？",
    ]


def test_office_phone_is_not_taken_for_personal_data() -> None:
    """The phone of the office, announced as such, is no remark."""
    assert Check.PERSONAL not in found(REPLY.replace("请致电", "请拨打咨询电话"))


@pytest.mark.parametrize(
    ("text", "check", "quote"),
    [
        ("路口的灯我们将尽快安装。", Check.PROMISE, "路口的灯我们将尽快安装。"),
        ("该市民的诉求属实。", Check.THIRD_PERSON, "该市民的诉求属实。"),
    ],
)
def test_faulty_sentences_are_quoted_five_at_most(text: str, check: Check, quote: str) -> None:
    """Each sentence has a remark of its own, as long as there are few."""
    assert [
        [
            remark.quote
            for remark in check_reply(REPLY + text * times, LETTER)
            if remark.check is check
        ]
        for times in (1, 7)
    ] == [[quote], [quote] * 5]


def test_private_person_with_a_number_is_found() -> None:
    """Whoever is named with a telephone or an identity card is quoted, as for publication."""
    text = REPLY + "您的邻居李建国，电话 13912345678，身份证号 11010519491231002X。"
    assert {
        remark.quote for remark in check_reply(text, LETTER) if remark.check is Check.PERSONAL
    } == {
        "李建国",
        "13912345678",
        "11010519491231002X",
    }


def test_senders_own_phone_is_found() -> None:
    """The sender's number is noticed although it is written with blanks."""
    sender = Sender("周晓兰", "13900000001", "")
    assert Check.PERSONAL in found(REPLY + "回访电话 139 0000 0001。", sender=sender)


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_can_be_looked_over(reply: str, letter: str) -> None:
    """No text makes the checks fail."""
    check_reply(reply, letter)


def test_longest_texts_can_be_looked_over() -> None:
    """The longest reply to the longest letter of questions is looked over too."""
    assert check_reply("答" * TEXT_MAX, "问？" * (TEXT_MAX // 2)) != []


@pytest.mark.parametrize("word", ["\u4e01\u4e03", "\u9fff\u9ffe"])
def test_rare_characters_are_words_too(word: str) -> None:
    """A question in the first or last characters of the block is answered by the same ones."""
    letter = f"{word}？"
    assert questions(letter) == [letter]
    assert open_questions(letter, f"{word}。") == []
    assert open_questions(letter, "路灯已经修好。") == [letter]
