"""The working calendar: a year at a glance, and the form that changes its days."""

from __future__ import annotations

from calendar import Calendar
from dataclasses import dataclass
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from portal.domain.access import Permission
from portal.domain.calendar import WorkCalendar
from portal.domain.periods import FIRST_YEAR, LAST_YEAR
from portal.domain.whole_numbers import whole_number
from portal.models import CalendarDay, db
from portal.queries.office.rule_table import edited_days
from portal.queries.rules import work_calendar
from portal.services.office.calendar import set_days
from portal.web.admin.blueprint import admin
from portal.web.admin.rules.forms import DaysForm
from portal.web.core import Answer, Page
from portal.web.core.clock import now, today
from portal.web.core.people import current_actor, needs

_WEEKS = Calendar()


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """A year of the working calendar; ``edited`` are the days that this letterbox changed."""

    year: int
    calendar: WorkCalendar
    edited: dict[date, CalendarDay]
    today: date

    @property
    def neighbours(self) -> list[int]:
        """The years before and after it, as far as the calendar goes."""
        return [y for y in (self.year - 1, self.year + 1) if FIRST_YEAR <= y <= LAST_YEAR]

    @property
    def months(self) -> list[list[list[date]]]:
        """The weeks of each month, with the days of its neighbours that fill them."""
        return [_WEEKS.monthdatescalendar(self.year, month) for month in range(1, 13)]

    @property
    def announced(self) -> bool:
        """Whether the holidays of the year are announced."""
        return self.calendar.announced(date(self.year, 1, 1))


@admin.get("/calendar")
@needs(Permission.CALENDAR_EDIT)
def calendar() -> Page:
    """Show a year, with the form filled in for the day that the address names."""
    form = DaysForm(formdata=None)
    chosen = _day(request.args.get("day", ""))
    if chosen:
        form.first.data = chosen
    named = whole_number(request.args.get("year", ""), 9999) or today().year
    return _page(form, chosen.year if chosen else named)


@admin.post("/calendar")
@needs(Permission.CALENDAR_EDIT)
def calendar_edit() -> Answer:
    """Set some days as working or not, and recompute the due dates that depend on them."""
    form = DaysForm()
    if form.validate():
        first, last = form.span
        with form.errors_shown():
            moved = set_days(first, last, form.working, form.note.data, current_actor(), now())
            flash(_("日历已保存，%(n)s 封在办信件的到期日随之调整。", n=moved), "success")
            return redirect(url_for("admin.calendar", year=first.year))
    return _page(form, form.first.data.year if form.first.data else today().year)


def _page(form: DaysForm, year: int) -> Page:
    year = min(max(year, FIRST_YEAR), LAST_YEAR)
    session = db.session()
    page = CalendarPage(year, work_calendar(session), edited_days(session, year), today())
    return render_template("admin/calendar.html", form=form, page=page), 422 if form.errors else 200


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None
