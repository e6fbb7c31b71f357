"""Values of the letter page, every label, sentence and address ready for the template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from flask import url_for
from flask_babel import gettext as _

from portal.domain.access import Actor, Permission, can
from portal.domain.choices import allowed_actions, next_action
from portal.domain.errors import N_, LetterboxError
from portal.domain.letters.likeness import NEARLY_SAME
from portal.domain.letters.replies.checks import check_reply
from portal.domain.letters.states import Action, Publication, State
from portal.models import Attachment, Letter, Reply, ReplyKind, db
from portal.queries.archive.redaction import requests_not_to_be_shown
from portal.queries.letters.inbox import next_in_line
from portal.queries.letters.queues import cutoffs, is_stranded
from portal.queries.letters.repeated import Repeated, repeated_letters
from portal.queries.letters.timeline import changes_since, consent_change, history
from portal.queries.letters.track import (
    CorrespondenceKind,
    Declined,
    correspondence,
    declined,
    due_note,
    files_with,
)
from portal.queries.rules import work_calendar
from portal.services.letters.contacts import Contacts
from portal.services.letters.replying import DRAFT_STATES
from portal.web.console.letters.forms import StepForm
from portal.web.console.letters.panels import (
    AppealPanel,
    Detail,
    PublicationPanel,
    appeal_panel,
    details,
    publication_panel,
    redaction_link,
)
from portal.web.console.letters.steps import REPLY_ACTIONS, STEPS
from portal.web.console.steps import Offer, offers_of
from portal.web.console.subject_page import (
    Link,
    SubjectPage,
    Task,
    history_line,
    not_done,
)
from portal.web.core.clock import now, today
from portal.web.core.due import explain_due
from portal.web.core.language import day, say
from portal.web.core.people import current_actor

_HEADINGS: dict[CorrespondenceKind, str] = {
    CorrespondenceKind.LETTER: N_("来信"),
    CorrespondenceKind.QUESTION: N_("请来信人补充"),
    CorrespondenceKind.SUPPLEMENT: N_("来信人补充"),
    CorrespondenceKind.ADDITION: N_("来信人主动补充"),
    CorrespondenceKind.APPEAL: N_("来信人对不予受理的异议"),
    CorrespondenceKind.REDO: N_("来信人申请重办"),
    CorrespondenceKind.REPLY: N_("答复"),
    CorrespondenceKind.FOLLOW_UP: N_("补充答复"),
}
_LOOKS: dict[CorrespondenceKind, str] = {
    CorrespondenceKind.ADDITION: "supplement",
    CorrespondenceKind.APPEAL: "supplement",
    CorrespondenceKind.REDO: "supplement",
    CorrespondenceKind.FOLLOW_UP: "reply",
}
"""The look of a piece in ``components/correspondence.html`` where it is not its own word."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One piece of the correspondence as it is laid out; ``look`` is a word of the component."""

    look: str
    heading: str
    text: str
    at: datetime | None = None
    signature: str | None = None
    meta: str | None = None
    note: str = ""
    anchor: str | None = None
    files: Sequence[Attachment] = ()

    @property
    def is_given(self) -> bool:
        """Whether it came in, apart from what was asked."""
        return self.look != "question"

    @property
    def is_read_first(self) -> bool:
        """Whether it is kept in view while a reply is written; replies are on the letter page."""
        return self.look != "reply" and bool(self.text)


def passages(letter: Letter, drafts: bool) -> list[Passage]:
    """Return the correspondence, contributions of other organisations, and the draft reply."""
    passages = [
        Passage(
            look=_LOOKS.get(piece.kind, piece.kind.value),
            heading=say(_HEADINGS[piece.kind]),
            text=piece.text,
            at=piece.at,
            signature=piece.organisation or None,
            files=piece.files,
        )
        for piece in correspondence(letter)
    ]
    passages += [
        Passage(
            look="supplement",
            heading=_("协办意见") if helper.contribution else _("已请协办，等待意见"),
            text=helper.contribution or "",
            at=helper.contributed_at or helper.requested_at,
            signature=helper.organisation.name,
            note=_("请求：%(text)s", text=helper.request),
        )
        for helper in letter.helpers
    ]
    review = letter.reply_in_review
    if review:
        follows = review.kind is ReplyKind.FOLLOW_UP
        passages.append(
            Passage(
                look="reply",
                heading=_("待签发的补充答复") if follows else _("待签发的答复"),
                text=review.text,
                signature=review.organisation.name,
                meta=_drafted_by(review),
                anchor="review",
                files=files_with(letter, reply_id=review.id),
            )
        )
    elif letter.draft and drafts:
        draft = letter.draft
        passages.append(
            Passage(
                look="supplement",
                heading=_("答复草稿"),
                text=draft.text,
                at=draft.updated_at,
                meta=_drafted_by(draft),
                files=files_with(letter, reply_id=draft.id),
            )
        )
    return passages


def _drafted_by(reply: Reply) -> str | None:
    return _("起草：%(who)s", who=reply.author.name) if reply.author else None


_WAITING_FOR: dict[State, str] = {
    State.SUBMITTED: N_("等待分办员受理或交办。"),
    State.AWAITING_CITIZEN: N_("等待来信人补充。"),
    State.MERGED: N_("已并入另一封信，将随它一并答复。"),
    State.RETURNED: N_("等待重新交办。"),
    State.IN_PROGRESS: N_("承办单位正在办理。"),
    State.AWAITING_SIGNOFF: N_("等待审核人审签答复。"),
    State.CLOSED: N_("已经办结。"),
    State.DECLINED: N_("已不予受理。"),
    State.WITHDRAWN: N_("来信人已撤回。"),
}
"""Sentences on whom a letter waits for, for readers who have no action on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterPage(SubjectPage[Letter, Action]):
    """All that ``console/letter.html`` shows.

    ``requests`` are the words in which the writer asks not to be shown. ``repeated`` are letters that it
    may repeat, into which it can be merged where ``merges``.
    """

    publication: Publication | None
    declined: Declined | None
    passages: Sequence[Passage]
    requests: Sequence[str]
    panel: PublicationPanel
    details: Sequence[Detail]
    repeated: Sequence[Repeated]
    merges: bool
    appeal: AppealPanel | None
    nearly_same: int = int(100 * NEARLY_SAME)


def next_address(besides: int) -> str | None:
    """Return the page of the letter first in line, other than the one with id ``besides``."""
    session = db.session()
    at = cutoffs(work_calendar(session), now())
    number = next_in_line(session, current_actor(), at, besides)
    return url_for("console.letter", number=number) if number else None


def build_letter_page(
    letter: Letter,
    sent: StepForm | None = None,
    problem: LetterboxError | None = None,
    contacts: Contacts | None = None,
) -> LetterPage:
    """Return the page of ``letter`` for the person logged in.

    ``sent`` is a form that could not be carried out; ``problem`` is the reason, if it was not the
    form's content.
    """
    session, actor = db.session(), current_actor()
    allowed = allowed_actions(actor, letter)
    stranded = is_stranded(session, actor, letter)
    first = next_action(actor, letter, allowed, stranded=stranded)
    offers = offers_of(STEPS, letter, allowed, sent)
    primary = next((each for each in offers if first in each.step.actions), None)
    drafts = letter.state in DRAFT_STATES and can(actor, Permission.REPLY_WRITE, letter)
    consent, note = consent_change(session, letter), due_note(session, letter, today())
    missed = partial(changes_since, session, letter)
    task = _offered(letter, primary) if primary else _other_task(letter, first)
    if stranded:
        task = replace(task, sentences=[_absence(actor, letter), *task.sentences])
    return LetterPage(
        subject=letter,
        task=task,
        others=[each for each in offers if each is not primary],
        other_link=_reply_link(letter) if drafts and first not in REPLY_ACTIONS else None,
        sent=sent,
        problem=not_done(problem, sent, [each.form for each in offers], missed),
        history=[history_line(each) for each in history(session, letter)],
        due=note,
        due_explanation=explain_due(note, letter) if note else None,
        revealed=_rows(contacts) if contacts else [],
        can_reveal=can(actor, Permission.CONTACTS_REVEAL, letter),
        publication=None if letter.publication is Publication.NOT_PROPOSED else letter.publication,
        declined=declined(session, letter),
        passages=passages(letter, drafts),
        requests=requests_not_to_be_shown(letter),
        panel=publication_panel(letter, consent, Action.PROPOSE in allowed),
        details=details(session, letter, consent),
        repeated=repeated_letters(session, actor, letter),
        merges=Action.MERGE in allowed,
        appeal=appeal_panel(letter),
    )


def _rows(contacts: Contacts) -> list[tuple[str, str]]:
    return [
        (_("姓名"), contacts.name),
        (_("电话"), contacts.phone),
        (_("电子邮箱"), contacts.email),
    ]


def reply_name(letter: Letter) -> str:
    """Return what is written for ``letter`` now: a reply, or a follow-up to it."""
    return str(_("写补充答复") if letter.state is State.CLOSED else _("写答复"))


def _reply_link(letter: Letter, name: str = "") -> Link:
    return Link(url_for("console.reply", number=letter.number), name or reply_name(letter))


def _absence(actor: Actor, letter: Letter) -> str:
    """Return why a letter waits for ``actor`` although somebody else should have it to do."""
    place = letter.organisation.name
    if all(grant.organisation_id != letter.organisation_id for grant in actor.grants):
        return str(_("%(name)s暂无在岗人员，由您单位代办。", name=place))
    return str(_("%(name)s没有经办人，请交给能办理的单位。", name=place))


def _offered(letter: Letter, primary: Offer[Letter, Action]) -> Task[Letter, Action]:
    review = letter.reply_in_review if Action.SIGN in primary.step.actions else None
    return Task(
        _("下一步：%(action)s", action=primary.name),
        offer=primary,
        signs_reply=review is not None,
        remarks=check_reply(review.text, letter.text, letter.sender, letter.title)
        if review
        else (),
    )


def _other_task(letter: Letter, first: Action | None) -> Task[Letter, Action]:
    """Return the task on a page of its own, or what the letter waits for."""
    if first in REPLY_ACTIONS:
        name, why = _("写答复"), _("写好答复后送审签，审核人签发后来信人即可看到。")
        link = _reply_link(letter, name)
        if letter.draft:
            link, why = _reply_link(letter, _("接着写答复")), _("已有草稿，可以接着写。")
            if letter.draft.review_note:
                why = _("审核人退回修改，请看意见后改好再送审签。")
    elif first is Action.PROPOSE:
        name = _("提请公示")
        why = _("答复对其他人也有参考价值的，请脱敏后提请公示；公示由另一人审核。")
        link = redaction_link(letter, name)
    elif first in (Action.PUBLISH, Action.CORRECT):
        name = _("公示审核") if first is Action.PUBLISH else _("更正公示件")
        why = _("请核对脱敏后的公开稿，决定是否公示。")
        link = redaction_link(letter, _("打开公示审核页"))
    else:
        return _nothing_to_do(letter)
    return Task(_("下一步：%(action)s", action=name), [why], link=link)


def _nothing_to_do(letter: Letter) -> Task[Letter, Action]:
    next_letter = next_address(letter.id)
    if letter.state is State.DISPATCHED:
        place = letter.organisation.name
        return Task(_("已交办，等待%(name)s签收", name=place), next_letter=next_letter)
    awaited = [say(_WAITING_FOR[letter.state])]
    if letter.appeal_pending and letter.appeal is not None:
        awaited = [_("来信人提出异议，等待%(name)s复核。", name=letter.appeal.organisation.name)]
    if letter.answer_by:
        awaited.append(_("补充期限：%(day)s。", day=day(letter.answer_by)))
    return Task(_("目前不用您处理"), awaited, next_letter=next_letter)
