"""Deadline rules: what comes with the product, its versions and texts, and the choice of a rule."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.deadline_rules import (
    LETTER,
    DayUnit,
    DeadlineRule,
    DeadlineRules,
    NoDeadlineRule,
    letter_code,
    rule_for,
)
from portal.domain.disclosure.requests import ANSWER_RULE, COMPLETION_RULE, DISCLOSURE_RULES
from portal.domain.letters.kinds import LETTER_RULES, Kind

TODAY = date(2026, 6, 1)
BUILT_IN = (*LETTER_RULES, *DISCLOSURE_RULES)
RULES = DeadlineRules(BUILT_IN, lambda organisation_id, _on: [organisation_id])


@pytest.mark.parametrize(
    ("code", "days", "extension"), [(ANSWER_RULE, 20, 20), (COMPLETION_RULE, 7, 0)]
)
def test_rules_of_today(code: str, days: int, extension: int) -> None:
    """A rule of the law has its working days and its extension."""
    rule = RULES.of(code, TODAY)
    assert (rule.days, rule.unit, rule.extension_days) == (days, DayUnit.WORKING, extension)


@pytest.mark.parametrize(
    ("on", "days"),
    [(date(2016, 7, 1), 15), (date(2019, 5, 14), 15), (date(2019, 5, 15), 20)],
)
def test_disclosure_changed_in_2019(on: date, days: int) -> None:
    """A disclosure request is measured by the law of its day: 15 working days, 20 since 2019."""
    assert RULES.of(ANSWER_RULE, on).days == days


@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_of_letter_has_a_rule(kind: Kind) -> None:
    """A letter of any kind has its working days, and never more than 15 with extension."""
    rule = RULES.for_letter(kind, 1, TODAY)
    assert rule.unit is DayUnit.WORKING
    assert rule.days == (7 if kind is Kind.CONSULTATION else 10)
    assert rule.days + rule.extension_days == 15


@pytest.mark.parametrize("kind", list(Kind))
def test_old_letters_have_a_rule(kind: Kind) -> None:
    """A letter imported from before the written rules is measured too."""
    assert RULES.for_letter(kind, 1, date(2001, 3, 4)).days == 10


@pytest.mark.parametrize("code", sorted({rule.code for rule in BUILT_IN}))
def test_versions_do_not_overlap_or_leave_gaps(code: str) -> None:
    """A rule has one version on any day since its first."""
    versions = [rule for rule in BUILT_IN if rule.code == code]
    for earlier, later in pairwise(versions):
        assert earlier.valid_to
        assert later.valid_from == earlier.valid_to + timedelta(days=1)
    assert versions[-1].valid_to is None


def test_every_rule_names_its_source() -> None:
    """A rule without a source could not be explained to a citizen."""
    assert all(len(rule.source) > 10 for rule in BUILT_IN)


@pytest.mark.parametrize(
    ("code", "on"), [("no_such_rule", TODAY), ("disclosure", date(2008, 4, 30))]
)
def test_no_rule_in_force(code: str, on: date) -> None:
    """A rule that is unknown, or not yet in force, is named in the error with the day."""
    with pytest.raises(NoDeadlineRule, match=code) as caught:
        RULES.of(code, on)
    assert str(on) in str(caught.value)


CODES = (letter_code("help"), LETTER)
days = st.dates(date(2016, 1, 1), date(2016, 1, 20))


@st.composite
def rules(draw: st.DrawFn) -> DeadlineRule:
    """A version of a rule of any organisation, or of all, for letters of one kind or of all."""
    first, last = sorted((draw(days), draw(days)))
    return DeadlineRule(
        draw(st.sampled_from((*CODES, letter_code("thanks")))),
        draw(st.integers(1, 60)),
        DayUnit.WORKING,
        0,
        "通知",
        draw(st.sampled_from((None, first))),
        draw(st.sampled_from((None, last))),
        draw(st.sampled_from((None, 1, 2, 3, 4))),
    )


def rank(rule: DeadlineRule, line: Sequence[int]) -> tuple[int, int]:
    """How far from the letter a rule stands: by organisation, then by kind."""
    place = rule.organisation_id
    return len(line) if place is None else line.index(place), CODES.index(rule.code)


@given(st.lists(rules(), max_size=12), st.permutations((1, 2, 3)), st.integers(0, 3), days)
def test_the_nearest_rule_is_followed(
    known: list[DeadlineRule], tree: list[int], depth: int, on: date
) -> None:
    """The nearest organisation decides, there the kind before all kinds, and of those the newest."""
    line = tree[:depth]
    fitting = [
        rule
        for rule in known
        if rule.in_force(on) and rule.code in CODES and rule.organisation_id in (None, *line)
    ]
    if not fitting:
        with pytest.raises(NoDeadlineRule):
            rule_for(CODES, line, on, known)
        return
    # min() keeps the first of equals: versions stand newest first.
    assert rule_for(CODES, line, on, known) is min(fitting, key=lambda rule: rank(rule, line))


@given(st.lists(rules(), max_size=12), st.permutations((1, 2, 3)), days)
def test_other_branches_do_not_matter(known: list[DeadlineRule], line: list[int], on: date) -> None:
    """Rules of an organisation that is neither the receiving one nor above it change nothing."""
    here = [*(rule for rule in known if rule.organisation_id != 4), *LETTER_RULES]
    assert rule_for(CODES, line, on, [*known, *LETTER_RULES]) == rule_for(CODES, line, on, here)


def test_the_tree_of_the_day_decides() -> None:
    """The organisations above are those of the day on which the clock began."""
    own = DeadlineRule(LETTER, 3, DayUnit.WORKING, 0, "本区规定", organisation_id=7)
    moved = date(2026, 5, 1)
    known = DeadlineRules(
        [own, *LETTER_RULES], lambda each, on: [each, 7] if on >= moved else [each]
    )
    assert known.for_letter("help", 70, moved) == own
    assert known.for_letter("help", 70, moved - timedelta(days=1)).days == 10


def test_the_tree_is_not_read_for_rules_of_everybody() -> None:
    """Where no organisation has a rule of its own, nobody asks what stands above one."""

    def line(organisation_id: int, on: date) -> list[int]:
        raise AssertionError

    known = DeadlineRules(LETTER_RULES, line)
    assert known.for_letter("complaint", 70, TODAY).days == 10


def test_rule_in_words() -> None:
    """A rule reads as a sentence with its unit and its extension."""
    assert str(RULES.for_letter("consultation", 1, TODAY).text) == (
        "7 个工作日，情况复杂的可延长 8 个工作日"
    )
    assert str(DeadlineRule("any", 15, DayUnit.CALENDAR, 0, "规定").text) == "15 日"


@pytest.mark.parametrize(
    ("count", "extension", "valid_to"), [(0, 0, None), (5, -1, None), (5, 0, date(2015, 12, 31))]
)
def test_impossible_rules(count: int, extension: int, valid_to: date | None) -> None:
    """A rule that cannot be counted, or ends before it begins, is refused by its code."""
    with pytest.raises(ValueError, match="odd"):
        DeadlineRule("odd", count, DayUnit.WORKING, extension, "", date(2016, 1, 1), valid_to)
