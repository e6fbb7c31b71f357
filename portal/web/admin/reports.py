"""Annual reports that are kept as of a day: to look through, and to keep another."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.domain.access import Permission
from portal.models import db
from portal.queries.statistics.annual_report import kept_reports
from portal.services.statistics.reports import keep_report
from portal.web.admin.blueprint import admin
from portal.web.core import Answer, Page
from portal.web.core.clock import now
from portal.web.core.fields import DayField, WholeNumber
from portal.web.core.forms import Form
from portal.web.core.people import current_actor, needs
from portal.web.core.settings import settings

_KEEP = Permission.REPORTS_KEEP


class ReportForm(Form):
    """A report to keep."""

    year = WholeNumber(_l("年份"), _l("请填写年份。"))
    as_of = DayField(
        _l("统计时点"),
        description=_l("数字截至这一天 24 时。不填就是年底，今年就是昨天。"),
    )


@admin.get("/reports")
@needs(_KEEP)
def reports() -> Page:
    """Show every kept report."""
    return _page(ReportForm(formdata=None))


@admin.post("/reports")
@needs(_KEEP)
def reports_keep() -> Answer:
    """Keep a report."""
    form = ReportForm()
    if form.validate():
        with form.errors_shown():
            year, day, site = form.year.value, form.as_of.data, settings().site_name
            keep_report(year, day, site, current_actor(), now())
            flash(_("%(year)s 年的报告已存档。", year=year), "success")
            return redirect(url_for("admin.reports"))
    return _page(form, 422)


def _page(form: ReportForm, status: int = 200) -> Page:
    rows = kept_reports(db.session())
    return render_template("admin/reports.html", form=form, rows=rows), status
