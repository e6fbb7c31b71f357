"""The inbox: queues with counts on the left, one page of letters on the right."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.domain.access import Permission
from portal.domain.disclosure.numbers import looks_like_request_number
from portal.domain.letters.numbers import NumberError, parse_number
from portal.models import db
from portal.queries.archive.problem_notices import count_open_notices
from portal.queries.letters.inbox import Filters, Sort, inbox_page
from portal.queries.letters.queues import UNCOUNTED, Queue, cutoffs, queue_counts
from portal.queries.rules import work_calendar
from portal.queries.scope import readable_letter
from portal.queries.targets import find, organisation_of, readable_condition
from portal.web.console.blueprint import console
from portal.web.console.letters.inbox_form import WORDS_MAX, InboxFilterForm
from portal.web.console.letters.row_status import row_status
from portal.web.core.clock import now
from portal.web.core.fields import page_asked
from portal.web.core.language import day, label
from portal.web.core.people import current_actor, staff_only
from portal.web.core.settings import settings

GROUPS: tuple[tuple[Queue, ...], ...] = (
    (Queue.TODO, Queue.MINE),
    (
        Queue.SUBMITTED,
        Queue.RETURNED,
        Queue.DISPATCHED,
        Queue.IN_PROGRESS,
        Queue.HELP,
        Queue.EXTENSION,
        Queue.AWAITING,
        Queue.SIGNOFF,
        Queue.PUBLICATION,
        Queue.DOUBTFUL,
    ),
    (Queue.DUE_SOON, Queue.OVERDUE, Queue.UNSIGNED, Queue.SUPERVISED),
    (Queue.CLOSED, Queue.ALL),
)
"""Queues in the order of the page: the person's own, stages of a letter, urgent ones, the rest."""

LATE = frozenset({Queue.OVERDUE, Queue.UNSIGNED})
_FILTERS = ("queue", "q", "kind", "organisation", "level", "received_from", "received_to", "sort")
Answer = str | Response


@console.get("/")
@staff_only
def inbox() -> Answer:
    """Show the queue that the address names; a whole letter number leads to the letter.

    A person who may read no letters is redirected to administration.
    """
    if not current_actor().holds(Permission.LETTER_READ):
        return redirect(url_for("admin.index"))
    if looks_like_request_number(request.args.get("q", "")):
        return redirect(url_for("console.disclosure", q=request.args["q"]))
    number, doubt = _number(request.args.get("q", ""))
    if number and readable_letter(db.session(), current_actor(), number):
        return redirect(url_for("console.letter", number=number))
    form = InboxFilterForm(request.args)
    filters = _filters(form)
    calendar = work_calendar(db.session())
    at = cutoffs(calendar, now())
    page = inbox_page(db.session(), current_actor(), filters, at, settings().page_size)
    return render_template(
        "console/inbox.html",
        form=form,
        filters=filters,
        page=page,
        statuses={row.number: row_status(row, filters.queue, calendar) for row in page.rows},
        doubt=doubt or (_("没有找到这封信，或它不在您的权限内。") if number else ""),
        groups=GROUPS,
        counts=queue_counts(db.session(), current_actor(), at),
        late=LATE,
        uncounted=UNCOUNTED,
        notices=_notices(),
        chips=_chips(filters),
        page_address=lambda number: _address(page=number),
    )


def _notices() -> int | None:
    """Return the number of open problem notices, for people who settle them."""
    actor = current_actor()
    if not actor.holds(Permission.PUBLICATION_DECIDE):
        return None
    return count_open_notices(db.session(), actor)


def _number(typed: str) -> tuple[str, str]:
    """Return the letter number that was typed, or ``""`` and the error in its check digits."""
    try:
        return str(parse_number(typed)), ""
    except NumberError as error:
        return "", _(str(error)) if error.code == "check" else ""


def _filters(form: InboxFilterForm) -> Filters:
    """Read the filters of the address; values that are not understood are left out."""
    form.validate()
    session, within = db.session(), readable_condition(current_actor())
    wanted = form.organisation.data or ""
    organisation = organisation_of(session, within, wanted)
    form.offer(find(session, within, "") + ([organisation] if organisation else []))
    words = form.q.data[:WORDS_MAX]
    queue = request.args.get("queue", "")
    chosen = Queue(queue) if queue in set(Queue) else Queue.ALL if words else Queue.TODO
    sort = form.sort.data
    usual = Sort.NEWEST if chosen in UNCOUNTED else Sort.DUE
    return Filters(
        queue=chosen,
        kind=form.kind.data,
        organisation=organisation,
        own=request.args.get("level") == "own",
        received_from=form.received_from.data,
        received_to=form.received_to.data,
        words=words,
        sort=Sort(sort) if sort in set(Sort) else usual,
        page=page_asked(),
    )


def _address(**changes: Any) -> str:
    """Return the address of this list with ``changes``; without a page it is the first."""
    current = {name: request.args.get(name) for name in _FILTERS}
    return url_for("console.inbox", **{**current, **changes})


def _without(name: str) -> dict[str, None]:
    return {"organisation": None, "level": None} if name == "organisation" else {name: None}


def _place(filters: Filters) -> str:
    """Return the organisation that narrows the list, in words."""
    name = filters.organisation.name if filters.organisation else ""
    return _("%(name)s（本级）", name=name) if name and filters.own else name


def _chips(filters: Filters) -> list[tuple[str, str, str]]:
    """Return the current filters of the list, each with the address without it."""
    found = [
        ("q", _("编号或标题"), filters.words),
        ("kind", _("类别"), label(filters.kind)),
        ("organisation", _("承办单位"), _place(filters)),
        ("received_from", _("收到日期从"), day(filters.received_from)),
        ("received_to", _("收到日期到"), day(filters.received_to)),
    ]
    return [(words, value, _address(**_without(name))) for name, words, value in found if value]
