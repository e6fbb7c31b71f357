"""The reply editor: write, save while writing, review, send for sign-off."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.domain.access import Permission, can
from portal.domain.choices import allowed_actions
from portal.domain.errors import InvalidInput, LetterboxError, NotPermitted
from portal.domain.events import ReadAction
from portal.domain.letters.replies.checks import Remark, check_reply, questions
from portal.domain.letters.states import TEXT_MAX, Action
from portal.domain.whole_numbers import whole_number
from portal.models import Attachment, Letter, Reply, db
from portal.queries.letters.timeline import changes_since
from portal.queries.letters.track import files_with
from portal.services.files.keeping import Keeper
from portal.services.letters.replying import (
    DRAFT_STATES,
    attach_to_draft,
    detach_from_draft,
    request_signoff,
    save_draft,
)
from portal.web.console.blueprint import console
from portal.web.console.letters.forms import StepForm
from portal.web.console.letters.letter import (
    find_letter,
    gone_page,
    letter_page,
    require_letter,
    say_done,
)
from portal.web.console.letters.letter_page import Passage, passages, reply_name
from portal.web.console.letters.steps import REPLY_ACTIONS
from portal.web.console.steps import attempt
from portal.web.console.subject_page import Problem, not_done
from portal.web.core import Answer
from portal.web.core.clock import now
from portal.web.core.failures import status_of
from portal.web.core.fields import HiddenTextField, TextField, VersionField
from portal.web.core.language import moment, say
from portal.web.core.people import current_actor, needs
from portal.web.core.reads import shown
from portal.web.core.safety import takes_files
from portal.web.core.settings import settings
from portal.web.submission.files_field import sent_files


class ReplyForm(StepForm):
    """The text, the version of the draft before it, and the hash of the text last checked."""

    text = TextField(
        _l("答复正文"),
        _l("请先写答复。"),
        TEXT_MAX,
        description=_l("写明办理结果、依据和联系电话。来信人收到的就是这段文字。"),
        render_kw={"rows": 20},
    )
    reply_version = VersionField()
    checked = HiddenTextField()

    def __init__(self, letter: Letter, **given: object) -> None:
        super().__init__("reply", letter, Action.REQUEST_SIGNOFF, **given)

    @property
    def address(self) -> str:
        """The address of the editor."""
        return url_for("console.send_reply", number=self.subject.number)

    def prepare(self) -> None:
        """Begin with the draft, where there is one and nothing has been sent."""
        if not self.bound:
            draft = self.subject.draft
            self.text.data = draft.text if draft else ""
            self.reply_version.data = draft.version if draft else 0

    def freshen(self) -> None:
        """Carry the present versions of letter and draft."""
        super().freshen()
        draft = self.subject.draft
        self.reply_version.carry(draft.version if draft else 0)


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
@takes_files
def send_reply(number: str) -> Answer:
    """Save the draft, or check it and send it for sign-off."""
    run = _RUNS.get(request.form.get("step", ""), _send)
    if request.form.get("remove"):
        run = _remove
    return attempt(number, ReplyForm, run, find_letter, _shown, gone_page)


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
    return save_draft(
        letter.id, form.text.data or "", form.reply_version.seen, current_actor(), now()
    )


def _attach(letter: Letter, form: ReplyForm) -> Answer:
    """Save the draft and keep the files that were chosen with it."""
    form.reply_version.carry(_keep(letter, form))
    if not _taken(letter, form):
        return _editor(letter, form, 422)
    return redirect(url_for("console.reply", number=letter.number, _anchor="files"))


def _taken(letter: Letter, form: ReplyForm) -> bool:
    """Keep the files of the request with the draft; return whether none was refused."""
    keeper, refused = Keeper.of(settings()), []
    for each in sent_files(request):
        try:
            attach_to_draft(keeper, letter.id, each, current_actor(), now())
        except InvalidInput as error:
            refused.append(say(error.message))
    form.form_errors = [*form.form_errors, *refused]
    return not refused


def _remove(letter: Letter, form: ReplyForm) -> Answer:
    """Save the draft and remove a file from it."""
    _keep(letter, form)
    wanted = whole_number(request.form.get("remove", ""))
    detach_from_draft(letter.id, wanted or 0, current_actor())
    return redirect(url_for("console.reply", number=letter.number, _anchor="files"))


def _save(letter: Letter, form: ReplyForm) -> Answer:
    _keep(letter, form)
    flash(_("草稿已保存。"), "success")
    return redirect(url_for("console.reply", number=letter.number))


def _send(letter: Letter, form: ReplyForm) -> Answer:
    """Send for sign-off; remarks are shown first, once for each text."""
    if not form.validate():
        return _editor(letter, form, 422)
    if request.uploads:  # type: ignore[attr-defined]
        form.reply_version.carry(_keep(letter, form))
        if not _taken(letter, form):
            return _editor(letter, form, 422)
    text = str(form.text.data)
    remarks = check_reply(text, letter.text, letter.sender, letter.title)
    if remarks and form.checked.data != _print(text):
        form.reply_version.carry(_keep(letter, form))
        form.checked.raw_data, form.checked.data = None, _print(text)
        return _editor(letter, form, remarks=remarks)
    request_signoff(letter.id, form.seen, text, form.reply_version.seen, current_actor(), now())
    say_done(_("已送审签。审核人签发后，来信人即可看到答复。"), letter.id)
    return redirect(url_for("console.letter", number=letter.number))


_RUNS = {"save": _save, "attach": _attach}


def _print(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _shown(
    letter: Letter, status: int, *, sent: ReplyForm, problem: LetterboxError | None = None
) -> Answer:
    """Show the editor again, or the letter with the input where it takes no reply any more."""
    if problem is not None and letter.state not in DRAFT_STATES:
        return letter_page(letter, status, sent=sent, problem=problem)
    return _editor(letter, sent, status, problem=problem)


@dataclass(frozen=True, slots=True)
class ReplyPage:
    """All that ``console/reply.html`` shows; ``other_draft`` is what somebody else has saved."""

    form: ReplyForm
    name: str
    problem: Problem | None
    other_draft: Reply | None
    remarks: Sequence[Remark]
    sends: bool
    questions: Sequence[str]
    passages: Sequence[Passage]
    files: Sequence[Attachment]


def _editor(
    letter: Letter,
    form: ReplyForm,
    status: int = 200,
    *,
    remarks: Sequence[Remark] = (),
    problem: LetterboxError | None = None,
) -> tuple[str, int]:
    shown(ReadAction.READ_LETTER, letter.id)
    draft, missed = letter.draft, partial(changes_since, db.session(), letter)
    page = ReplyPage(
        form=form,
        name=reply_name(letter),
        problem=not_done(problem, form, [form], missed),
        other_draft=draft if problem and draft and draft.text != form.text.data else None,
        remarks=remarks,
        sends=bool(REPLY_ACTIONS & set(allowed_actions(current_actor(), letter))),
        questions=questions(letter.text),
        passages=[each for each in passages(letter, False) if each.is_read_first],
        files=files_with(letter, reply_id=draft.id) if draft else [],
    )
    return render_template("console/reply.html", page=page), status
