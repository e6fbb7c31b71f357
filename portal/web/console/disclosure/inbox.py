"""The list of requests for disclosure: queues with counts on the left, one page on the right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.domain.access import Permission
from portal.domain.disclosure.numbers import RequestNumberError, parse_request_number
from portal.domain.disclosure.requests import DisclosureState
from portal.domain.letters.due import Urgency, remaining
from portal.models import db
from portal.queries.disclosure.queues import (
    UNCOUNTED_REQUESTS,
    RequestFilters,
    RequestQueue,
    RequestRow,
    handled_places,
    request_counts,
    request_page,
)
from portal.queries.disclosure.requests import readable_request
from portal.queries.letters.queues import cutoffs
from portal.queries.office.directory import places
from portal.queries.rules import work_calendar
from portal.queries.targets import find, organisation_of, readable_condition
from portal.web.console.blueprint import console
from portal.web.console.disclosure.forms import WORDS_MAX, RequestFilterForm
from portal.web.core.clock import now, today
from portal.web.core.fields import page_asked
from portal.web.core.language import day, label, say
from portal.web.core.people import current_actor, needs
from portal.web.core.settings import settings

GROUPS: tuple[tuple[RequestQueue, ...], ...] = (
    (RequestQueue.TODO,),
    (RequestQueue.OPEN, RequestQueue.AWAITING),
    (RequestQueue.DUE_SOON, RequestQueue.OVERDUE),
    (RequestQueue.ANSWERED, RequestQueue.ENDED, RequestQueue.ALL),
)
"""Queues in the order of the page: the person's own, stages of a request, urgent ones, the rest."""
LATE = frozenset({RequestQueue.OVERDUE})
_FILTERS = ("queue", "q", "organisation")
Answer = str | Response


@console.get("/disclosure")
@needs(Permission.DISCLOSURE_READ)
def disclosure() -> Answer:
    """Show the queue that the address names; a whole number leads to the request."""
    session, actor = db.session(), current_actor()
    number, doubt = _number(request.args.get("q", ""))
    if number and readable_request(session, actor, number):
        return redirect(url_for("console.disclosure_request", request_number=number))
    form = RequestFilterForm(request.args)
    filters = _filters(form)
    at = cutoffs(work_calendar(session), now())
    page = request_page(session, actor, filters, at, settings().page_size)
    return render_template(
        "console/disclosure.html",
        form=form,
        filters=filters,
        page=page,
        notes={row.number: _notes(row) for row in page.rows},
        doubt=doubt or (_("没有找到这件申请，或它不在您的权限内。") if number else ""),
        groups=GROUPS if actor.holds(Permission.DISCLOSURE_HANDLE) else GROUPS[1:],
        counts=request_counts(session, actor, at),
        uncounted=UNCOUNTED_REQUESTS,
        late=LATE,
        registers=actor.holds(Permission.DISCLOSURE_HANDLE),
        chips=_chips(filters),
        page_address=lambda number: _address(page=number),
    )


@console.get("/disclosure/organisations.json")
@needs(Permission.DISCLOSURE_READ)
def disclosure_organisations() -> dict[str, Any]:
    """Find organisations whose requests the person may read, or ``to=register`` new ones for."""
    actor = current_actor()
    within = readable_condition(actor, Permission.DISCLOSURE_READ)
    if request.args.get("to") == "register":
        within = handled_places(actor, today())
    found = places(db.session(), find(db.session(), within, request.args.get("q", "")[:WORDS_MAX]))
    return {"items": [{"id": p.id, "name": p.name, "path": p.path or p.name} for p in found]}


def _number(typed: str) -> tuple[str, str]:
    """Return the request number that was typed, or ``""`` and the error in its check digits."""
    try:
        return str(parse_request_number(typed)), ""
    except RequestNumberError as error:
        return "", _(str(error)) if error.code == "check" else ""


def _filters(form: RequestFilterForm) -> RequestFilters:
    """Read the filters of the address; values that are not understood are left out."""
    session, actor = db.session(), current_actor()
    within = readable_condition(actor, Permission.DISCLOSURE_READ)
    organisation = organisation_of(session, within, str(form.organisation.data or ""))
    form.offer(find(session, within, "") + ([organisation] if organisation else []))
    words = (form.q.data or "").strip()[:WORDS_MAX]
    queue, handles = request.args.get("queue", ""), actor.holds(Permission.DISCLOSURE_HANDLE)
    usual = RequestQueue.TODO if handles else RequestQueue.OPEN
    chosen = RequestQueue(queue) if queue in set(RequestQueue) else usual
    if words and queue not in set(RequestQueue):
        chosen = RequestQueue.ALL
    return RequestFilters(chosen, organisation, words, page_asked())


@dataclass(frozen=True, slots=True)
class RowNotes:
    """The notes of a row beside its state; ``urgency`` is empty where no time runs out."""

    outcome: str
    time: str
    urgency: str


def _notes(row: RequestRow) -> RowNotes:
    outcome = label(row.outcome) if row.state is DisclosureState.ANSWERED else ""
    if row.state is DisclosureState.OPEN and row.due_on:
        left = remaining(work_calendar(db.session()), today(), row.due_on)
        return RowNotes(outcome, say(left.message), left.urgency.value)
    if row.state is DisclosureState.AWAITING_COMPLETION and row.complete_by:
        if row.complete_by < today():
            return RowNotes(outcome, _("逾期未补正"), Urgency.LATE.value)
        return RowNotes(outcome, _("补正至 %(day)s", day=day(row.complete_by)), "")
    return RowNotes(outcome, _("%(day)s收到", day=day(row.received_at)), "")


def _address(**changes: Any) -> str:
    current = {name: request.args.get(name) for name in _FILTERS}
    return url_for("console.disclosure", **{**current, **changes})


def _chips(filters: RequestFilters) -> list[tuple[str, str, str]]:
    """Return the current filters of the list, each with the address without it."""
    name = filters.organisation.name if filters.organisation else ""
    found = [("q", _("编号、名称或文号"), filters.words), ("organisation", _("被申请机关"), name)]
    return [(words, value, _address(**{arg: None})) for arg, words, value in found if value]
