"""The inbox: queues with counts on the left, one page of letters on the right."""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.domain.access import Actor, Permission
from portal.domain.calendar import WorkCalendar
from portal.domain.disclosure.numbers import looks_like_request_number
from portal.domain.errors import N_
from portal.domain.events import ReadAction
from portal.domain.letters.due import remaining
from portal.domain.letters.kinds import Kind
from portal.domain.letters.numbers import parse_number
from portal.domain.letters.states import ENDED_STATES, Source, State
from portal.models import db
from portal.queries.archive.policy_changes import count_to_renew
from portal.queries.archive.problem_notices import count_open_notices
from portal.queries.letter_rows import LetterRow
from portal.queries.letters.erasure import count_waiting_requests
from portal.queries.letters.inbox import Filters, Sort, inbox_page
from portal.queries.letters.queues import UNCOUNTED, Queue, cutoffs, queue_counts
from portal.queries.rules import work_calendar
from portal.queries.scope import readable_letter
from portal.web.console.blueprint import console
from portal.web.console.lists import ListForm, ListPage, RowStatus, number_asked, queue_asked
from portal.web.core import Answer
from portal.web.core.clock import now, today
from portal.web.core.fields import DayField, EnumListField, LineField, ListField, page_asked
from portal.web.core.language import day, label, subject
from portal.web.core.people import current_actor, staff_only
from portal.web.core.settings import settings

TOPIC_MAX = 32
"""Characters of the longest topic, as in the table."""
_SHOWS_PUBLICATION_REVIEW = frozenset({Queue.TODO, Queue.MINE})
_SHOWS_SIGNOFF = frozenset({Queue.TODO, Queue.MINE, Queue.SIGNOFF})


def row_status(row: LetterRow, queue: Queue, calendar: WorkCalendar) -> RowStatus:
    """Return the status of ``row`` in ``queue``: a closed letter may wait for a second person."""
    chip = _chip(row, queue)
    if row.due_on and row.runs:
        return RowStatus.left(remaining(calendar, today(), row.due_on), *chip)
    if row.state in ENDED_STATES:
        return RowStatus(_("%(day)s收到", day=day(row.received_at)), "", *chip)
    return RowStatus(_("暂停计时"), "", *chip)


def _chip(row: LetterRow, queue: Queue) -> tuple[str, str, str]:
    if row.state is State.CLOSED and row.to_publish and queue in _SHOWS_PUBLICATION_REVIEW:
        return "review", "publication", _("待公示审核")
    if row.state is State.CLOSED and row.to_sign and queue in _SHOWS_SIGNOFF:
        return "review", "follow_up", _("补充答复待审签")
    if queue is Queue.PUBLICATION:
        return "publication", row.publication.value, label(row.publication)
    return "handling", row.state.value, label(row.state)


GROUPS = (
    (Queue.TODO, Queue.MINE),
    (
        Queue.SUBMITTED,
        Queue.RETURNED,
        Queue.DISPATCHED,
        Queue.IN_PROGRESS,
        Queue.HELP,
        Queue.EXTENSION,
        Queue.APPEAL,
        Queue.AWAITING,
        Queue.SIGNOFF,
        Queue.PROPOSABLE,
        Queue.PUBLICATION,
        Queue.DOUBTFUL,
    ),
    (Queue.DUE_SOON, Queue.OVERDUE, Queue.UNSIGNED, Queue.URGED, Queue.SUPERVISED),
    (Queue.CLOSED, Queue.ALL),
)
"""Queues in the order of the page: the person's own, stages of a letter, urgent ones, the rest."""


_USUAL_SORTS = {**dict.fromkeys(UNCOUNTED, Sort.NEWEST), Queue.PROPOSABLE: Sort.OLDEST}


def _groups(actor: Actor) -> list[list[Queue]]:
    """Return the queues on the page; one leaves out those who propose nothing for publication."""
    hidden = set() if actor.holds(Permission.PUBLICATION_PROPOSE) else {Queue.PROPOSABLE}
    return [[queue for queue in group if queue not in hidden] for group in GROUPS]


@dataclass(frozen=True, slots=True)
class InboxPage(ListPage[LetterRow, Queue]):
    """All that ``console/inbox.html`` shows; ``notices`` are open, for people who settle them.

    ``erasures`` are requests that wait, for people who decide on them, ``to_renew`` are public answers that may no longer hold, ``records_policies`` says whether the person
    records changes of policy.
    """

    notices: int | None
    erasures: int | None
    to_renew: int | None
    records_policies: bool
    registers: bool


class InboxForm(ListForm):
    """The filters of the inbox."""

    q = LineField(_l("编号、内容、来信人或单位"), render_kw={"autocomplete": "off"})
    kind = EnumListField(_l("类别"), Kind, N_("全部类别"))
    source = EnumListField(_l("收到方式"), Source, N_("全部方式"))
    organisation = ListField(
        _l("承办单位"), validate_choice=False, description=_l("包括下级单位。")
    )
    topic = LineField(_l("主题"), most=TOPIC_MAX, render_kw={"autocomplete": "off"})
    received_from = DayField(_l("收到日期从"))
    received_to = DayField(_l("收到日期到"))
    sort = EnumListField(_l("排序"), Sort, N_("默认顺序"))

    def filters(self) -> Filters:
        """Return the filters of the address; values that are not understood are left out."""
        words, organisation = self.read(Permission.LETTER_READ)
        queue = queue_asked(Queue, words, Queue.TODO)
        return Filters(
            queue=queue,
            kind=self.kind.data,
            source=self.source.data,
            organisation=organisation,
            own=request.args.get("level") == "own",
            topic=self.topic.data,
            received_from=self.received_from.data,
            received_to=self.received_to.data,
            words=words,
            sort=self.sort.data or _USUAL_SORTS.get(queue, Sort.DUE),
            page=page_asked(),
        )


@console.get("/")
@staff_only
def inbox() -> Answer:
    """Show the queue that the address names; a whole letter number leads to the letter.

    A person who may read no letters is redirected to administration.
    """
    session, actor = db.session(), current_actor()
    if not actor.holds(Permission.LETTER_READ):
        return redirect(url_for("admin.index"))
    if looks_like_request_number(request.args.get("q", "")):
        return redirect(url_for("console.disclosure", q=request.args["q"]))
    missing = _("没有找到这封信，或它不在您的权限内。")
    number, doubt = number_asked(parse_number, missing)
    if number and readable_letter(session, actor, number):
        return redirect(url_for("console.letter", number=number))
    page = _page(doubt)
    page.note_search(ReadAction.SEARCH_LETTERS)
    return render_template("console/inbox.html", page=page)


def _page(doubt: str) -> InboxPage:
    session, actor, form = db.session(), current_actor(), InboxForm(request.args)
    filters, calendar = form.filters(), work_calendar(session)
    at = cutoffs(calendar, now())
    page = inbox_page(session, actor, filters, at, settings().page_size)
    decides = actor.holds(Permission.PUBLICATION_DECIDE)
    proposes = actor.holds(Permission.PUBLICATION_PROPOSE)
    place = filters.organisation.name if filters.organisation else ""
    return InboxPage(
        endpoint="console.inbox",
        title=label(filters.queue),
        form=form,
        filters=filters,
        page=page,
        statuses=[row_status(row, filters.queue, calendar) for row in page.rows],
        groups=_groups(actor),
        counts=queue_counts(session, actor, at),
        late=frozenset({Queue.OVERDUE, Queue.UNSIGNED, Queue.URGED}),
        doubt=doubt,
        narrowing={
            "q": filters.words,
            "kind": label(filters.kind),
            "source": label(filters.source),
            "organisation": _("%(name)s（本级）", name=place) if place and filters.own else place,
            "topic": subject(filters.topic) if filters.topic else "",
            "received_from": day(filters.received_from),
            "received_to": day(filters.received_to),
        },
        notices=count_open_notices(session, actor) if decides else None,
        erasures=count_waiting_requests(session, actor)
        if actor.holds(Permission.ERASURE_DECIDE)
        else None,
        to_renew=count_to_renew(session, actor) if decides or proposes else None,
        records_policies=actor.holds(Permission.POLICY_CHANGES_RECORD),
        registers=actor.holds(Permission.HANDLING_ACCEPT),
    )
