"""Texts of one sentence are published as the fixtures say, to the character."""

from collections.abc import Iterable, Iterator

import pytest

from portal.domain.redaction import (
    SENSITIVE,
    Finding,
    FindingKind,
    PublicField,
    Sender,
    confidentiality_requests,
    default_copies,
    default_copy,
    default_masks,
    detect,
    detect_letter,
    mask_text,
    sensitive_numbers,
)
from tests.fixtures.redaction_copies import COPIES, DOUBTS, REPLY_COPIES, SENDER_COPIES
from tests.fixtures.redaction_harmless import REPLIES
from tests.fixtures.redaction_more_copies import MORE_COPIES
from tests.fixtures.redaction_sentences import SENTENCES, WIDER, parse

TITLE, TEXT, REPLY = PublicField.TITLE, PublicField.TEXT, PublicField.REPLY


def shown(findings: Iterable[Finding]) -> list[tuple[str, str, str]]:
    """The kinds of findings, what they cover and what covers it."""
    return [(f.kind, f.text, f.mask) for f in findings]


def told(findings: Iterable[Finding]) -> str:
    """The kinds of findings in their order."""
    return " ".join(f.kind for f in findings)


def marked() -> Iterator[tuple[str, PublicField]]:
    """Every labelled sentence and where it stands."""
    yield from ((sentence, TEXT) for each in SENTENCES.values() for sentence in each)
    yield from ((sentence, REPLY) for sentence in REPLIES)


@pytest.mark.parametrize(("sentence", "field"), list(marked()))
def test_a_mask_begins_and_ends_with_its_secret(sentence: str, field: PublicField) -> None:
    """Each secret is one finding, and of the words around it only those of ``WIDER`` go with it."""
    parsed = parse(sentence)
    found = [f for f in detect(parsed.text, field=field) if not f.keep_reason]
    if sentence in WIDER:
        assert parsed.text != mask_text(parsed.text, [f.as_mask() for f in found])
    else:
        assert [(f.start, f.end) for f in found] == list(parsed.secrets)


@pytest.mark.parametrize(
    ("text", "copy", "kinds"), [row for rows in (COPIES | MORE_COPIES).values() for row in rows]
)
def test_a_text_is_published_without_its_secrets(text: str, copy: str, kinds: str) -> None:
    """The kind says what a secret is; everything around it stays."""
    assert told(detect(text)) == kinds
    assert default_copy(text) == copy


@pytest.mark.parametrize(("text", "copy", "kinds"), REPLY_COPIES)
def test_a_reply_shows_what_its_office_announces(text: str, copy: str, kinds: str) -> None:
    """Telephones, mailboxes and places of an office stay in its reply, those of people go."""
    assert told(detect(text, field=REPLY)) == kinds
    assert default_copy(text, field=REPLY) == copy


@pytest.mark.parametrize(
    ("sender", "text", "copy", "kinds"),
    [(sender, *row) for sender, rows in SENDER_COPIES for row in rows],
)
def test_the_sender_is_not_shown(sender: Sender, text: str, copy: str, kinds: str) -> None:
    """Name, telephone and mailbox of the sender go without any word in front of them."""
    assert told(detect(text, sender=sender)) == kinds
    assert default_copy(text, sender=sender) == copy


@pytest.mark.parametrize(("text", "copy", "kinds"), DOUBTS)
def test_doubts_are_left_to_a_person(text: str, copy: str, kinds: str) -> None:
    """Possible names, numbers of unknown kind and requests are pointed out where they stand."""
    found = detect_letter({TEXT: text}, doubts=True)[TEXT]
    hidden = [f for f in found if not f.keep_reason]
    assert told(found) == kinds
    assert mask_text(text, [f.as_mask() for f in hidden]) == copy


def test_a_name_is_hidden_in_every_text_of_its_letter() -> None:
    """Title, letter and reply are one, and so are texts beside them that are not published."""
    texts = {TITLE: "张三丰反映漏水", TEXT: "我叫张三丰。", REPLY: "张三丰、zhang wei您好"}
    copies = {TITLE: "张某某反映漏水", TEXT: "我叫张某某。", REPLY: "张某某、zhang wei您好"}
    assert default_copies(texts) == copies
    found = detect_letter({**texts, TEXT: ""}, beside=["证人张三丰", "My name is Zhang Wei"])
    assert {field: shown(each) for field, each in found.items()} == {
        TITLE: [("name", "张三丰", "张某某")],
        TEXT: [],
        REPLY: [("name", "张三丰", "张某某"), ("name", "zhang wei", "Z***")],
    }


def test_the_sender_is_hidden_in_every_text_of_a_letter() -> None:
    """The sender's particulars are looked for in title, letter and reply."""
    sender = Sender("王小明", "13812345678")
    texts = {TITLE: "王小明的信", TEXT: "请联系王小明", REPLY: "王小明：已修"}
    copies = {TITLE: "王某某的信", TEXT: "请联系王某某", REPLY: "王某某：已修"}
    assert default_copies(texts, sender=sender) == copies


def test_default_masks_are_the_findings_without_a_reason_to_stay() -> None:
    """What an office announces is no mask; a sender's name is one."""
    reply = "咨询电话：023-63151234，业主电话42890000，我叫王小明"
    masks = default_masks(reply, sender=Sender("李大力"), field=REPLY)
    assert shown(masks) == [("landline", "42890000", "****"), ("name", "王小明", "王某某")]
    assert shown(default_masks("李大力来过", sender=Sender("李大力"))) == [
        ("sender_name", "李大力", "李某某")
    ]


def test_numbers_nobody_should_send_are_named() -> None:
    """A citizen is warned of documents and cards, not of a telephone."""
    text = "身份证500103198507124215，卡号6222021234567890128，护照E12345678，电话13812345678"
    found = sensitive_numbers(text)
    assert [(f.kind, f.text) for f in found] == [
        (FindingKind.ID_CARD, "500103198507124215"),
        (FindingKind.BANK_CARD, "6222021234567890128"),
        (FindingKind.DOCUMENT, "E12345678"),
    ]
    assert {f.kind for f in found} == SENSITIVE


def test_requests_not_to_be_shown_are_quoted_in_their_order() -> None:
    """Each request is shown where it stands in the text as it was written."""
    found = confidentiality_requests("㈱请不要公開我的电话。希望为我保密，请匿名")
    assert [(f.kind, f.start, f.end, f.text) for f in found] == [
        ("confidential", 2, 6, "不要公開"),
        ("confidential", 11, 17, "希望为我保密"),
        ("confidential", 19, 21, "匿名"),
    ]
