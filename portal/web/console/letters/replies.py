"""The reply editor: write, save while writing, review, send for sign-off."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from portal.domain.access import Permission, can
from portal.domain.errors import (
    InvalidInput,
    LetterboxError,
    NotPermitted,
)
from portal.domain.letters.reply_checks import Remark, check_reply
from portal.models import Letter
from portal.services.letters.replying import DRAFT_STATES, request_signoff, save_draft
from portal.web.console.blueprint import console
from portal.web.console.letters.letter import (
    find_letter,
    gone_page,
    letter_page,
    require_letter,
)
from portal.web.console.letters.next_letter import say_done
from portal.web.console.letters.reply_form import ReplyForm
from portal.web.console.letters.reply_page import build_reply_page
from portal.web.core.clock import now
from portal.web.core.failures import status_of
from portal.web.core.language import moment
from portal.web.core.people import current_actor, needs
from portal.web.core.steps import Answer, StepPage


@console.get("/letters/<number>/reply")
@needs(Permission.REPLY_WRITE)
def reply(number: str) -> Answer:
    """Open the editor with the draft."""
    letter = require_letter(number)
    if not can(current_actor(), Permission.REPLY_WRITE, letter):
        raise NotPermitted
    if letter.state not in DRAFT_STATES:
        flash(_("信件当前的状态不能写答复。"), "warning")
        return redirect(url_for("console.letter", number=letter.number))
    return _editor(letter, ReplyForm(letter, formdata=None))


@console.post("/letters/<number>/reply", endpoint="send_reply")
@needs(Permission.REPLY_WRITE)
def send_reply(number: str) -> Answer:
    """Save the draft, or check it and send it for sign-off."""
    run = _save if request.form.get("step") == "save" else _send
    return StepPage(find_letter, _shown, gone_page).attempt(number, ReplyForm, run)


@console.post("/letters/<number>/draft")
@needs(Permission.REPLY_WRITE)
def draft(number: str) -> tuple[dict[str, object], int]:
    """Save the draft that is being written; the answer has its version."""
    letter = find_letter(number)
    if letter is None:
        return {"error": _("这封信不存在，或已不在您的权限内")}, 404
    form = ReplyForm(letter)
    try:
        version = _keep(letter, form)
    except LetterboxError as error:
        status = 422 if isinstance(error, InvalidInput) else status_of(error)
        return {"error": _(str(error))}, status
    return {"version": version, "saved": _("已保存 %(at)s", at=moment(now()))}, 200


def _keep(letter: Letter, form: ReplyForm) -> int:
    return save_draft(letter.id, form.text.data or "", form.draft_seen, current_actor(), now())


def _save(letter: Letter, form: ReplyForm) -> Answer:
    _keep(letter, form)
    flash(_("草稿已保存。"), "success")
    return redirect(url_for("console.reply", number=letter.number))


def _send(letter: Letter, form: ReplyForm) -> Answer:
    """Send for sign-off; remarks are shown first, once for each text."""
    if not form.validate():
        return _editor(letter, form, 422)
    text = str(form.text.data)
    remarks = check_reply(text, letter.text, letter.sender)
    if remarks and form.checked.data != _print(text):
        form.go_on_from(_keep(letter, form))
        form.checked.raw_data, form.checked.data = None, _print(text)
        return _editor(letter, form, remarks=remarks)
    request_signoff(letter.id, form.seen, text, form.draft_seen, current_actor(), now())
    say_done(_("已送审签。审核人签发后，来信人即可看到答复。"), letter.id)
    return redirect(url_for("console.letter", number=letter.number))


def _print(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _shown(
    letter: Letter, status: int, *, sent: ReplyForm, problem: LetterboxError | None = None
) -> Answer:
    """Show the editor again, or the letter with the input where it takes no reply any more."""
    if problem is None:
        return _editor(letter, sent, status)
    if letter.state not in DRAFT_STATES:
        return letter_page(letter, status, sent=sent, problem=problem)
    return _editor(letter, sent, status, problem=problem)


def _editor(
    letter: Letter,
    form: ReplyForm,
    status: int = 200,
    *,
    remarks: Sequence[Remark] = (),
    problem: LetterboxError | None = None,
) -> tuple[str, int]:
    page = build_reply_page(letter, form, remarks, problem)
    return render_template("console/reply.html", page=page), status
