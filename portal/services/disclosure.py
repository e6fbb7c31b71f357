"""What the office does with requests for disclosure, within the limits of their own law."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.domain.access import Actor, Permission, within
from portal.domain.disclosure import (
    COMPLETION_CODE,
    LIMIT_CODE,
    DisclosureAction,
    DisclosureOutcome,
    DisclosureState,
    next_state,
)
from portal.domain.errors import N_, ActionNotAllowed, InvalidInput, NotFound, NotPermitted
from portal.domain.events import ActorKind, Axis
from portal.domain.letters import TEXT_MAX
from portal.domain.limits import LimitError, limit_for
from portal.domain.periods import civil_date
from portal.models import DisclosureRequest, Organisation
from portal.queries.rules import limits_in_force, work_calendar
from portal.services.steps import record
from portal.services.texts import REASON_MAX, required
from portal.services.unit import writing


def file(organisation_id: int, applicant: str, subject: str, actor: Actor, now: datetime) -> int:
    """Register a request received by an organisation; return its id.

    Due after 15 working days until 14 May 2019, 20 since (条例 Art. 33).
    """
    with writing() as session:
        organisation = session.get(Organisation, organisation_id)
        if organisation is None or not organisation.active:
            raise InvalidInput("organisation", N_("没有这个单位，或它已停用，请重新选择。"))
        _allow(actor, organisation)
        request = DisclosureRequest(
            organisation=organisation,
            applicant=required("applicant", applicant, 100, lines=False),
            subject=required("subject", subject, TEXT_MAX),
            state=DisclosureState.OPEN, received_at=now, extension_days=0,
        )  # fmt: skip
        session.add(request)
        request.due_on = _due(session, request)
        session.flush()
        _note(session, request, DisclosureAction.FILE, actor, now)
        return request.id


def ask_completion(request_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """Ask once for completion, within 7 working days where the law says so (Art. 30)."""
    reason = required("reason", reason, REASON_MAX)
    with writing() as session:
        request = _load(session, request_id, actor)
        if request.completion_asked_at is not None:
            raise ActionNotAllowed(N_("补正应当一次性告知，这件申请已经通知过补正。"))
        _check_completion_limit(session, request, now)
        request.state = next_state(request.state, DisclosureAction.ASK_COMPLETION)
        request.completion_asked_at, request.due_on = now, None
        _note(session, request, DisclosureAction.ASK_COMPLETION, actor, now, reason)


def _check_completion_limit(session: Session, request: DisclosureRequest, now: datetime) -> None:
    received = civil_date(request.received_at)
    try:
        limit = limit_for(COMPLETION_CODE, received, limits_in_force(session))
    except LimitError:
        return
    last = work_calendar(session).due_on(received, limit)
    if last is not None and civil_date(now) > last:
        raise ActionNotAllowed(
            N_("已超过通知补正的期限（收到申请之日起7个工作日），应当直接答复。")
        )


def complete(request_id: int, actor: Actor, now: datetime) -> None:
    """Register that the applicant has completed the request; the limit runs from this day."""
    with writing() as session:
        request = _load(session, request_id, actor)
        request.state = next_state(request.state, DisclosureAction.COMPLETE)
        request.completed_at = now
        request.due_on = _due(session, request)
        _note(session, request, DisclosureAction.COMPLETE, actor, now)


def extend(request_id: int, days: int, reason: str, actor: Actor, now: datetime) -> None:
    """Extend once, by at most what the law allows."""
    reason = required("reason", reason, REASON_MAX)
    with writing() as session:
        request = _load(session, request_id, actor)
        limit = limit_for(LIMIT_CODE, civil_date(request.received_at), limits_in_force(session))
        if request.extension_days:
            raise ActionNotAllowed(N_("答复期限只能延长一次。"))
        if not 1 <= days <= limit.extension_days:
            raise InvalidInput("days", N_("延期天数超出规定，请填写规定范围内的天数。"))
        request.state = next_state(request.state, DisclosureAction.EXTEND)
        request.extension_days = days
        request.due_on = _due(session, request)
        _note(session, request, DisclosureAction.EXTEND, actor, now, reason)


def answer(
    request_id: int, outcome: DisclosureOutcome, text: str, actor: Actor, now: datetime
) -> None:
    """Answer a request with a coded outcome."""
    text = required("text", text, TEXT_MAX)
    with writing() as session:
        request = _load(session, request_id, actor)
        request.state = next_state(request.state, DisclosureAction.ANSWER)
        request.outcome, request.answer, request.answered_at = outcome, text, now
        request.on_time = request.due_on is None or civil_date(now) <= request.due_on
        _note(session, request, DisclosureAction.ANSWER, actor, now, code=str(outcome))


def withdraw(request_id: int, actor: Actor, now: datetime) -> None:
    """Register that the applicant has withdrawn the request."""
    with writing() as session:
        request = _load(session, request_id, actor)
        request.state = next_state(request.state, DisclosureAction.WITHDRAW)
        request.withdrawn_at, request.due_on = now, None
        _note(session, request, DisclosureAction.WITHDRAW, actor, now)


def _allow(actor: Actor, organisation: Organisation) -> None:
    """Whoever accepts letters for the organisation also takes requests in and answers them."""
    reaches = actor.reaches(Permission.HANDLING_ACCEPT)
    if actor.kind is not ActorKind.SYSTEM and not any(
        within(grant, reach, organisation.path) for grant, reach in reaches
    ):
        raise NotPermitted


def _load(session: Session, request_id: int, actor: Actor) -> DisclosureRequest:
    request = session.get(DisclosureRequest, request_id, with_for_update=True)
    if request is None:
        raise NotFound
    _allow(actor, request.organisation)
    return request


def _due(session: Session, request: DisclosureRequest) -> date | None:
    received = civil_date(request.received_at)
    limit = limit_for(LIMIT_CODE, received, limits_in_force(session))
    begun = civil_date(request.completed_at) if request.completed_at else received
    return work_calendar(session).due_on(begun, limit, (), request.extension_days)


def _note(
    session: Session, request: DisclosureRequest, action: DisclosureAction, actor: Actor,
    now: datetime, reason: str | None = None, code: str | None = None,
) -> None:  # fmt: skip
    record(
        session, action, Axis.RECORD, actor, now, organisation_id=request.organisation_id,
        subject=f"disclosure:{request.id}", reason=reason, reason_code=code,
    )  # fmt: skip
