"""Values of the page of a request for disclosure, every label and sentence ready."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from portal.domain.access import Permission, can_at
from portal.domain.disclosure.application import remedies
from portal.domain.disclosure.requests import DisclosureAction, DisclosureState
from portal.domain.errors import N_, LetterboxError
from portal.domain.periods import civil_date
from portal.models import DisclosureRequest, db
from portal.queries.disclosure.due import RequestDue, completion_until, request_due
from portal.queries.disclosure.requests import (
    RequestEvent,
    has_answerers,
    request_changes,
    request_history,
)
from portal.services.disclosure.requests import ApplicantData, allowed_actions
from portal.web.console.disclosure.action_table import request_offers
from portal.web.console.disclosure.forms import RequestForm
from portal.web.console.wording import HistoryLine, Problem, change_line, not_done
from portal.web.core.clock import now, today
from portal.web.core.due import DueExplanation, explain_request_due
from portal.web.core.language import day, moment, say
from portal.web.core.people import current_actor
from portal.web.core.steps import Offer

_WAITING_FOR: dict[DisclosureState, str] = {
    DisclosureState.OPEN: N_("由被申请机关答复，您可以查看。"),
    DisclosureState.AWAITING_COMPLETION: N_("等待申请人补正，答复期限待补正后重新计算。"),
    DisclosureState.ANSWERED: N_("已经答复。"),
    DisclosureState.LAPSED: N_("逾期不补正，视为放弃申请。"),
    DisclosureState.WITHDRAWN: N_("申请人已撤回。"),
}
"""Sentences on the state of a request, for readers who have no action on it."""


@dataclass(frozen=True, slots=True)
class RequestPage:
    """All that ``console/disclosure_request.html`` shows beside the request's own columns.

    ``sentences`` are above the form of ``primary``, or in its place.
    """

    request: DisclosureRequest
    heading: str
    sentences: Sequence[str]
    primary: Offer | None
    others: Sequence[Offer]
    sent: RequestForm | None
    problem: Problem | None
    events: Sequence[RequestEvent]
    history: Sequence[HistoryLine]
    due: RequestDue | None
    due_explanation: DueExplanation | None
    remedies: Sequence[str]
    applicant: ApplicantData | None
    can_reveal: bool
    code: str | None


def build_request_page(
    found: DisclosureRequest,
    sent: RequestForm | None = None,
    problem: LetterboxError | None = None,
    applicant: ApplicantData | None = None,
    code: str | None = None,
) -> RequestPage:
    """Return the page of a request for the person logged in.

    ``sent`` is a form that could not be carried out; ``problem`` is the reason, if it was not the
    form's content. ``code`` is shown once, right after a request was registered.
    """
    session, actor = db.session(), current_actor()
    missed = request_changes(session, found, sent.seen) if sent and problem else []
    if sent and problem:
        sent.freshen()
    allowed = allowed_actions(session, found, actor, now())
    possible = request_offers(found, allowed, sent)
    primary = possible[0] if possible else None
    events = request_history(session, found)
    due = request_due(session, found, today())
    answered = civil_date(found.answered_at) if found.answer and found.answered_at else None
    return RequestPage(
        request=found,
        heading=_("下一步：%(action)s", action=primary.step.name)
        if primary
        else _("目前不用您处理"),
        sentences=_sentences(session, found, primary, allowed),
        primary=primary,
        others=possible[1:],
        sent=sent,
        problem=not_done(
            problem,
            sent,
            [change_line(e.at, say(e.who), say(e.title), e.reason) for e in missed],
            [each.form for each in possible],
        )
        if sent and problem
        else None,
        events=events,
        history=[_history_line(each) for each in events],
        due=due,
        due_explanation=explain_request_due(due) if due and due.days else None,
        remedies=remedies(found.outcome, answered) if answered and found.outcome else (),
        applicant=applicant,
        can_reveal=can_at(actor, Permission.DISCLOSURE_HANDLE, found.organisation.path),
        code=code,
    )


def _sentences(
    session: Session,
    found: DisclosureRequest,
    primary: Offer | None,
    allowed: Sequence[DisclosureAction],
) -> list[str]:
    if primary is None:
        sentences = [say(_WAITING_FOR[found.state])]
        if found.pending and not has_answerers(session, found):
            sentences.append(
                _("这个单位还没有能答复公开申请的账号，请联系管理员为它开通分办员或经办人账号。")
            )
        return sentences
    until = _completion_until(session, found, allowed)
    if until and primary.action is DisclosureAction.ANSWER:
        return [_("内容不明确的，%(day)s 前可以通知补正。", day=day(until))]
    return []


def _completion_until(
    session: Session, found: DisclosureRequest, allowed: Sequence[DisclosureAction]
) -> date | None:
    asks = DisclosureAction.ASK_COMPLETION in allowed
    return completion_until(session, found) if asks else None


def _history_line(event: RequestEvent) -> HistoryLine:
    return HistoryLine(
        title=say(event.title),
        at=moment(event.at),
        datetime=event.at.isoformat(),
        organisation=say(event.who),
        note=event.reason,
    )
