"""The demo letters are many, different, complete and without anybody's real data."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest
from stdnum.cn import ric

from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import TITLE_MAX, CloseReason, Publication, State
from portal.domain.letters.subjects import SUBJECTS
from portal.domain.redaction import FindingKind, Sender, detect
from portal.tools.samples.letters import sample_letters
from portal.tools.samples.organisations import sample_organisations

LETTERS = sample_letters()
BY_KEY = {letter.key: letter for letter in LETTERS}
CODES = {organisation.code for organisation in sample_organisations()}
DAY = date(2026, 3, 2)
PERSONAL = {
    FindingKind.MOBILE,
    FindingKind.ID_CARD,
    FindingKind.BANK_CARD,
    FindingKind.EMAIL,
    FindingKind.PLATE,
    FindingKind.SOCIAL_ACCOUNT,
}


def test_there_are_enough_letters_over_two_years() -> None:
    """A newcomer finds at least 300 letters, about 200 published, spread over two years."""
    published = [letter for letter in LETTERS if letter.publication is Publication.PUBLISHED]
    months = {letter.received_days_ago // 30 for letter in published}
    assert len(LETTERS) >= 300
    assert 190 <= len(published) <= 240
    assert max(letter.received_days_ago for letter in LETTERS) <= 730
    assert len(months) >= 22


def test_every_kind_state_publication_and_category_occurs() -> None:
    """Every word of the glossary can be seen at work."""
    assert {letter.kind for letter in LETTERS} == set(Kind)
    assert {letter.state for letter in LETTERS} == set(State)
    assert {letter.publication for letter in LETTERS} == set(Publication)
    assert {letter.category for letter in LETTERS} == set(SUBJECTS)
    assert any(letter.close_reason is CloseReason.NO_SUPPLEMENT for letter in LETTERS)
    assert any(letter.redo_reason and letter.first_reply for letter in LETTERS)


@pytest.mark.parametrize("field", ["key", "title", "text", "sender_name"])
def test_no_two_letters_look_alike(field: str) -> None:
    """Nobody reading a list meets the same title, text or sender twice."""
    counts = Counter(getattr(letter, field) for letter in LETTERS)
    assert [value for value, count in counts.items() if count > 1] == []


def test_lengths() -> None:
    """Title, text and reply keep to what a citizen and a handler would write."""
    for letter in LETTERS:
        assert 4 <= len(letter.title) <= TITLE_MAX
        assert 60 <= len(letter.text) <= 400
        if letter.reply is not None:
            assert 120 <= len(letter.reply) <= 600


def test_organisations_exist() -> None:
    """A letter travels through organisations of the tree and stays at the last one."""
    for letter in LETTERS:
        assert set(letter.hops) <= CODES
        assert letter.hops[-1] == letter.organisation


def test_nothing_contradicts_the_state() -> None:
    """Replies, reasons and questions belong to the states that need them."""
    for letter in LETTERS:
        answered = letter.close_reason is CloseReason.ANSWERED
        replied = answered or letter.state in {State.AWAITING_SIGNOFF, State.DECLINED}
        assert (letter.reply is not None) == replied
        assert (letter.reply_working_days is not None) == replied
        assert (letter.close_reason is not None) == (letter.state is State.CLOSED)
        assert (letter.decline_reason is not None) == (letter.state is State.DECLINED)
        assert (letter.return_reason is not None) == (letter.state is State.RETURNED)
        assert (letter.refusal_reason is not None) == (letter.publication is Publication.REFUSED)
        assert letter.rating is None or answered
        assert letter.phone or letter.email
        if letter.state in {State.RETURNED, State.DISPATCHED}:
            assert len(letter.hops) >= 2
        if letter.state is State.AWAITING_CITIZEN:
            assert letter.question and letter.supplement is None


def test_publication_has_consent() -> None:
    """Only closed letters whose senders agree come near the archive, reports never."""
    for letter in LETTERS:
        if letter.publication is not Publication.NOT_PROPOSED:
            assert letter.state is State.CLOSED
            assert letter.kind is not Kind.WRONGDOING
        if letter.publication in {
            Publication.PUBLISHED,
            Publication.PROPOSED,
            Publication.UNPUBLISHED,
        }:
            assert letter.consent


def test_a_merged_letter_follows_an_open_one() -> None:
    """A merged letter names an older letter that is still being worked on."""
    for letter in [item for item in LETTERS if item.state is State.MERGED]:
        parent = BY_KEY[letter.merged_into or ""]
        assert parent.state in {State.IN_PROGRESS, State.SUBMITTED, State.DISPATCHED}
        assert parent.received_days_ago >= letter.received_days_ago


def test_a_reply_is_left_for_the_page_to_sign() -> None:
    """A reply ends with a sentence, without organisation and date, and no placeholder is left."""
    for letter in LETTERS:
        for reply in (letter.reply_on(DAY), letter.first_reply_on(DAY)):
            if reply is not None:
                assert reply[-1] in "。！", letter.key
                assert not re.search(r"[{}]", reply)


def test_days_in_a_reply_are_counted_from_its_own_day() -> None:
    """A reply signed on 2 March names 28 February as two days before."""
    template = next(letter for letter in LETTERS if letter.reply and "{-2}" in letter.reply)
    assert "2月28日" in (template.reply_on(DAY) or "")


def test_a_reply_names_no_day_before_the_letter() -> None:
    """What a reply reports happened after the letter had arrived."""
    for letter in LETTERS:
        for text in (letter.reply or "", letter.first_reply or ""):
            for offset in re.findall(r"\{-(\d+)\}", text):
                assert int(offset) <= (letter.reply_working_days or 0)


def test_contacts_are_fictitious() -> None:
    """Telephone numbers have the invented middle 0000, mail addresses a reserved domain."""
    for letter in LETTERS:
        assert letter.phone is None or re.fullmatch(r"1\d\d0000\d{4}", letter.phone)
        assert letter.email is None or letter.email.endswith("@example.com")
        for number in re.findall(r"(?<!\d)(1[3-9]\d{9})(?!\d)", letter.text):
            assert number[3:7] == "0000"
        for number in re.findall(r"(?<!\d)(?:023-)?(\d{4}) ?\d{4}(?!\d)", letter.reply or ""):
            assert number == "5550", letter.key


def test_only_marked_letters_hold_personal_data() -> None:
    """The detectors find what is personal in every marked letter and in no other."""
    for letter in LETTERS:
        sender = Sender(letter.sender_name, phone=letter.phone or "", email=letter.email or "")
        kinds = {finding.kind for finding in detect(letter.text, sender=sender)}
        if letter.personal_data:
            assert kinds & (PERSONAL | {FindingKind.SENDER_NAME, FindingKind.SENDER_CONTACT})
        else:
            assert not kinds & (PERSONAL | {FindingKind.SENDER_NAME, FindingKind.SENDER_CONTACT})


def test_identity_numbers_are_valid_in_form_and_nobodys() -> None:
    """Identity numbers carry a right check digit and an area code that is no county's."""
    numbers = [n for letter in LETTERS for n in re.findall(r"(?<!\d)\d{17}[\dX]", letter.text)]
    assert len(numbers) >= 5
    for number in numbers:
        if number.startswith("6222"):
            continue
        assert number.startswith("500100")
        assert ric.calc_check_digit(number) == number[-1]


def test_published_letters_give_redaction_some_work() -> None:
    """Several published letters hold personal data, so that masking can be seen."""
    marked = [letter for letter in LETTERS if letter.personal_data]
    assert sum(letter.publication is Publication.PUBLISHED for letter in marked) >= 10
