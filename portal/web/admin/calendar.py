"""The working calendar: a year at a glance, and the form that changes its days."""

from __future__ import annotations

from calendar import Calendar
from dataclasses import dataclass
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.domain.access import Permission
from portal.domain.calendar import DayKind
from portal.domain.periods import FIRST_YEAR, LAST_YEAR
from portal.domain.whole_numbers import whole_number
from portal.models import CalendarDay, db
from portal.queries.office.rule_table import edited_days
from portal.queries.rules import work_calendar
from portal.services.office.calendar import set_days
from portal.web.admin.blueprint import admin
from portal.web.admin.rule_forms import DaysForm
from portal.web.core.clock import now, today
from portal.web.core.people import current_actor, needs

Answer = str | tuple[str, int] | Response
_WEEKS = Calendar()


@dataclass(frozen=True, slots=True)
class DayCell:
    """A day of the year view."""

    day: date
    kind: DayKind
    edited: CalendarDay | None


@admin.get("/calendar")
@needs(Permission.CALENDAR_EDIT)
def calendar() -> Answer:
    """Show a year, with the form filled in for the day that the address names."""
    form = DaysForm(formdata=None)
    chosen = _day(request.args.get("day", ""))
    if chosen:
        form.first.data = chosen
    return _page(form, chosen.year if chosen else _year(request.args.get("year", "")))


@admin.post("/calendar")
@needs(Permission.CALENDAR_EDIT)
def calendar_edit() -> Answer:
    """Set some days as working or not, and recompute the due dates that depend on them."""
    form = DaysForm()
    moved: list[int] = []
    if not form.carry_out(lambda: moved.append(_set_days(form))):
        return _page(form, form.first.data.year if form.first.data else today().year, 422)
    flash(_("日历已保存，%(n)s 封在办信件的到期日随之调整。", n=moved[0]), "success")
    return redirect(url_for("admin.calendar", year=form.first.value.year))


def _set_days(form: DaysForm) -> int:
    first, last = form.span
    return set_days(first, last, form.working, form.note.data, current_actor(), now())


def _page(form: DaysForm, year: int, status: int = 200) -> tuple[str, int]:
    year = min(max(year, FIRST_YEAR), LAST_YEAR)
    known, edited = work_calendar(db.session()), edited_days(db.session(), year)
    months = [
        [
            [
                DayCell(day, known.kind_of(day), edited.get(day)) if day.month == month else None
                for day in week
            ]
            for week in _WEEKS.monthdatescalendar(year, month)
        ]
        for month in range(1, 13)
    ]
    words = render_template(
        "admin/calendar.html",
        form=form,
        year=year,
        months=months,
        edited=edited.values(),
        announced=known.announced(date(year, 1, 1)),
        today=today(),
        first=FIRST_YEAR,
        last=LAST_YEAR,
        kinds=DayKind,
    )
    return words, status


def _year(text: str) -> int:
    return whole_number(text, 9999) or today().year


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None
