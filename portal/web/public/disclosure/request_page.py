"""A request for disclosure as its applicant sees it, and what the applicant may still do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from portal.domain.disclosure.application import remedies
from portal.domain.disclosure.numbers import RequestNumberError, parse_request_number
from portal.domain.disclosure.requests import DisclosureAction, DisclosureState
from portal.domain.errors import ActionNotAllowed, InvalidInput, Unavailable
from portal.domain.periods import civil_date
from portal.models import DisclosureRequest, db
from portal.queries.disclosure.due import request_due
from portal.queries.disclosure.requests import request_by_number, request_milestones
from portal.services.disclosure.requests import applicant, complete, withdraw
from portal.web.core.clock import now, today
from portal.web.core.due import explain_request_due
from portal.web.core.people import public, request_opened
from portal.web.public.blueprint import public_pages
from portal.web.public.disclosure.forms import CompletionForm
from portal.web.public.letters.forms import TrackForm, WithdrawForm
from portal.web.public.letters.track import track_page

FORMS: dict[DisclosureAction, type[FlaskForm]] = {
    DisclosureAction.COMPLETE: CompletionForm,
    DisclosureAction.WITHDRAW: WithdrawForm,
}
_POSSIBLE = {
    DisclosureState.OPEN: (DisclosureAction.WITHDRAW,),
    DisclosureState.AWAITING_COMPLETION: (DisclosureAction.COMPLETE, DisclosureAction.WITHDRAW),
}
Answer = str | tuple[str, int] | Response
Done = Callable[[int, datetime], None]


@public_pages.get("/disclosure/<request_number>")
@public
def disclosure_request(request_number: str) -> Answer:
    """Show the request to the browser that has opened it with its code."""
    found = _opened(request_number)
    return _page(found) if found else _closed()


@public_pages.post("/disclosure/<request_number>/completion")
@public
def disclosure_complete(request_number: str) -> Answer:
    """Add what the office asked for."""
    form = CompletionForm()
    return _act(
        request_number,
        DisclosureAction.COMPLETE,
        form,
        lambda i, at: complete(i, form.text.data, applicant(i), at),
        _("补正的内容已经送到，答复期限从今天起重新计算。"),
    )


@public_pages.post("/disclosure/<request_number>/withdraw")
@public
def disclosure_withdraw(request_number: str) -> Answer:
    """Withdraw the request."""
    return _act(
        request_number,
        DisclosureAction.WITHDRAW,
        WithdrawForm(),
        lambda i, at: withdraw(i, applicant(i), at),
        _("申请已经撤回。"),
    )


def _opened(typed: str) -> DisclosureRequest | None:
    try:
        found = request_by_number(db.session(), str(parse_request_number(typed)))
    except RequestNumberError:
        return None
    return found if found is not None and request_opened(found.id) else None


def _act(typed: str, action: DisclosureAction, form: FlaskForm, done: Done, said: str) -> Answer:
    found = _opened(typed)
    if found is None:
        return _closed()
    if not form.validate():
        return _page(found, {action: form}, 422)
    try:
        done(found.id, now())
    except (InvalidInput, ActionNotAllowed, Unavailable) as error:
        return _refused(typed, action, form, error)
    flash(said, "success")
    return redirect(url_for("public.disclosure_request", request_number=found.number))


def _refused(
    typed: str,
    action: DisclosureAction,
    form: FlaskForm,
    error: InvalidInput | ActionNotAllowed | Unavailable,
) -> Answer:
    """Show the request as it now stands, with the reason and what was typed."""
    found = _opened(typed)
    if found is None:
        return _closed()
    if isinstance(error, InvalidInput) and error.field in form:
        form[error.field].errors = [_(str(error))]
        return _page(found, {action: form}, 422)
    flash(_(str(error)), "warning")
    return _page(found, {action: form}, 503 if isinstance(error, Unavailable) else 409)


def _closed() -> Answer:
    """Answer alike for a request not opened here and for one that does not exist."""
    flash(_("请用申请编号和查询码打开申请；共用的电脑和久未操作的页面需要重新打开。"), "info")
    return track_page(TrackForm(formdata=None), 404, request.form.get("text") or "")


def _page(
    found: DisclosureRequest,
    given: dict[DisclosureAction, FlaskForm] | None = None,
    status: int = 200,
) -> tuple[str, int]:
    given = given or {}
    possible = _POSSIBLE.get(found.state, ())
    forms = {a: given.get(a) or FORMS[a](formdata=None) for a in possible}
    orphan = next((form for action, form in given.items() if action not in forms), None)
    answered = found.answered_at if found.state is DisclosureState.ANSWERED else None
    due = request_due(db.session(), found, today())
    page = render_template(
        "public/disclosure_request.html",
        request_=found,
        steps=request_milestones(db.session(), found),
        due=due,
        due_explanation=explain_request_due(due) if due and due.days else None,
        remedies=remedies(found.outcome, civil_date(answered))
        if answered and found.outcome
        else (),
        completion=forms.get(DisclosureAction.COMPLETE),
        withdrawal=forms.get(DisclosureAction.WITHDRAW),
        wrong=next((form for form in forms.values() if form.errors), None),
        typed=str(orphan.text.data or "") if orphan and "text" in orphan else "",
    )
    return page, status
