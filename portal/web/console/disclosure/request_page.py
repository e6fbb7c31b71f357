"""The page of a request for disclosure: what is asked, its history, what can be done now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from portal.domain.access import Permission, can_at
from portal.domain.disclosure.application import Delivery, remedies
from portal.domain.disclosure.numbers import RequestNumberError, parse_request_number
from portal.domain.disclosure.requests import DisclosureAction, DisclosureState
from portal.domain.errors import N_, LetterboxError
from portal.domain.events import ReadAction
from portal.domain.periods import civil_date
from portal.domain.translatable import Message
from portal.models import DisclosureRequest, db
from portal.queries.disclosure.due import RequestDue, completion_until, extension_text, request_due
from portal.queries.disclosure.requests import (
    has_answerers,
    readable_request,
    request_changes,
    request_history,
    subject_of,
)
from portal.queries.history import HistoryEntry
from portal.services.disclosure.requests import (
    ApplicantData,
    allowed_actions,
    ready,
    reveal_applicant,
)
from portal.web.console.blueprint import console
from portal.web.console.disclosure.forms import AnswerForm, RequestForm
from portal.web.console.disclosure.steps import REQUEST_STEPS
from portal.web.console.steps import Step, StepPage, add_step, offers_of
from portal.web.console.subject_page import SubjectPage, Task, history_line, not_done
from portal.web.console.versioned_forms import VersionedForm
from portal.web.core import Answer
from portal.web.core.clock import now, today
from portal.web.core.due import explain_request_due
from portal.web.core.failures import typed_texts
from portal.web.core.language import day, say
from portal.web.core.people import current_actor, needs
from portal.web.core.reads import shown
from portal.web.submission.receipts import code_once

_WAITING_FOR: dict[DisclosureState, str] = {
    DisclosureState.OPEN: N_("由被申请机关答复，您可以查看。"),
    DisclosureState.AWAITING_COMPLETION: N_("等待申请人补正，答复期限待补正后重新计算。"),
    DisclosureState.ANSWERED: N_("已经答复。"),
    DisclosureState.LAPSED: N_("逾期不补正，视为放弃申请。"),
    DisclosureState.WITHDRAWN: N_("申请人已撤回。"),
}
"""Sentences on the state of a request, for readers who have no action on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPage(SubjectPage[DisclosureRequest, DisclosureAction]):
    """All that ``console/disclosure_request.html`` shows."""

    events: Sequence[HistoryEntry]
    remedies: Sequence[str]
    extension: Message | None
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
    allowed = allowed_actions(session, found, actor, now())
    offers = offers_of(REQUEST_STEPS, found, allowed, sent)
    events, due = request_history(session, found), request_due(session, found, today())
    answered = civil_date(found.answered_at) if found.answer and found.answered_at else None
    missed = partial(request_changes, session, found)
    return RequestPage(
        subject=found,
        task=Task(
            _("下一步：%(action)s", action=offers[0].name),
            _until(session, found, allowed, offers[0].action),
            offers[0],
        )
        if offers
        else Task(_("目前不用您处理"), _awaited(session, found)),
        others=offers[1:],
        sent=sent,
        problem=not_done(problem, sent, [each.form for each in offers], missed),
        history=[history_line(each) for each in events],
        due=due,
        due_explanation=explain_request_due(due) if due and due.days else None,
        revealed=_rows(applicant) if applicant else [],
        can_reveal=not found.erased
        and can_at(actor, Permission.DISCLOSURE_HANDLE, found.organisation.path),
        events=events,
        remedies=remedies(found.outcome, answered) if answered and found.outcome else (),
        extension=extension_text(session, found),
        code=code,
    )


def _rows(applicant: ApplicantData) -> list[tuple[str, str]]:
    return [
        (_("姓名或单位名称"), applicant.name),
        (_("证件号码"), applicant.identity),
        (_("电话"), applicant.phone),
        (_("电子邮箱"), applicant.email),
        (_("通信地址"), applicant.address),
    ]


def _until(
    session: Session,
    found: DisclosureRequest,
    allowed: Sequence[DisclosureAction],
    first: DisclosureAction,
) -> list[str]:
    """Return until when the applicant may be asked for completion instead of an answer."""
    if first is not DisclosureAction.ANSWER or DisclosureAction.ASK_COMPLETION not in allowed:
        return []
    until = completion_until(session, found)
    return [_("内容不明确的，%(day)s 前可以通知补正。", day=day(until))] if until else []


def _awaited(session: Session, found: DisclosureRequest) -> list[str]:
    sentences = [say(_WAITING_FOR[found.state])]
    if found.pending and not has_answerers(session, found):
        sentences.append(
            _("这个单位还没有能答复公开申请的账号，请联系管理员为它开通分办员或经办人账号。")
        )
    return sentences


REGISTERED = "console.disclosure_request"
"""The page that shows the code of a request just registered."""


def find_request(typed: str) -> DisclosureRequest | None:
    """Return the request of a number if the person logged in may read it."""
    try:
        number = str(parse_request_number(typed))
    except RequestNumberError:
        return None
    return readable_request(db.session(), current_actor(), number)


def require_request(typed: str) -> DisclosureRequest:
    """Return the request, or answer like for one that does not exist."""
    found = find_request(typed)
    if found is None:
        abort(404)
    return found


@console.get("/disclosure/<request_number>")
@needs(Permission.DISCLOSURE_READ)
def disclosure_request(request_number: str) -> Answer:
    """Show a request, with its code where it has just been registered."""
    found = require_request(request_number)
    return _page(found, code=_code(found))


@console.post("/disclosure/<request_number>/applicant")
@needs(Permission.DISCLOSURE_HANDLE)
def disclosure_applicant(request_number: str) -> Answer:
    """Show once who applies; that it was looked at is recorded."""
    found = require_request(request_number)
    return _page(found, applicant=reveal_applicant(found.id, current_actor(), now()))


def _code(found: DisclosureRequest) -> str | None:
    """Return the code of a request registered a moment ago; it is shown only this once."""
    return code_once(REGISTERED, found.number)


def _leave(found: DisclosureRequest, step: Step[DisclosureRequest, DisclosureAction]) -> Answer:
    flash(str(step.done), "success")
    return redirect(url_for("console.disclosure_request", request_number=found.number))


def _look(
    found: DisclosureRequest, form: VersionedForm[DisclosureRequest, DisclosureAction]
) -> Answer | None:
    """Check that the step is allowed; an answer has a preview before it is sent."""
    ready(db.session(), found, form.seen, form.action, current_actor(), now())
    asked = request.form.get("step", "preview")
    if not isinstance(form, AnswerForm) or asked == "send":
        return None
    if asked == "edit":
        return _page(found, sent=form)
    return _preview(found, form) if form.validate() else None


@dataclass(frozen=True, slots=True)
class AnswerPreview:
    """All that ``console/disclosure_answer.html`` shows."""

    disclosure_request: DisclosureRequest
    form: AnswerForm
    at: datetime
    due: RequestDue | None
    remedies: Sequence[str]
    delivered_elsewhere: bool


def _preview(found: DisclosureRequest, form: AnswerForm) -> str:
    """Show the answer as the applicant will get it; nothing has happened yet."""
    shown(ReadAction.READ_REQUEST, subject=subject_of(found.number))
    at = now()
    due = request_due(db.session(), found, civil_date(at))
    page = AnswerPreview(
        disclosure_request=found,
        form=form,
        at=at,
        due=due,
        remedies=remedies(form.outcome.value, civil_date(at)),
        delivered_elsewhere=found.delivery is not Delivery.ONLINE,
    )
    return render_template("console/disclosure_answer.html", page=page)


def _gone() -> tuple[str, int]:
    return render_template("console/disclosure_gone.html", typed=typed_texts()), 404


def _page(
    found: DisclosureRequest,
    status: int = 200,
    *,
    sent: RequestForm | None = None,
    problem: LetterboxError | None = None,
    applicant: ApplicantData | None = None,
    code: str | None = None,
) -> tuple[str, int]:
    shown(ReadAction.READ_REQUEST, subject=subject_of(found.number))
    page = build_request_page(found, sent, problem, applicant, code)
    return render_template("console/disclosure_request.html", page=page), status


_steps = StepPage(find_request, _page, _gone, _leave, _look)

for each in REQUEST_STEPS:
    add_step(
        console,
        f"/disclosure/<request_number>/{each.slug}",
        f"disclosure_{each.slug}",
        Permission.DISCLOSURE_HANDLE,
        partial(_steps.take, step=each),
    )
