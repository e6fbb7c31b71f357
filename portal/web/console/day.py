"""The supervisor's day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import abort, render_template, request

from portal.domain.access import Permission
from portal.domain.letters.due import Remaining, remaining
from portal.domain.letters.rises import DAYS, WEEKS
from portal.models import Organisation, db
from portal.queries.letter_rows import LetterRow
from portal.queries.letters.day import URGENT, BranchRow, Day, day, supervised_tops
from portal.queries.letters.inbox import Filters, inbox_page
from portal.queries.letters.queues import Queue, cutoffs
from portal.queries.letters.rises import RiseRow, first_day, rises
from portal.queries.office.directory import superiors
from portal.queries.rules import work_calendar
from portal.queries.targets import organisation_of, readable_condition
from portal.web.console.blueprint import console
from portal.web.core.clock import now, today
from portal.web.core.people import current_actor, needs

LATEST = 10


@dataclass(frozen=True, slots=True)
class DayPage:
    """All that ``console/day.html`` shows; ``late`` are the rows with overdue letters.

    ``urgent`` are the queues that have letters, ``above`` the organisations on the way to the top,
    ``rises`` the sudden rises of letters received since ``rises_from``.
    """

    day: Day
    late: Sequence[BranchRow]
    others: Sequence[BranchRow]
    urgent: Sequence[Queue]
    above: Sequence[Organisation]
    latest: Sequence[tuple[LetterRow, Remaining]]
    rises: Sequence[RiseRow]
    rises_from: date
    rise_days: int = DAYS
    rise_weeks: int = WEEKS


@console.get("/day", endpoint="day")
@needs(Permission.HANDLING_SUPERVISE)
def show_day() -> str:
    """Show the urgent letters by organisation, and the letters that are most overdue."""
    session, actor, top = db.session(), current_actor(), _top()
    calendar = work_calendar(session)
    at = cutoffs(calendar, now())
    overdue = Filters(queue=Queue.OVERDUE, organisation=top)
    rows = inbox_page(session, actor, overdue, at, LATEST).rows
    found = day(session, actor, at, top)
    page = DayPage(
        day=found,
        late=[row for row in found.rows if row.counts[Queue.OVERDUE]],
        others=[row for row in found.rows if not row.counts[Queue.OVERDUE]],
        urgent=[queue for queue in URGENT if found.totals[queue]],
        above=_above(top),
        latest=[(row, remaining(calendar, today(), row.due_on)) for row in rows if row.due_on],
        rises=rises(session, actor, today(), top),
        rises_from=first_day(today()),
    )
    return render_template("console/day.html", page=page)


def _top() -> Organisation | None:
    """Return the organisation of the address, if any; 404 for one that is not readable."""
    asked = request.args.get("organisation", "")
    if not asked:
        return None
    found = organisation_of(db.session(), readable_condition(current_actor()), asked)
    if found is None:
        abort(404)
    return found


def _above(top: Organisation | None) -> list[Organisation]:
    """Return the organisations between the supervised ones and ``top``."""
    tops = supervised_tops(current_actor())
    chain = superiors(db.session(), top) if top else []
    return [each for each in chain if any(each.path.startswith(t) and each.path != t for t in tops)]
