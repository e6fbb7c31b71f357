"""The rules as the administration edits them: days of the calendar, versions of deadline rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.deadline_rules import DeadlineRule, NoDeadlineRule
from portal.domain.disclosure.requests import (
    ANSWER_RULE,
    COMPLETION_RULE,
    PENDING_STATES,
    DisclosureState,
)
from portal.domain.letters.states import OPEN_STATES
from portal.domain.organisations import path_ids
from portal.domain.periods import civil_date
from portal.models import CalendarDay, DisclosureRequest, Letter, Organisation
from portal.queries.rules import BUILT_IN, deadline_rules


def edited_days(session: Session, year: int) -> dict[date, CalendarDay]:
    """Return the days of ``year`` that were entered by hand."""
    span = (date(year, 1, 1), date(year, 12, 31))
    rows = session.scalars(
        sa.select(CalendarDay).where(CalendarDay.day.between(*span)).order_by(CalendarDay.day)
    )
    return {row.day: row for row in rows}


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """A version of a rule; ``following`` counts the open letters or requests measured by it."""

    rule: DeadlineRule
    in_force: bool
    to_come: bool
    removable: bool
    following: int


@dataclass(frozen=True, slots=True)
class RuleVersions:
    """The versions of one rule; ``organisation`` is empty where it is that of all."""

    code: str
    organisation_id: int | None
    organisation: str
    versions: list[RuleVersion]


def rule_table(session: Session, today: date) -> list[RuleVersions]:
    """Return every rule with its versions: what was entered, newest first, then the built-in.

    Rules of all organisations come first, then those of an organisation in the order of the tree.
    The first version that holds on a day is the one that counts on it.
    """
    places = {
        row.id: row
        for row in session.execute(sa.select(Organisation.id, Organisation.name, Organisation.path))
    }
    codes = list(dict.fromkeys(rule.code for rule in BUILT_IN))

    def place_and_code(rule: DeadlineRule) -> tuple[tuple[int, ...], int]:
        at = () if rule.organisation_id is None else path_ids(places[rule.organisation_id].path)
        return at, codes.index(rule.code) if rule.code in codes else -1

    rules = deadline_rules(session)
    following = Counter(_followed(session))
    known = sorted(rules, key=place_and_code)
    table = []
    for _at, group in groupby(known, key=place_and_code):
        versions = list(group)
        counts = next((rule for rule in versions if rule.in_force(today)), None)
        first = versions[0]
        name = places[first.organisation_id].name if first.organisation_id else ""
        shown = [_version(rule, rule is counts, today, following[rule]) for rule in versions]
        table.append(RuleVersions(first.code, first.organisation_id, name, shown))
    return table


def _version(rule: DeadlineRule, in_force: bool, today: date, following: int) -> RuleVersion:
    return RuleVersion(
        rule,
        in_force,
        to_come=rule.valid_from is not None and rule.valid_from > today,
        removable=rule.id is not None and (rule.valid_to is None or rule.valid_to > today),
        following=following,
    )


def _followed(session: Session) -> Iterator[DeadlineRule]:
    """Yield the rule of every open letter and disclosure request, once for each."""
    rules = deadline_rules(session)
    letters = sa.select(Letter.kind, Letter.deadline_organisation_id, Letter.clock_from)
    for kind, ruling_id, begun in session.execute(letters.where(Letter.state.in_(OPEN_STATES))):
        yield rules.followed(kind, ruling_id, civil_date(begun))
    row = DisclosureRequest
    requests = sa.select(row.received_at, row.state, row.completion_asked_at)
    for received, state, asked in session.execute(requests.where(row.state.in_(PENDING_STATES))):
        codes = [ANSWER_RULE]
        if state is DisclosureState.OPEN and asked is None:
            codes.append(COMPLETION_RULE)
        for code in codes:
            try:
                yield rules.of(code, civil_date(received))
            except NoDeadlineRule:  # received before the law
                continue
