"""Requests for disclosure: numbers, states, the papers of applicants, remedies."""

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_10

from portal.domain.disclosure.application import (
    ApplicantKind,
    identity_fault,
    plain_identity,
    remedies,
)
from portal.domain.disclosure.numbers import (
    RequestNumberError,
    format_request_number,
    looks_like_request_number,
    parse_request_number,
)
from portal.domain.disclosure.requests import (
    DisclosureAction,
    DisclosureFigures,
    DisclosureOutcome,
    DisclosureState,
    next_state,
    objection,
)

TODAY = date(2020, 3, 10)
_A, _S = DisclosureAction, DisclosureState


@given(st.integers(2008, 2099), st.integers(1, 999_999_999))
def test_a_number_is_read_back(year: int, sequence: int) -> None:
    """A number typed in small letters without dashes is the number that was given out."""
    text = format_request_number(year, sequence)
    assert parse_request_number(text.lower().replace("-", " ")) == text


@given(st.integers(1, 999_999), st.integers(2, 11), st.integers(1, 9))
def test_a_wrong_digit_is_recognised(sequence: int, place: int, off: int) -> None:
    """Any one digit typed wrong is caught by the check digit."""
    plain = format_request_number(2026, sequence).replace("-", "")
    wrong = plain[:place] + str((int(plain[place]) + off) % 10) + plain[place + 1 :]
    with pytest.raises(RequestNumberError) as caught:
        parse_request_number(wrong)
    assert caught.value.code == "check"


@pytest.mark.parametrize("sequence", [0, 1_000_000_000])
def test_a_number_without_a_place_is_not_given_out(sequence: int) -> None:
    """No request is the zeroth of its year or beyond the digits there are."""
    with pytest.raises(ValueError, match="not within"):
        format_request_number(2026, sequence)


def test_leading_zeros_make_no_second_number() -> None:
    """A request has one number: none begins at zero, and a wider one has no zero in front."""
    for digits in ("2026000000", "20260000001"):
        text = f"GK{digits}{mod_11_10.calc_check_digit(digits)}"
        with pytest.raises(RequestNumberError) as caught:
            parse_request_number(text)
        assert caught.value.code == "shape"


@pytest.mark.parametrize("text", ["", "GK", "GK2026-000000-1", "20160601-00001-2", "GK" * 30])
def test_what_is_no_number_is_said(text: str) -> None:
    """Anything else has no shape of a number."""
    with pytest.raises(RequestNumberError) as caught:
        parse_request_number(text)
    assert caught.value.code in ("shape", "check")


def test_the_letters_in_front_tell_the_kinds_apart() -> None:
    """A number that begins with GK, full-width or small, is meant for a request."""
    assert looks_like_request_number("ｇｋ 2026") and not looks_like_request_number("20160601")


@dataclass
class Facts:
    """A request as a decision looks at it."""

    state: DisclosureState = _S.OPEN
    completion_asked: bool = False
    extension_days: int = 0
    complete_by: date | None = None
    due_on: date | None = None
    erased: bool = False
    erasure_waits: bool = False


@pytest.mark.parametrize("state", [_S.ANSWERED, _S.LAPSED, _S.WITHDRAWN])
@pytest.mark.parametrize("action", list(DisclosureAction))
def test_nothing_happens_to_what_has_ended(
    state: DisclosureState, action: DisclosureAction
) -> None:
    """An answered, lapsed or withdrawn request stays as it is; its applicant may ask to be erased."""
    allowed = objection(Facts(state), action, TODAY, None) is None
    assert allowed is (action is _A.ASK_ERASURE)


@pytest.mark.parametrize(
    ("facts", "possible"),
    [
        (Facts(), set()),
        (Facts(_S.AWAITING_COMPLETION, erasure_waits=True), set()),
        (Facts(_S.ANSWERED), {_A.ASK_ERASURE}),
        (Facts(_S.LAPSED), {_A.ASK_ERASURE}),
        (Facts(_S.WITHDRAWN, erasure_waits=True), {_A.ERASE, _A.REFUSE_ERASURE}),
        (Facts(_S.ANSWERED, erased=True, erasure_waits=True), set()),
    ],
)
def test_an_applicant_is_erased_once_after_the_end(
    facts: Facts, possible: set[DisclosureAction]
) -> None:
    """What was asked is decided once; nobody is erased whose request is handled."""
    erasing = (_A.ASK_ERASURE, _A.ERASE, _A.REFUSE_ERASURE)
    assert {each for each in erasing if objection(facts, each, TODAY, None) is None} == possible
    assert {next_state(each, facts.state) for each in erasing} == {facts.state}


@pytest.mark.parametrize(
    ("facts", "action", "until", "allowed"),
    [
        (Facts(), _A.ASK_COMPLETION, TODAY, True),
        (Facts(), _A.ASK_COMPLETION, date(2020, 3, 9), False),
        (Facts(completion_asked=True), _A.ASK_COMPLETION, None, False),
        (Facts(due_on=TODAY), _A.ASK_COMPLETION, None, True),
        (Facts(due_on=date(2020, 3, 9)), _A.ASK_COMPLETION, None, False),
        (Facts(), _A.EXTEND, None, True),
        (Facts(extension_days=3), _A.EXTEND, None, False),
        (Facts(due_on=TODAY), _A.EXTEND, None, True),
        (Facts(due_on=date(2020, 3, 9)), _A.EXTEND, None, False),
        (Facts(_S.AWAITING_COMPLETION, True, 0, TODAY), _A.LAPSE, None, False),
        (Facts(_S.AWAITING_COMPLETION, True, 0, date(2020, 3, 9)), _A.LAPSE, None, True),
        (Facts(), _A.LAPSE, None, False),
        (Facts(), _A.COMPLETE, None, False),
    ],
)
def test_the_law_is_kept(
    facts: Facts, action: DisclosureAction, until: date | None, allowed: bool
) -> None:
    """One notice and one extension, in time and before the limit is over; no lapse too early."""
    assert (objection(facts, action, TODAY, until) is None) is allowed


@pytest.mark.parametrize(
    ("kind", "number", "fits"),
    [
        (ApplicantKind.CITIZEN, "１１０１０５-19491231002x", True),
        (ApplicantKind.CITIZEN, "110105194912310021", False),
        (ApplicantKind.CITIZEN, "E12345678", True),
        (ApplicantKind.CITIZEN, "12", False),
        (ApplicantKind.ORGANISATION, "91110000600037341L", True),
        (ApplicantKind.ORGANISATION, "91110000600037341X", False),
        (ApplicantKind.ORGANISATION, "11010519491231002X", False),
    ],
)
def test_papers_are_checked(kind: ApplicantKind, number: str, fits: bool) -> None:
    """A paper with a check character must have the right one; other papers are taken."""
    assert (identity_fault(kind, plain_identity(number)) is None) is fits


def test_a_refusal_is_reconsidered_first_since_2024() -> None:
    """Since 2024 a refusal goes to reconsideration before the court, other answers need not."""
    refused = DisclosureOutcome.REFUSED
    assert "先申请行政复议" in remedies(refused, date(2024, 1, 1))[0]
    assert "先申请行政复议" not in remedies(refused, date(2023, 12, 31))[0]
    assert "先申请行政复议" not in remedies(DisclosureOutcome.NOT_OURS, date(2024, 1, 1))[0]


def test_since_2024_it_is_said_who_reconsiders() -> None:
    """Since 2024 every answer names the government that reconsiders it, partial disclosure too."""
    for outcome in DisclosureOutcome:
        assert any("本级人民政府" in words for words in remedies(outcome, date(2024, 1, 1)))
        assert not any("本级人民政府" in words for words in remedies(outcome, date(2023, 12, 31)))


def test_who_still_has_time_is_not_unanswered() -> None:
    """The answer rate is taken of what was answered or due; without any there is none."""
    found = DisclosureFigures(10, 3, {DisclosureOutcome.DISCLOSED: 3}, not_due=6)
    assert (found.answer_rate.text, found.overdue, found.answerable) == ("75.00%", 1, 4)
    assert DisclosureFigures(2, not_due=2).answer_rate.text == "—"


def test_refusals_are_reported_where_there_are_any() -> None:
    """The report keeps to the four outcomes of 2016 unless something was refused."""
    assert len(DisclosureFigures(1, 1, {DisclosureOutcome.DISCLOSED: 1}).reported_outcomes) == 4
    assert (
        DisclosureOutcome.REFUSED
        in DisclosureFigures(1, 1, {DisclosureOutcome.REFUSED: 1}).reported_outcomes
    )
