"""Explanation of a due date in sentences: the rule, the first day counted, and every day."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from portal.models import Letter
from portal.queries.disclosure.due import RequestDue
from portal.queries.letters.track import DueNote
from portal.web.core.language import say


@dataclass(frozen=True, slots=True)
class DueExplanation:
    """The explanation that ``components/due.html`` folds below a due date.

    ``first`` is what happened on the day before the count, ``paused`` is said of days that wait.
    """

    note: DueNote | RequestDue
    rule: str
    counted_from: str
    first: str
    paused: str


def explain_due(note: DueNote, letter: Letter, *, for_sender: bool = False) -> DueExplanation:
    """Return why ``letter`` is due when it is due, for staff or for its sender."""
    if letter.reopened:
        first = _("申请重办")
        start = _("申请重办的当天不算，从第二天起算；等待补充的日子不算。")
    elif letter.taken_over:
        first = _("复核后受理")
        start = _("复核后决定受理的当天不算，从第二天起算；等待补充的日子不算。")
    else:
        first = _("收到来信")
        start = _("收到信的当天不算，从第二天起算；等待补充的日子不算。")
    paused = _("等您补充，暂停") if for_sender else _("等待补充")
    return _explanation(note, start, first, paused)


def explain_request_due(due: RequestDue) -> DueExplanation:
    """Return why a request for disclosure has to be answered when it has."""
    if due.completed:
        first = _("收到补正")
        start = _("收到补正的当天不算，从第二天起重新计算。")
    else:
        first = _("收到申请")
        start = _("收到申请的当天不算，从第二天起算。")
    return _explanation(due, start, first, "")


def _explanation(due: DueNote | RequestDue, start: str, first: str, paused: str) -> DueExplanation:
    rule = say(due.rule.text)
    more = say(due.rule.span(due.extension_days))
    extended = _("时限：%(rule)s。已延长 %(more)s。", rule=rule, more=more)
    plain = _("时限：%(rule)s。", rule=rule)
    return DueExplanation(due, extended if due.extension_days else plain, start, first, paused)
