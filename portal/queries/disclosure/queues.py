"""The queues of disclosure requests: conditions, counts, one page of a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor, Permission
from portal.domain.disclosure.application import takes_requests
from portal.domain.disclosure.numbers import looks_like_request_number
from portal.domain.disclosure.requests import PENDING_STATES, DisclosureOutcome, DisclosureState
from portal.domain.errors import N_
from portal.domain.letters.numbers import compact
from portal.domain.organisations import OrganisationKind
from portal.domain.translatable import Labelled
from portal.models import DisclosureRequest, Organisation
from portal.queries.disclosure.erasure import erasure_waits
from portal.queries.letters.queues import Cutoffs, counted
from portal.queries.paging import Page, slice_of
from portal.queries.scope import Condition, requests_for, subtree_ids
from portal.queries.targets import MOST_WORDS, open_on, readable_condition


class RequestQueue(Labelled):
    """The queues of disclosure requests; a request may be in several."""

    TODO = "todo", N_("待本单位处理")
    OPEN = "open", N_("待答复")
    AWAITING = "awaiting", N_("待补正")
    DUE_SOON = "due_soon", N_("即将到期")
    OVERDUE = "overdue", N_("已超期")
    ANSWERED = "answered", N_("已答复")
    ENDED = "ended", N_("撤回或放弃")
    ALL = "all", N_("全部申请")


UNCOUNTED_REQUESTS = frozenset({RequestQueue.ANSWERED, RequestQueue.ENDED, RequestQueue.ALL})
"""Queues that only grow; their size is shown only where they are listed."""


@dataclass(frozen=True, slots=True)
class RequestFilters:
    """The filters of the list; ``organisation`` includes its subtree."""

    queue: RequestQueue
    organisation: Organisation | None = None
    words: str = ""
    page: int = 1

    @property
    def narrowed(self) -> bool:
        """Whether a filter beside the queue narrows the list."""
        return bool(self.organisation or self.words)


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A row of the list; it does not name the applicant."""

    number: str
    title: str
    state: DisclosureState
    outcome: DisclosureOutcome | None
    organisation: str
    received_at: datetime
    due_on: date | None
    complete_by: date | None


def request_conditions(actor: Actor, at: Cutoffs) -> dict[RequestQueue, Condition]:
    """Return for each queue the condition on requests that the actor may see."""
    row, state = DisclosureRequest, DisclosureRequest.state
    is_open = state == DisclosureState.OPEN
    return {
        RequestQueue.TODO: _todo(actor, at.today),
        RequestQueue.OPEN: is_open,
        RequestQueue.AWAITING: state == DisclosureState.AWAITING_COMPLETION,
        RequestQueue.DUE_SOON: sa.and_(is_open, row.due_on >= at.today, row.due_on <= at.soon),
        RequestQueue.OVERDUE: sa.and_(is_open, row.due_on < at.today),
        RequestQueue.ANSWERED: state == DisclosureState.ANSWERED,
        RequestQueue.ENDED: state.in_((DisclosureState.LAPSED, DisclosureState.WITHDRAWN)),
        RequestQueue.ALL: sa.true(),
    }


def _todo(actor: Actor, today: date) -> Condition:
    """Return the condition for what waits for the organisations that the actor works for.

    That is what must be answered, what may be ended because it was not completed in time, and whose
    applicant has asked to be erased.
    """
    row = DisclosureRequest
    own = {grant.organisation_id for grant, _ in actor.reaches(Permission.DISCLOSURE_HANDLE)}
    answerable = sa.and_(
        row.state.in_(PENDING_STATES),
        sa.or_(row.state == DisclosureState.OPEN, row.complete_by < today),
    )
    return sa.and_(row.organisation_id.in_(own), sa.or_(answerable, erasure_waits()))


def request_counts(session: Session, actor: Actor, at: Cutoffs) -> dict[RequestQueue, int]:
    """Return how many requests that the actor may see are in each counted queue."""
    found = {q: c for q, c in request_conditions(actor, at).items() if q not in UNCOUNTED_REQUESTS}
    pending = sa.or_(DisclosureRequest.state.in_(PENDING_STATES), erasure_waits())
    return counted(session, found, DisclosureRequest, requests_for(actor), pending)


def own_requests(session: Session, actor: Actor, today: date) -> int:
    """Return how many requests wait for the actor's organisations on civil day ``today``."""
    if not actor.holds(Permission.DISCLOSURE_HANDLE):
        return 0
    query = sa.select(sa.func.count()).select_from(DisclosureRequest).where(_todo(actor, today))
    return session.scalar(query) or 0


def request_page(
    session: Session, actor: Actor, filters: RequestFilters, at: Cutoffs, per_page: int
) -> Page[RequestRow]:
    """Return the page that ``filters`` ask for, within what ``actor`` may read."""
    where = [requests_for(actor), request_conditions(actor, at)[filters.queue]]
    where += _narrowing(filters)
    counted = sa.select(sa.func.count()).select_from(DisclosureRequest).where(*where)
    total = session.scalar(counted) or 0
    part = slice_of(total, filters.page, per_page)
    row = DisclosureRequest
    rows = session.execute(
        sa.select(
            row.number,
            row.title,
            row.state,
            row.outcome,
            Organisation.brief_name,
            row.received_at,
            row.due_on,
            row.complete_by,
        )
        .join(Organisation, Organisation.id == row.organisation_id)
        .where(*where)
        .order_by(*_order(filters.queue))
        .limit(per_page)
        .offset(part.offset)
    )
    return Page([RequestRow(*each) for each in rows], total, part.page, part.pages)


def _order(queue: RequestQueue) -> tuple[sa.ColumnElement[Any], ...]:
    row = DisclosureRequest
    if queue in UNCOUNTED_REQUESTS:
        return row.received_at.desc(), row.id.desc()
    return row.due_on.is_(None), row.due_on.asc(), row.complete_by.asc(), row.id.asc()


def _narrowing(filters: RequestFilters) -> list[Condition]:
    found: list[Condition] = []
    if filters.organisation:
        column = DisclosureRequest.organisation_id
        found.append(column.in_(subtree_ids(filters.organisation.path)))
    return found + [_has(word) for word in filters.words.split()[:MOST_WORDS]]


def _has(word: str) -> Condition:
    """Find a word in titles and document numbers, and a request number by its beginning."""
    row = DisclosureRequest
    found = [
        row.title.icontains(word, autoescape=True),
        row.document_number.icontains(word, autoescape=True),
    ]
    if looks_like_request_number(word):
        digits = sa.func.replace(row.number, "-", "")
        found.append(digits.startswith(compact(word).upper(), autoescape=True))
    return sa.or_(*found)


def handled_places(actor: Actor, today: date) -> Condition:
    """Return the condition on ``Organisation`` for which ``actor`` registers paper requests."""
    kinds = [kind for kind in OrganisationKind if takes_requests(kind)]
    return sa.and_(
        readable_condition(actor, Permission.DISCLOSURE_HANDLE),
        open_on(today),
        Organisation.kind.in_(kinds),
    )
