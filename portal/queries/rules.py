"""The calendar and the deadline rules: the built-in ones with the tables on top."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache, partial

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.calendar import DayKind, WorkCalendar
from portal.domain.deadline_rules import DayUnit, DeadlineRule, DeadlineRules
from portal.domain.disclosure.requests import DISCLOSURE_RULES
from portal.domain.letters.due import Deadlines
from portal.domain.letters.kinds import LETTER_RULES
from portal.domain.organisations import version_on
from portal.models import CalendarDay, DeadlineRuleRow, OrganisationVersion
from portal.models.base import UNIT

_PARENTS = "parents"
_CACHE: dict[frozenset[tuple[date, str]], WorkCalendar] = {}

BUILT_IN = (*LETTER_RULES, *DISCLOSURE_RULES)
"""The deadline rules that come with the product."""


def work_calendar(session: Session) -> WorkCalendar:
    """Return the working calendar, overridden by the edited days; repeated calls are cheap."""
    rows = frozenset(
        (day, kind) for day, kind in session.execute(sa.select(CalendarDay.day, CalendarDay.kind))
    )
    known = _CACHE.get(rows)
    if known is None:
        known = WorkCalendar({day: DayKind(kind) for day, kind in rows})
        _CACHE.clear()
        _CACHE[rows] = known
    return known


def deadline_rules(session: Session) -> DeadlineRules:
    """Return the rules of the instance: entered versions, the newest first, then the built-in."""
    rows = session.scalars(sa.select(DeadlineRuleRow).order_by(DeadlineRuleRow.id.desc()))
    entered = [stored_rule(row) for row in rows]
    # Read when a rule of an organisation is first looked for; most units of work choose none.
    parents = cache(partial(_parents, session))
    return DeadlineRules([*entered, *BUILT_IN], lambda at, on: _line(parents(), at, on))


def stored_rule(row: DeadlineRuleRow) -> DeadlineRule:
    """Return the rule that a row holds."""
    return DeadlineRule(
        row.code,
        row.days,
        DayUnit(row.unit),
        row.extension_days,
        row.source,
        row.valid_from,
        row.valid_to,
        row.organisation_id,
        row.id,
    )


def deadlines(session: Session) -> Deadlines:
    """Return what answers by which rule, and when, a letter is due."""
    return Deadlines(work_calendar(session), deadline_rules(session))


Parents = Mapping[int, Sequence[tuple[date, int | None]]]
"""From when each organisation was below which."""


def _parents(session: Session) -> Parents:
    """Return the parents of all organisations, read once by each unit of work."""
    unit: dict[str, Parents] = session.info.get(UNIT, {})
    if _PARENTS not in unit:
        row = OrganisationVersion
        query = sa.select(row.organisation_id, row.valid_from, row.parent_id)
        found: dict[int, list[tuple[date, int | None]]] = defaultdict(list)
        for each, begins, parent_id in session.execute(query.order_by(row.id)):
            found[each].append((begins or date.min, parent_id))
        unit[_PARENTS] = found
    return unit[_PARENTS]


def _line(parents: Parents, organisation_id: int, on: date) -> list[int]:
    """Return ``organisation_id`` and the ids above it on civil date ``on``, the nearest first."""
    line: list[int] = []
    at: int | None = organisation_id
    while at is not None and at not in line:
        line.append(at)
        version = version_on(parents.get(at, ()), on)
        at = version[1] if version else None
    return line
