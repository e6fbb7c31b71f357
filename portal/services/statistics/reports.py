"""Keeping the annual report as of a day: what it said stays, whatever becomes of its figures."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from portal.domain.access import SYSTEM, Actor, Permission
from portal.domain.errors import N_, InvalidInput
from portal.domain.events import RecordAction
from portal.domain.integrity.figures import files_digest, report_subject
from portal.domain.periods import Period, PeriodError, civil_date
from portal.domain.statistics.as_of import as_of
from portal.models import KeptReport, KeptReportFile, db
from portal.queries.statistics.annual_report import annual_report, kept_file, kept_reports
from portal.queries.statistics.cache import cube
from portal.queries.statistics.filters import Question
from portal.reporting.formats import FILES, FORMATS
from portal.services.core.acting import record
from portal.services.core.permits import allow
from portal.services.core.unit import writing

_NOT_OVER = N_("统计时点要早于今天：今天还没有过完，数字还会变化。")
_TOO_EARLY = N_("统计时点早于这一年的第一天。")
_NOTHING = N_("这一年到统计时点为止没有收到来信。")
_SAME = N_("这一天的报告已经存档，数字没有变化。")


def keep_report(year: int, day: date | None, site: str, actor: Actor, now: datetime) -> int:
    """Keep the report of ``year`` as of the civil ``day``, by default the last that is over.

    Returns its id. Raises :class:`InvalidInput` with ``year`` or ``as_of`` where there is nothing to
    report, the day is not over, or the same is kept already.
    """
    allow(actor, Permission.REPORTS_KEEP)
    try:
        period = Period(year)
    except PeriodError as error:
        said = error.message
        raise InvalidInput("year", said) from error
    today = civil_date(now)
    day = day or min(period.last_day, today - timedelta(days=1))
    if day >= today:
        raise InvalidInput("as_of", _NOT_OVER)
    if day < period.first_day:
        raise InvalidInput("as_of", _TOO_EARLY)
    with writing() as session:
        seen = as_of(period, now, day)
        found = annual_report(session, period, seen, site, now, for_everybody=True)
        if not found.total.received:
            raise InvalidInput("year", _NOTHING)
        files = {ending: FORMATS[form](found) for ending, (form, _type) in FILES.items()}
        for earlier in kept_reports(session, year):
            same = kept_file(session, earlier.id, "json")
            if earlier.as_of == day and same and _figures(same.content) == _figures(files["json"]):
                raise InvalidInput("as_of", _SAME)
        kept = KeptReport(
            year=year,
            as_of=day,
            kept_at=now,
            keeper_id=actor.user_id,
            received=found.total.received,
            closed=found.total.closed,
            published=found.total.published,
        )
        kept.files = [
            KeptReportFile(
                form=form,
                size=len(content),
                digest=hashlib.sha256(content).hexdigest(),
                content=content,
            )
            for form, content in files.items()
        ]
        session.add(kept)
        session.flush()
        subject = report_subject(year, day)
        said = files_digest(files)
        record(session, RecordAction.KEEP_REPORT, actor, now, subject=subject, reason=said)
        return kept.id


def _figures(content: bytes) -> dict[str, object]:
    """Return what a report in JSON says without its wording."""
    found: dict[str, object] = json.loads(content)
    return {key: value for key, value in found.items() if key not in ("definitions", "title")}


def keep_last_year(site: str, now: datetime) -> int:
    """Keep the report of the year that ended last as of its last day, if none of it is kept.

    Returns how many were kept; none for a year without letters.
    """
    session, year = db.session(), civil_date(now).year - 1
    if session.scalar(sa.select(KeptReport.id).where(KeptReport.year == year).limit(1)):
        return 0
    period = Period(year)
    if not cube(session, Question(period, period.ends_at)).total.received:
        return 0
    keep_report(year, period.last_day, site, SYSTEM, now)
    return 1
