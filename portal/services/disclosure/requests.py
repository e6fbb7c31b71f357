"""What the office and the applicant do with a request for disclosure, within its own law.

``take`` is the only place that changes a request's state: permission, objection, version, event.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor, Permission, can_at
from portal.domain.disclosure.application import COMPLETION_DAYS_MOST
from portal.domain.disclosure.requests import (
    APPLICANT_ACTIONS,
    DisclosureAction,
    DisclosureOutcome,
    DisclosureState,
    next_state,
    objection,
)
from portal.domain.errors import (
    N_,
    ActionNotAllowed,
    Conflict,
    InvalidInput,
    NotFound,
    NotPermitted,
)
from portal.domain.events import ActorKind
from portal.domain.letters.states import PERSON_NAME_MAX, TEXT_MAX
from portal.domain.periods import civil_date
from portal.domain.translatable import Message
from portal.models import DisclosureRequest, Organisation
from portal.queries.disclosure.due import completion_until, due_on, rule_of
from portal.queries.disclosure.requests import subject_of
from portal.queries.rules import deadline_rules, work_calendar
from portal.services.core.acting import record
from portal.services.core.typed_text import REASON_MAX, limited, optional, required
from portal.services.core.unit import writing
from portal.services.files.keeping import Owner, claim

REFERRED_MAX = 200
CONFLICT = N_("这件申请刚被其他人处理过，请查看最新情况后再操作。")


def applicant(request_id: int) -> Actor:
    """Return the actor for an applicant who has opened one request with its code."""
    return Actor(ActorKind.CITIZEN, request_id=request_id)


def ask_completion(
    request_id: int, version: int, text: str, complete_by: date, actor: Actor, now: datetime
) -> None:
    """Ask once for completion, within 7 working days where the law says so (Art. 30).

    ``complete_by`` is the reasonable last civil day that the law asks the notice to give.
    """
    text, today = required("text", text, TEXT_MAX), civil_date(now)
    if not today < complete_by <= today + timedelta(days=COMPLETION_DAYS_MOST):
        said = Message(N_("补正期限应在明天起 %(n)s 日之内。"), {"n": COMPLETION_DAYS_MOST})
        raise InvalidInput("complete_by", said)
    with changing(request_id, actor, version) as (session, request):
        take(session, request, DisclosureAction.ASK_COMPLETION, actor, now)
        request.completion_asked_at, request.due_on = now, None
        request.completion_notice, request.complete_by = text, complete_by


def complete(
    request_id: int,
    text: str,
    actor: Actor,
    now: datetime,
    version: int | None = None,
    files: str | None = None,
) -> None:
    """Keep what the applicant added; the clock runs afresh from this day (Art. 30).

    ``files`` is the key under which files wait for it.
    """
    text = required("text", text, TEXT_MAX)
    with changing(request_id, actor, version) as (session, request):
        take(session, request, DisclosureAction.COMPLETE, actor, now)
        request.completed_at, request.completion = now, text
        claim(session, files, Owner(request_id=request.id))
        set_due(session, request)


def extend(
    request_id: int, version: int, days: int, reason: str, consent: str, actor: Actor, now: datetime
) -> None:
    """Extend once, by at most what the law allows, with the consent of the head of the office.

    ``consent`` is who agreed (Art. 33), kept in the record; the applicant sees the reason.
    """
    reason = required("reason", reason, REASON_MAX)
    consent = required("consent", consent, PERSON_NAME_MAX, lines=False)
    with changing(request_id, actor, version) as (session, request):
        if not 1 <= days <= rule_of(deadline_rules(session), request).extension_days:
            raise InvalidInput("days", N_("延期天数超出规定，请填写规定范围内的天数。"))
        take(
            session,
            request,
            DisclosureAction.EXTEND,
            actor,
            now,
            reason=f"{reason}（经{consent}同意）",
        )
        request.extension_days, request.extension_reason = days, reason
        set_due(session, request)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: coded outcome, text, and who is in charge instead where somebody else is."""

    outcome: DisclosureOutcome
    text: str
    referred_to: str = ""


def answer(request_id: int, version: int, given: Answer, actor: Actor, now: datetime) -> None:
    """Answer a request, finally; ``on_time`` is judged by the due date of this moment.

    While the applicant is asked for a completion the clock stands still, but not for ever: an
    answer without one is in time until the days that the notice gave, or the deadline, are over.
    """
    text = required("text", given.text, TEXT_MAX)
    referred = limited("referred_to", given.referred_to, REFERRED_MAX)
    with changing(request_id, actor, version) as (session, request):
        code = str(given.outcome)
        take(session, request, DisclosureAction.ANSWER, actor, now, reason_code=code)
        request.outcome, request.answer, request.answered_at = given.outcome, text, now
        ours = given.outcome is not DisclosureOutcome.NOT_OURS
        request.referred_to = None if ours else referred or None
        request.on_time = civil_date(now) <= _last_day(session, request)


def lapse(request_id: int, version: int, actor: Actor, now: datetime) -> None:
    """End a request whose applicant let the days for completion pass without a reason (Art. 30).

    It counts as answered in time, unclear.
    """
    with changing(request_id, actor, version) as (session, request):
        take(session, request, DisclosureAction.LAPSE, actor, now)
        request.outcome, request.answered_at = DisclosureOutcome.UNCLEAR, now
        request.on_time = True


def withdraw(
    request_id: int, actor: Actor, now: datetime, version: int | None = None, reason: str = ""
) -> None:
    """Keep that the applicant has withdrawn; staff say in ``reason`` how they came to know."""
    reason = optional("reason", reason, REASON_MAX)
    with changing(request_id, actor, version) as (session, request):
        take(session, request, DisclosureAction.WITHDRAW, actor, now, reason=reason or None)
        request.withdrawn_at, request.due_on = now, None


@dataclass(frozen=True, slots=True)
class ApplicantData:
    """Who applies and how to reach them; empty where nothing was given."""

    name: str
    identity: str
    phone: str
    email: str
    address: str


def reveal_applicant(request_id: int, actor: Actor, now: datetime) -> ApplicantData:
    """Return who applies and record who looked; the version stays as it is."""
    with changing(request_id, actor) as (session, request):
        if not can_at(actor, Permission.DISCLOSURE_HANDLE, request.organisation.path):
            raise NotPermitted
        note(session, request, DisclosureAction.REVEAL, actor, now)
        return ApplicantData(
            request.applicant,
            request.identity or "",
            request.phone or "",
            request.email or "",
            request.address or "",
        )


def reschedule_requests(session: Session, since: date) -> int:
    """Compute due dates from ``since`` on again after the calendar changed; return how many changed."""
    calendar, rules, changed = work_calendar(session), deadline_rules(session), 0
    waiting = sa.select(DisclosureRequest).where(
        DisclosureRequest.state == DisclosureState.OPEN, DisclosureRequest.due_on >= since
    )
    for request in session.scalars(waiting):
        due = due_on(calendar, rule_of(rules, request), request)
        if due != request.due_on:
            request.due_on, changed = due, changed + 1
    return changed


def note(
    session: Session,
    request: DisclosureRequest,
    action: DisclosureAction,
    actor: Actor,
    now: datetime,
    **said: Any,
) -> None:
    """Write the event of an action, with what else :func:`record` takes.

    Its subject is the number of the request.
    """
    place, subject = request.organisation_id, subject_of(request.number)
    record(session, action, actor, now, organisation_id=place, subject=subject, **said)


def ready(
    session: Session,
    request: DisclosureRequest,
    version: int,
    action: DisclosureAction,
    actor: Actor,
    now: datetime,
) -> None:
    """Raise what taking ``action`` on ``version`` of the request would raise now; change nothing."""
    if request.version != version:
        raise Conflict(CONFLICT)
    _permit(session, request, action, actor, now)


def may_act(actor: Actor, action: DisclosureAction, request: DisclosureRequest) -> bool:
    """Return whether ``actor`` is the kind of person who may take ``action`` on ``request``."""
    if actor.kind is ActorKind.CITIZEN:
        return action in APPLICANT_ACTIONS and actor.request_id == request.id
    return can_at(actor, Permission.DISCLOSURE_HANDLE, request.organisation.path)


def allowed_actions(
    session: Session, request: DisclosureRequest, actor: Actor, now: datetime
) -> list[DisclosureAction]:
    """Return what ``actor`` may do with the request now; agrees with what the services take."""
    until = completion_until(session, request)
    return [
        action
        for action in DisclosureAction
        if may_act(actor, action, request)
        and objection(request, action, civil_date(now), until) is None
    ]


@contextmanager
def changing(
    request_id: int, actor: Actor, version: int | None = None
) -> Iterator[tuple[Session, DisclosureRequest]]:
    """Open a unit of work on a request, locked.

    A foreign one is like none, another version a conflict.
    """
    with writing() as session:
        query = sa.select(DisclosureRequest).where(DisclosureRequest.id == request_id)
        request = session.scalar(query.with_for_update(of=DisclosureRequest))
        if request is None:
            raise NotFound
        place: Organisation = request.organisation
        staff = actor.kind is ActorKind.STAFF
        if staff and not can_at(actor, Permission.DISCLOSURE_READ, place.path):
            raise NotFound
        if version is not None and request.version != version:
            raise Conflict(CONFLICT)
        yield session, request


def take(
    session: Session,
    request: DisclosureRequest,
    action: DisclosureAction,
    actor: Actor,
    now: datetime,
    **said: str | None,
) -> None:
    """Take ``action`` in the unit of work of the caller: permission, objection, version, event."""
    _permit(session, request, action, actor, now)
    before = request.state
    request.state = next_state(action, before)
    request.version += 1
    note(session, request, action, actor, now, from_state=before, to_state=request.state, **said)


def _permit(
    session: Session,
    request: DisclosureRequest,
    action: DisclosureAction,
    actor: Actor,
    now: datetime,
) -> None:
    if not may_act(actor, action, request):
        raise NotPermitted
    until = completion_until(session, request)
    if why := objection(request, action, civil_date(now), until):
        raise ActionNotAllowed(why)


def _last_day(session: Session, request: DisclosureRequest) -> date:
    """Return the last day on which an answer given now would be in time."""
    if request.due_on is not None:
        return request.due_on
    rule = rule_of(deadline_rules(session), request)
    unstopped = due_on(work_calendar(session), rule, request)
    return max(day for day in (request.complete_by, unstopped) if day is not None)


def set_due(session: Session, request: DisclosureRequest) -> None:
    """Compute the due date of a request whose clock runs."""
    rule = rule_of(deadline_rules(session), request)
    request.due_on = due_on(work_calendar(session), rule, request)
