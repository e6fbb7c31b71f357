"""The rules as the administration edits them: days of the calendar, versions of limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.deadline_rules import DEFAULT_LIMITS, LIMIT_LABELS, Limit, LimitUnit
from portal.models import CalendarDay, LimitRow


def edited_days(session: Session, year: int) -> dict[date, CalendarDay]:
    """Return the days of ``year`` that were entered by hand."""
    span = (date(year, 1, 1), date(year, 12, 31))
    rows = session.scalars(
        sa.select(CalendarDay).where(CalendarDay.day.between(*span)).order_by(CalendarDay.day)
    )
    return {row.day: row for row in rows}


@dataclass(frozen=True, slots=True)
class LimitVersion:
    """A version of a rule; ``row_id`` is empty for a built-in one."""

    limit: Limit
    row_id: int | None
    in_force: bool
    removable: bool


def limit_table(session: Session, today: date) -> dict[str, list[LimitVersion]]:
    """Return the versions of each rule by code: entered ones, newest first, then built-in ones.

    On any day the first version in force on it counts.
    """
    rows = session.scalars(sa.select(LimitRow).order_by(LimitRow.id.desc())).all()
    table: dict[str, list[LimitVersion]] = {}
    for code in LIMIT_LABELS:
        entered = [(_limit(row), row.id) for row in rows if row.code == code]
        built_in = [(limit, None) for limit in DEFAULT_LIMITS if limit.code == code]
        versions = [*entered, *built_in]
        counts = next((limit for limit, _ in versions if limit.in_force(today)), None)
        table[code] = [
            LimitVersion(
                limit,
                row_id,
                limit is counts,
                row_id is not None and limit.valid_from is not None and limit.valid_from > today,
            )
            for limit, row_id in versions
        ]
    return table


def _limit(row: LimitRow) -> Limit:
    return Limit(
        row.code,
        row.days,
        LimitUnit(row.unit),
        row.extension_days,
        row.source,
        row.valid_from,
        row.valid_to,
    )
