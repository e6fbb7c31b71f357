"""A letter as its sender sees it, and what the sender may still do with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from portal.domain.access import CITIZEN_ACTIONS
from portal.domain.choices import consent_choice
from portal.domain.errors import ActionNotAllowed, InvalidInput, Unavailable
from portal.domain.letters.numbers import NumberError, parse_number
from portal.domain.letters.states import Action
from portal.domain.letters.transitions import objection
from portal.models import Letter, db
from portal.queries.letters.track import (
    correspondence,
    declined,
    due_note,
    letter_by_number,
    milestones,
    public_copy,
)
from portal.services.letters.submission import ask_redo, rate, supplement, withdraw
from portal.web.core.clock import now, today
from portal.web.core.due import explain_due
from portal.web.core.people import letter_opened, public
from portal.web.public.blueprint import public_pages
from portal.web.public.letters.forms import (
    RatingForm,
    RedoForm,
    SupplementForm,
    TrackForm,
    WithdrawForm,
)
from portal.web.public.letters.track import track_page

FORMS: dict[Action, type[FlaskForm]] = {
    Action.SUPPLEMENT: SupplementForm,
    Action.RATE: RatingForm,
    Action.REDO: RedoForm,
    Action.WITHDRAW: WithdrawForm,
}
Answer = str | tuple[str, int] | Response
Done = Callable[[int, datetime], None]


@public_pages.get("/letters/<number>")
@public
def letter(number: str) -> Answer:
    """Show the letter to the browser that has opened it with its code."""
    found = opened(number)
    return _page(found) if found else closed()


@public_pages.post("/letters/<number>/supplement")
@public
def add_supplement(number: str) -> Answer:
    """Answer the office's question."""
    form = SupplementForm()
    return _act(
        number,
        Action.SUPPLEMENT,
        form,
        lambda i, at: supplement(i, form.text.data, at),
        _("补充的内容已经送到承办单位。"),
    )


@public_pages.post("/letters/<number>/withdraw")
@public
def take_back(number: str) -> Answer:
    """Withdraw the letter before anybody has accepted it."""
    return _act(number, Action.WITHDRAW, WithdrawForm(), withdraw, _("信件已经撤回。"))


@public_pages.post("/letters/<number>/rating")
@public
def add_rating(number: str) -> Answer:
    """Rate attitude and efficiency."""
    form = RatingForm()
    return _act(
        number,
        Action.RATE,
        form,
        lambda i, at: rate(
            i, int(form.attitude.data), int(form.efficiency.data), form.comment.data or "", at
        ),
        _("感谢您的评价。"),
    )


@public_pages.post("/letters/<number>/redo")
@public
def add_redo(number: str) -> Answer:
    """Ask once for a redo."""
    form = RedoForm()
    return _act(
        number,
        Action.REDO,
        form,
        lambda i, at: ask_redo(i, form.text.data, at),
        _("已申请重办，承办单位会重新办理并答复。"),
    )


def opened(number: str) -> Letter | None:
    """Return the letter, if this browser has opened it with its code."""
    try:
        found = letter_by_number(db.session(), str(parse_number(number)))
    except NumberError:
        return None
    return found if found is not None and letter_opened(found.id) else None


def _act(number: str, action: Action, form: FlaskForm, done: Done, said: str) -> Answer:
    found = opened(number)
    if found is None:
        return closed()
    if not form.validate():
        return _page(found, {action: form}, 422)
    try:
        done(found.id, now())
    except (InvalidInput, ActionNotAllowed, Unavailable) as error:
        return _refused(number, action, form, error)
    flash(said, "success")
    return redirect(url_for("public.letter", number=found.number))


def _refused(
    number: str,
    action: Action,
    form: FlaskForm,
    error: InvalidInput | ActionNotAllowed | Unavailable,
) -> Answer:
    """Show the letter as it now stands, with the reason and what was typed."""
    found = opened(number)
    if found is None:
        return closed()
    if isinstance(error, InvalidInput) and error.field in form:
        form[error.field].errors = [_(str(error))]
        return _page(found, {action: form}, 422)
    flash(_(str(error)), "warning")
    return _page(found, {action: form}, 503 if isinstance(error, Unavailable) else 409)


def closed() -> Answer:
    """Answer alike for a letter not opened here and for one that does not exist."""
    flash(_("请用信件编号和查询码打开信件；共用的电脑和久未操作的页面需要重新打开。"), "info")
    typed = request.form.get("text") or request.form.get("comment") or ""
    return track_page(TrackForm(formdata=None), 404, typed)


def _page(
    found: Letter, given: dict[Action, FlaskForm] | None = None, status: int = 200
) -> tuple[str, int]:
    given = given or {}
    possible = [a for a in FORMS if a in CITIZEN_ACTIONS and objection(found, a) is None]
    forms = {a: given.get(a) or FORMS[a](formdata=None) for a in possible}
    orphan = next((form for action, form in given.items() if action not in forms), None)
    session = db.session()
    due = due_note(session, found, today())
    page = render_template(
        "public/letter.html",
        letter=found,
        pieces=correspondence(found),
        steps=milestones(session, found),
        declined=declined(session, found),
        public_copy=public_copy(session, found),
        due=due,
        due_explanation=explain_due(due, reopened=found.reopened, for_sender=True) if due else None,
        forms={str(action): form for action, form in forms.items()},
        wrong=next((form for form in forms.values() if form.errors), None),
        typed=_typed(orphan),
        consent=consent_choice(found),
    )
    return page, status


def _typed(form: FlaskForm | None) -> str:
    """Return the text of a form that has no place on the page any more."""
    field = getattr(form, "text", None) or getattr(form, "comment", None)
    return str(field.data or "") if field is not None else ""
