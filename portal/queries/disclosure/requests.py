"""Disclosure requests as their applicants and the office see them, with their history."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from portal.domain.access import GRANTS, Actor, Permission
from portal.domain.disclosure.requests import DisclosureAction, DisclosureOutcome
from portal.domain.errors import N_
from portal.domain.events import ActorKind
from portal.domain.privacy.erasure import ErasureRefusal
from portal.models import DisclosureRequest, Event, RoleGrant, User
from portal.queries.history import HistoryEntry
from portal.queries.scope import requests_for

_OFFICE_LABELS = {str(action): action.label for action in DisclosureAction}
_APPLICANT_LABELS: dict[str, str] = {
    DisclosureAction.FILE: N_("申请已收到"),
    DisclosureAction.ASK_COMPLETION: N_("请您补正申请"),
    DisclosureAction.COMPLETE: N_("已收到补正，期限重新计算"),
    DisclosureAction.EXTEND: N_("答复期限已延长"),
    DisclosureAction.HAND_OVER: N_("原受理单位撤并，由承接单位答复"),
    DisclosureAction.ANSWER: N_("已答复"),
    DisclosureAction.LAPSE: N_("逾期没有补正，视为放弃申请"),
    DisclosureAction.WITHDRAW: N_("申请已撤回"),
    DisclosureAction.ASK_ERASURE: N_("您申请删除个人信息"),
    DisclosureAction.ERASE: N_("个人信息已删除"),
    DisclosureAction.REFUSE_ERASURE: N_("没有同意删除个人信息"),
}
"""The events that the applicant sees; views of contacts are shown to the office only."""
_REASONS = {str(code): code.label for code in (*DisclosureOutcome, *ErasureRefusal)}


def subject_of(number: str) -> str:
    """Return the subject that events of the request of ``number`` carry."""
    return f"disclosure:{number}"


def request_by_number(session: Session, number: str) -> DisclosureRequest | None:
    """Return the request; the caller checks whether this browser may see it."""
    return session.scalar(sa.select(DisclosureRequest).where(DisclosureRequest.number == number))


def readable_request(session: Session, actor: Actor, number: str) -> DisclosureRequest | None:
    """Return the request of ``number``; ``None`` where ``actor`` may not read it."""
    return session.scalar(
        sa.select(DisclosureRequest).where(DisclosureRequest.number == number, requests_for(actor))
    )


def has_answerers(session: Session, request: DisclosureRequest) -> bool:
    """Return whether somebody with an account may answer for the authority."""
    roles = [role for role, carried in GRANTS.items() if Permission.DISCLOSURE_HANDLE in carried]
    found = (
        sa.select(RoleGrant.id)
        .join(User, User.id == RoleGrant.user_id)
        .where(
            RoleGrant.organisation_id == request.organisation_id,
            RoleGrant.role.in_(roles),
            User.disabled.is_(False),
        )
    )
    return session.scalar(found.limit(1)) is not None


def request_history(session: Session, request: DisclosureRequest) -> list[HistoryEntry]:
    """Return everything recorded of the request, oldest first, views of contacts included."""
    return [_event(event, _OFFICE_LABELS) for event in session.scalars(_events(request))]


def request_milestones(session: Session, request: DisclosureRequest) -> list[HistoryEntry]:
    """Return the events that the applicant sees, oldest first; nobody is named."""
    events = session.scalars(_events(request).where(Event.action.in_(_APPLICANT_LABELS)))
    return [_event(event, _APPLICANT_LABELS) for event in events]


def request_changes(
    session: Session, request: DisclosureRequest, version: int
) -> list[HistoryEntry]:
    """Return what has changed the request since it had ``version``, oldest first.

    Every change raises the version by one and records one event, so these are the last events.
    """
    missed = request.version - version
    changes = [e for e in request_history(session, request) if e.action in _APPLICANT_LABELS]
    return changes[-missed:] if missed > 0 else []


def _events(request: DisclosureRequest) -> sa.Select[Event]:
    return (
        sa.select(Event)
        .where(Event.subject == subject_of(request.number))
        .order_by(Event.occurred_at, Event.id)
        .options(joinedload(Event.actor))
    )


def _event(event: Event, titles: dict[str, str]) -> HistoryEntry:
    code = event.reason_code
    unnamed = N_("申请人") if event.actor_kind is ActorKind.CITIZEN else N_("系统")
    return HistoryEntry(
        action=event.action,
        title=titles.get(event.action, event.action),
        at=event.occurred_at,
        who=event.actor.name if event.actor else unnamed,
        reason=event.reason or "",
        reasons=(_REASONS[code],) if code in _REASONS else (),
    )
