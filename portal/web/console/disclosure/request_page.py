"""The page of a request for disclosure: what is asked, its history, what can be done now."""

from __future__ import annotations

from functools import partial

from flask import abort, flash, redirect, render_template, request, url_for

from portal.domain.access import Permission
from portal.domain.disclosure.application import Delivery, remedies
from portal.domain.disclosure.numbers import RequestNumberError, parse_request_number
from portal.domain.disclosure.requests import DisclosureAction
from portal.domain.errors import LetterboxError
from portal.domain.periods import civil_date
from portal.models import DisclosureRequest, db
from portal.queries.disclosure.due import request_due
from portal.queries.disclosure.requests import (
    readable_request,
)
from portal.services.disclosure.requests import (
    ApplicantData,
    ready,
    reveal_applicant,
)
from portal.web.console.blueprint import console
from portal.web.console.disclosure.action_table import REQUEST_STEPS
from portal.web.console.disclosure.forms import AnswerForm, RequestForm
from portal.web.console.disclosure.page_values import build_request_page
from portal.web.core.clock import now
from portal.web.core.failures import typed_texts
from portal.web.core.people import current_actor, needs
from portal.web.core.steps import Answer, Step, StepPage, add_step
from portal.web.core.submission import code_once, last_number

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
    return code_once(REGISTERED) if last_number(REGISTERED) == found.number else None


def _take(number: str, step: Step[DisclosureAction]) -> Answer:
    """Take one step, once it is known to be allowed; an answer has a preview before it is sent."""

    def run(found: DisclosureRequest, form: RequestForm) -> Answer:
        asked = request.form.get("step", "preview") if isinstance(form, AnswerForm) else "send"
        ready(db.session(), found, form.seen, form.action, current_actor(), now())
        if asked == "edit":
            return _page(found, sent=form)
        if not form.validate():
            return _page(found, 422, sent=form)
        if isinstance(form, AnswerForm) and asked != "send":
            return _preview(found, form)
        step.run(found.id, form, current_actor(), now())
        flash(str(step.done), "success")
        return redirect(url_for("console.disclosure_request", request_number=found.number))

    page = StepPage(find_request, _page, _gone)
    return page.attempt(number, lambda found: step.form(step.slug, found, step.actions[0]), run)


def _preview(found: DisclosureRequest, form: AnswerForm) -> str:
    """Show the answer as the applicant will get it; nothing has happened yet."""
    at = now()
    return render_template(
        "console/disclosure_answer.html",
        request_=found,
        form=form,
        at=at,
        due=request_due(db.session(), found, civil_date(at)),
        remedies=remedies(form.outcome.value, civil_date(at)),
        delivered_elsewhere=found.delivery is not Delivery.ONLINE,
    )


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
    page = build_request_page(found, sent, problem, applicant, code)
    return render_template("console/disclosure_request.html", page=page), status


for each in REQUEST_STEPS:
    add_step(
        console,
        f"/disclosure/<request_number>/{each.slug}",
        f"disclosure_{each.slug}",
        Permission.DISCLOSURE_HANDLE,
        partial(_take, step=each),
    )
