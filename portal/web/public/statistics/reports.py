"""The annual report of each year: as it is now, with its downloads, and as it was kept."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import Response, render_template, request

from portal.domain.annual_report import AnnualReport, Table
from portal.domain.errors import InvalidInput, NotFound
from portal.domain.periods import Period, PeriodError, civil_date
from portal.domain.statistics.as_of import AsOf, as_of, parse_day
from portal.domain.statistics.rates import Figures
from portal.models import KeptReport, db
from portal.queries.statistics.annual_report import annual_report, kept_file, kept_reports
from portal.queries.statistics.cache import cube
from portal.queries.statistics.count import years_with_letters
from portal.queries.statistics.filters import Question
from portal.reporting.formats import FILES, FORMATS
from portal.reporting.tables import disclosure_sentence, tables
from portal.web.core import Page
from portal.web.core.clock import now
from portal.web.core.language import one_language, say
from portal.web.core.people import public
from portal.web.core.safety import limiter
from portal.web.core.settings import settings
from portal.web.delivery.caching import cacheable, revalidated
from portal.web.public.statistics.pages import statistics

FILE_LIMIT = "60 per minute"
SHORT = 14
"""Rows up to which a table is not folded."""


@dataclass(frozen=True)
class Kept:
    """A kept report, and what its letters count as of the same day by what is known now."""

    row: KeptReport
    now: Figures

    @property
    def then(self) -> Figures:
        """Its own counts."""
        row = self.row
        return Figures(received=row.received, closed=row.closed, published=row.published)

    @property
    def differs(self) -> bool:
        """Whether its figures would be others today."""
        then = self.then
        return then != replace(
            then, received=self.now.received, closed=self.now.closed, published=self.now.published
        )


def _kept(rows: list[KeptReport]) -> list[Kept]:
    moment, session, found = now(), db.session(), []
    for row in rows:
        year = Period(row.year)
        question = Question(year, as_of(year, moment, row.as_of).before)
        found.append(Kept(row, cube(session, question).total))
    return found


@dataclass(frozen=True)
class ReportPage:
    """The report of a year as a page shows it: its tables, the long ones apart."""

    report: AnnualReport
    kept: list[Kept]
    error: str = ""

    @property
    def tables(self) -> list[tuple[Table, bool]]:
        """Each table but that of section two, and whether it is long."""
        return [(table, len(table.rows) > SHORT) for table in tables(self.report)[:-1]]

    @property
    def disclosure(self) -> tuple[str, Table]:
        """Section two: its sentence and its table."""
        return disclosure_sentence(self.report), tables(self.report)[-1]


def _report(year: int, seen: AsOf | None = None) -> AnnualReport:
    """Return the report of ``year``; :class:`NotFound` for a year that has not begun."""
    moment = now()
    try:
        period = Period(year)
    except PeriodError as error:
        raise NotFound from error
    if period.first_day > civil_date(moment):
        raise NotFound
    seen = seen or as_of(period, moment, parse_day(request.args.get("as_of", "")))
    site = settings().site_name
    return annual_report(db.session(), period, seen, site, moment, for_everybody=True)


@statistics.get("/reports")
@public
@cacheable
def reports() -> str:
    """List the years with their reports, and what was kept of them."""
    kept: dict[int, list[Kept]] = {}
    for each in _kept(list(kept_reports(db.session()))):
        kept.setdefault(each.row.year, []).append(each)
    years = sorted({*years_with_letters(db.session()), *kept}, reverse=True)
    return render_template("public/reports.html", years=years, kept=kept)


@statistics.get("/reports/<int:year>")
@public
@cacheable
def report(year: int) -> Page:
    """Show the report of a year as of its end, of today, or of the day ``as_of``."""
    error = ""
    try:
        found = _report(year)
    except InvalidInput as fault:
        period = Period(year)
        error, found = say(fault.message), _report(year, as_of(period, now()))
    page = ReportPage(found, _kept(list(kept_reports(db.session(), year))), error)
    return render_template(
        "public/report.html", page=page, report=found, endings=list(FILES), day=_day(found)
    ), 422 if error else 200


def _day(found: AnnualReport) -> str | None:
    return found.as_of.day.isoformat() if found.as_of.asked else None


@statistics.get("/reports/<int:year>/<any(docx,xlsx,md,txt,csv,json):ending>")
@public
@limiter.limit(FILE_LIMIT)
@cacheable
@one_language
def report_file(year: int, ending: str) -> Response:
    """Send the report of a year as a file, as of the same days as the page."""
    try:
        found = _report(year)
    except InvalidInput as fault:
        return Response(f"{say(fault.message)}\n", 400, mimetype="text/plain")
    form, _type = FILES[ending]
    return _attached(FORMATS[form](found), ending, f"report-{year}-as-of-{found.as_of.day}")


@statistics.get("/reports/kept/<int:report_id>/<any(docx,xlsx,md,txt,csv,json):ending>")
@public
@one_language
def kept_report_file(report_id: int, ending: str) -> Response:
    """Send a kept report, the same bytes each time."""
    found = kept_file(db.session(), report_id, ending)
    if found is None:
        raise NotFound
    return revalidated(_attached(found.content, ending, f"report-kept-{report_id}"))


def _attached(content: bytes, ending: str, name: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename={name}.{ending}"}
    return Response(content, mimetype=FILES[ending][1], headers=headers)
