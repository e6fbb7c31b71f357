"""The list of requests for disclosure: queues with counts on the left, one page on the right."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.domain.access import Permission
from portal.domain.disclosure.numbers import parse_request_number
from portal.domain.disclosure.requests import DisclosureState
from portal.domain.events import ReadAction
from portal.domain.letters.due import Urgency, remaining
from portal.models import db
from portal.queries.disclosure.queues import (
    RequestFilters,
    RequestQueue,
    RequestRow,
    request_counts,
    request_page,
)
from portal.queries.disclosure.requests import readable_request
from portal.queries.letters.queues import cutoffs
from portal.queries.rules import work_calendar
from portal.web.console.blueprint import console
from portal.web.console.lists import ListForm, ListPage, RowStatus, number_asked, queue_asked
from portal.web.core import Answer
from portal.web.core.clock import now, today
from portal.web.core.fields import LineField, ListField, page_asked
from portal.web.core.language import day, label
from portal.web.core.people import current_actor, needs
from portal.web.core.settings import settings

GROUPS = (
    (RequestQueue.TODO,),
    (RequestQueue.OPEN, RequestQueue.AWAITING),
    (RequestQueue.DUE_SOON, RequestQueue.OVERDUE),
    (RequestQueue.ANSWERED, RequestQueue.ENDED, RequestQueue.ALL),
)
"""Queues in the order of the page: the person's own, stages of a request, urgent ones, the rest."""


class RequestListForm(ListForm):
    """The filters of the list of requests."""

    q = LineField(_l("编号、名称或文号"), render_kw={"autocomplete": "off"})
    organisation = ListField(
        _l("被申请机关"), validate_choice=False, description=_l("包括下级单位。")
    )

    def filters(self, usual: RequestQueue) -> RequestFilters:
        """Return the filters of the address; values that are not understood are left out."""
        words, organisation = self.read(Permission.DISCLOSURE_READ)
        return RequestFilters(
            queue_asked(RequestQueue, words, usual), organisation, words, page_asked()
        )


@console.get("/disclosure")
@needs(Permission.DISCLOSURE_READ)
def disclosure() -> Answer:
    """Show the queue that the address names; a whole number leads to the request."""
    missing = _("没有找到这件申请，或它不在您的权限内。")
    number, doubt = number_asked(parse_request_number, missing)
    if number and readable_request(db.session(), current_actor(), number):
        return redirect(url_for("console.disclosure_request", request_number=number))
    page = _page(doubt)
    page.note_search(ReadAction.SEARCH_REQUESTS)
    return render_template("console/disclosure.html", page=page)


def _page(doubt: str) -> ListPage[RequestRow, RequestQueue]:
    session, actor, form = db.session(), current_actor(), RequestListForm(request.args)
    handles = actor.holds(Permission.DISCLOSURE_HANDLE)
    filters = form.filters(RequestQueue.TODO if handles else RequestQueue.OPEN)
    at = cutoffs(work_calendar(session), now())
    page = request_page(session, actor, filters, at, settings().page_size)
    return ListPage(
        endpoint="console.disclosure",
        title=_("公开申请：%(queue)s", queue=label(filters.queue)),
        form=form,
        filters=filters,
        page=page,
        statuses=[_status(row) for row in page.rows],
        groups=GROUPS if handles else GROUPS[1:],
        counts=request_counts(session, actor, at),
        late=frozenset({RequestQueue.OVERDUE}),
        doubt=doubt,
        narrowing={
            "q": filters.words,
            "organisation": filters.organisation.name if filters.organisation else "",
        },
    )


def _status(row: RequestRow) -> RowStatus:
    if row.state is DisclosureState.OPEN and row.due_on:
        return RowStatus.left(remaining(work_calendar(db.session()), today(), row.due_on))
    if row.state is DisclosureState.AWAITING_COMPLETION and row.complete_by:
        if row.complete_by < today():
            return RowStatus(_("逾期未补正"), Urgency.LATE.value)
        return RowStatus(_("补正至 %(day)s", day=day(row.complete_by)))
    return RowStatus(_("%(day)s收到", day=day(row.received_at)))
