"""What a reply is looked over for before it goes to sign-off; everything here only warns.

The same things a reviewer would send a reply back for: it says nothing itself, speaks of another
matter, is too short, has no greeting, leaves a question aside, names nobody to call, holds personal data,
promises without a date, writes about the sender in the third person.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from portal.domain.errors import N_
from portal.domain.letters.replies.promises import undated_promises
from portal.domain.letters.replies.relevance import off_topic
from portal.domain.letters.replies.substance import Substance, substance
from portal.domain.letters.replies.third_person import about_the_sender
from portal.domain.redaction import FindingKind, PublicField, Sender, default_masks
from portal.domain.translatable import Message

SHORT = 60
"""Characters below which a reply is hardly an answer."""
SHARED = 0.2
"""Share of the words of a question that a reply should take up."""
MOST_SHOWN = 5

_GREETING = re.compile(r"您好|你好|尊敬的|来信收悉|来信已收到")
_CONTACT = re.compile(r"[0-9]{3,4}[-‐ ]?[0-9]{7,8}|12345|[0-9]{7,11}|@|办公地址|地址[:：]")
_SENTENCE = re.compile(r"[^。!！?？\n;；]*[?？]")
_HAN = re.compile(r"[\u4e00-\u9fff]+|[a-z0-9]{2,}")
_COMMON = frozenset(
    "的了吗呢吧啊么是在我您你们他有和与就都也还不没请问如何怎什哪能否可以要会这那个为何时候知道"
)


class Check(StrEnum):
    """What a reply can be warned about."""

    EMPTY = "empty"
    PASSED_ON = "passed_on"
    OFF_TOPIC = "off_topic"
    SHORT = "short"
    GREETING = "greeting"
    QUESTION = "question"
    CONTACT = "contact"
    PERSONAL = "personal"
    PROMISE = "promise"
    THIRD_PERSON = "third_person"


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark on a reply, with the words it is about where there are any."""

    check: Check
    message: Message
    quote: str = ""


_SAYS_NOTHING = {
    Substance.EMPTY: Remark(Check.EMPTY, Message(N_("除了问候和收到来信，答复没有说任何内容。"))),
    Substance.PASSED_ON: Remark(
        Check.PASSED_ON, Message(N_("答复只说信已转给别的单位，没有回答来信人的问题。"))
    ),
}


def check_reply(
    text: str, letter: str, sender: Sender | None = None, title: str = ""
) -> list[Remark]:
    """Return the remarks on a reply ``text`` to a letter, most important first.

    ``letter`` is the text of the letter, ``title`` its title; text and reply have at most ``TEXT_MAX``
    characters.
    """
    plain = _plain(text)
    said: list[Remark] = []
    if nothing := _SAYS_NOTHING.get(substance(text)):
        said.append(nothing)
    elif off_topic(title, letter, text):
        said.append(
            Remark(
                Check.OFF_TOPIC,
                Message(N_("答复几乎没有提到来信说的事，请核对是不是另一封信的答复。")),
            )
        )
    if len("".join(plain.split())) < SHORT:
        said.append(
            Remark(Check.SHORT, Message(N_("答复不足 %(n)s 字，是否说清楚了？"), {"n": SHORT}))
        )
    said += [
        Remark(Check.QUESTION, Message(N_("来信中的这个问题，答复里似乎没有提到：")), question)
        for question in open_questions(letter, text)[:MOST_SHOWN]
    ]
    said += [
        Remark(Check.PROMISE, Message(N_("只说会做，没有说什么时候；请写明日期或期限：")), promise)
        for promise in undated_promises(text)[:MOST_SHOWN]
    ]
    said += _personal(text, sender)
    said += [
        Remark(
            Check.THIRD_PERSON,
            Message(N_("把来信人当作第三者来写；请改称“您”：")),
            sentence,
        )
        for sentence in about_the_sender(text)[:MOST_SHOWN]
    ]
    if not _GREETING.search(plain[:80]):
        said.append(Remark(Check.GREETING, Message(N_("开头没有称呼或问候，如“您好！来信收悉。”"))))
    if not _CONTACT.search(plain):
        said.append(
            Remark(Check.CONTACT, Message(N_("没有留下承办单位的联系电话，来信人不便继续询问。")))
        )
    return said


def questions(letter: str) -> list[str]:
    """Return the sentences of a letter that end in a question mark, as they were written."""
    found = (question.strip() for question in _SENTENCE.findall(letter))
    return [question for question in found if _words(_plain(question))]


def open_questions(letter: str, reply: str) -> list[str]:
    """Return the questions of ``letter`` of whose words the reply takes up hardly any."""
    answered = _words(_plain(reply))
    return [
        question
        for question in questions(letter)
        if len((asked := _words(_plain(question))) & answered) < SHARED * len(asked)
    ]


def _personal(text: str, sender: Sender | None) -> list[Remark]:
    findings = [
        finding
        for finding in default_masks(text, sender=sender, field=PublicField.REPLY)
        if finding.kind is not FindingKind.SENDER_NAME
    ]
    return [
        Remark(
            Check.PERSONAL,
            Message(N_("含有个人信息，公示前须遮盖；如不必要，请删去：")),
            finding.text,
        )
        for finding in findings[:MOST_SHOWN]
    ]


def _plain(text: str) -> str:
    """Fold widths and case; Chinese question marks become ``?``."""
    return unicodedata.normalize("NFKC", text).lower()


def _words(text: str) -> set[str]:
    """Return pairs of Han characters without the commonest, and Latin words and numbers."""
    words: set[str] = set()
    for run in _HAN.findall(text):
        if not "\u4e00" <= run[0] <= "\u9fff":
            words.add(run)
            continue
        pairs = (run[i : i + 2] for i in range(len(run) - 1))
        words.update(pair for pair in pairs if not _COMMON & set(pair))
    return words
