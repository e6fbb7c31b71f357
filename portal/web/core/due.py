"""Explanation of a due date in sentences: the rule, the first day counted, and every day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from portal.domain.calendar import TraceDay
from portal.queries.disclosure.due import RequestDue
from portal.queries.letters.track import DueNote
from portal.web.core.language import label, say


@dataclass(frozen=True, slots=True)
class DueDay:
    """A day of the count: what it was, and its number where it counts."""

    day: date
    what: str
    number: int | None


@dataclass(frozen=True, slots=True)
class DueExplanation:
    """The explanation that ``components/due.html`` folds below a due date."""

    rule: str
    source: str
    counted_from: str
    announced: bool
    days: Sequence[DueDay]


def explain_due(note: DueNote, *, reopened: bool, for_sender: bool = False) -> DueExplanation:
    """Return why a letter is due when it is due, for staff or for its sender."""
    if reopened:
        first = _("申请重办")
        start = _("申请重办的当天不算，从第二天起算；等待补充的日子不算。")
    else:
        first = _("收到来信")
        start = _("收到信的当天不算，从第二天起算；等待补充的日子不算。")
    rule, extension = say(note.rule.text), note.extension_days
    extended = _("时限：%(rule)s。已批准延长 %(n)s 天。", rule=rule, n=extension)
    paused = _("等您补充，暂停") if for_sender else _("等待补充")
    return _explanation(note, extended, start, first, paused)


def explain_request_due(due: RequestDue) -> DueExplanation:
    """Return why a request for disclosure has to be answered when it has."""
    if due.completed:
        first = _("收到补正")
        start = _("收到补正的当天不算，从第二天起重新计算。")
    else:
        first = _("收到申请")
        start = _("收到申请的当天不算，从第二天起算。")
    rule, extension = say(due.rule.text), due.extension_days
    extended = _("时限：%(rule)s。已延长 %(n)s 个工作日。", rule=rule, n=extension)
    return _explanation(due, extended, start, first, "")


def _explanation(
    due: DueNote | RequestDue, extended: str, start: str, first: str, paused: str
) -> DueExplanation:
    """Return the explanation; ``extended`` is the rule in words where an extension was granted."""
    plain = _("时限：%(rule)s。", rule=say(due.rule.text))
    return DueExplanation(
        rule=extended if due.extension_days else plain,
        source=say(due.rule.source),
        counted_from=start,
        announced=due.announced,
        days=_days(due.days, first, paused),
    )


def _days(days: Sequence[TraceDay], first: str, paused: str) -> list[DueDay]:
    lines = []
    for position, each in enumerate(days):
        what = paused if each.paused else label(each.kind)
        number = each.number if each.counted else None
        lines.append(DueDay(each.day, first if position == 0 else what, number))
    return lines
