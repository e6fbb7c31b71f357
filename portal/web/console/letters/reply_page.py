"""Values of the reply editor beside its form, every heading and sentence ready."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from portal.domain.choices import allowed_actions
from portal.domain.errors import LetterboxError
from portal.domain.letters.reply_checks import Remark, questions
from portal.domain.letters.states import State
from portal.models import Letter, Reply, db
from portal.queries.letters.timeline import changes_since
from portal.queries.letters.track import CorrespondenceKind, correspondence
from portal.web.console.letters.action_table import REPLY_ACTIONS
from portal.web.console.letters.letter_sections import PIECE_HEADINGS
from portal.web.console.letters.reply_form import ReplyForm
from portal.web.console.wording import Problem, in_brackets, letter_change
from portal.web.core.language import moment, say
from portal.web.core.people import current_actor

_READ_FIRST = frozenset(
    {
        CorrespondenceKind.LETTER,
        CorrespondenceKind.QUESTION,
        CorrespondenceKind.SUPPLEMENT,
        CorrespondenceKind.REDO,
    }
)
"""The pieces to have in view while a reply is written; earlier replies are on the letter page."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A text beside the editor; ``is_given`` sets what came in apart from what was asked."""

    heading: str
    text: str
    is_given: bool


@dataclass(frozen=True, slots=True)
class OtherDraft:
    """The draft that somebody else has saved meanwhile."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class ReplyPage:
    """All that ``console/reply.html`` shows."""

    letter: Letter
    form: ReplyForm
    name: str
    heading: str
    problem: Problem | None
    other_draft: OtherDraft | None
    review_note: str
    remarks: Sequence[Remark]
    sends: bool
    questions: Sequence[str]
    reading: Sequence[Reading]


def build_reply_page(
    letter: Letter,
    form: ReplyForm,
    remarks: Sequence[Remark] = (),
    problem: LetterboxError | None = None,
) -> ReplyPage:
    """Return the editor of ``letter``; with a ``problem``, also what somebody else changed."""
    missed = changes_since(db.session(), letter, form.seen) if problem else []
    if problem:
        form.freshen()
    name = _("写补充答复") if letter.state is State.CLOSED else _("写答复")
    draft = letter.draft
    return ReplyPage(
        letter=letter,
        form=form,
        name=name,
        heading=_("%(what)s：%(title)s", what=name, title=letter.title),
        problem=Problem(
            title=_("没有保存：%(why)s", why=say(str(problem))),
            changes=[letter_change(each) for each in missed],
            still_below=True,
            typed=(),
        )
        if problem
        else None,
        other_draft=_other_draft(draft)
        if problem and draft and draft.text != form.text.data
        else None,
        review_note=draft.review_note or "" if draft else "",
        remarks=remarks,
        sends=bool(REPLY_ACTIONS & set(allowed_actions(current_actor(), letter))),
        questions=questions(letter.text),
        reading=_reading(letter),
    )


def _other_draft(draft: Reply) -> OtherDraft:
    heading = _("看对方保存的内容")
    if draft.author:
        by = _("%(who)s，%(at)s", who=draft.author.name, at=moment(draft.updated_at))
        heading = in_brackets(heading, by)
    return OtherDraft(heading, draft.text)


def _reading(letter: Letter) -> list[Reading]:
    """Return texts of the citizen, questions to the citizen, and contributions of others."""
    texts = [
        Reading(
            heading=""
            if piece.kind is CorrespondenceKind.LETTER
            else say(PIECE_HEADINGS[piece.kind]),
            text=piece.text,
            is_given=piece.kind is not CorrespondenceKind.QUESTION,
        )
        for piece in correspondence(letter)
        if piece.kind in _READ_FIRST
    ]
    texts += [
        Reading(_("协办意见 · %(name)s", name=helper.organisation.name), helper.contribution, True)
        for helper in letter.helpers
        if helper.contribution
    ]
    return texts
