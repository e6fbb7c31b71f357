"""Values of the letter page, every label, sentence and address ready for the template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from portal.domain.access import Permission, can
from portal.domain.choices import allowed_actions, next_action
from portal.domain.errors import N_, LetterboxError
from portal.domain.letters.due import Remaining, remaining
from portal.domain.letters.reply_checks import Remark, check_reply
from portal.domain.letters.states import OPEN_STATES, Action, Publication, State
from portal.models import Letter, db
from portal.queries.archive.redaction import requests_not_to_be_shown
from portal.queries.letters.queues import is_stranded
from portal.queries.letters.timeline import changes_since, consent_change, history
from portal.queries.letters.track import declined, due_note
from portal.queries.rules import work_calendar
from portal.services.letters.contacts import Contacts
from portal.services.letters.replying import DRAFT_STATES
from portal.web.console.letters.action_forms import StepForm
from portal.web.console.letters.action_table import REPLY_ACTIONS, offers
from portal.web.console.letters.letter_sections import (
    Detail,
    Passage,
    PublicationPanel,
    details,
    passages,
    publication_panel,
    redaction_link,
)
from portal.web.console.letters.next_letter import next_address
from portal.web.console.wording import (
    HistoryLine,
    Link,
    Problem,
    history_line,
    letter_change,
    not_done,
)
from portal.web.core.clock import today
from portal.web.core.due import DueExplanation, explain_due
from portal.web.core.language import day, label, say
from portal.web.core.people import current_actor
from portal.web.core.steps import Offer

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


@dataclass(frozen=True, slots=True)
class NextTask:
    """The one next thing to do: a form, a link to a page of its own, or only what is awaited."""

    heading: str
    explanation: str = ""
    offer: Offer | None = None
    signs_reply: bool = False
    remarks: Sequence[Remark] = ()
    link: Link | None = None
    next_letter: str | None = None


@dataclass(frozen=True, slots=True)
class OtherAction:
    """A possible action that is not the next one, folded under ``heading``."""

    heading: str
    offer: Offer
    is_open: bool


@dataclass(frozen=True, slots=True)
class LetterPage:
    """All that ``console/letter.html`` shows beside the letter's own title, state and chips.

    ``requests`` are the words in which the writer asks not to be shown.
    """

    letter: Letter
    publication: Publication | None
    due: Remaining | None
    problem: Problem | None
    requests: Sequence[str]
    task: NextTask
    reply_link: Link | None
    other_actions: Sequence[OtherAction]
    decline_title: str
    decline_advice: Sequence[str]
    passages: Sequence[Passage]
    history: Sequence[HistoryLine]
    panel: PublicationPanel
    details: Sequence[Detail]
    due_explanation: DueExplanation | None
    contacts: Contacts | None
    can_reveal: bool


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
    missed = changes_since(session, letter, sent.seen) if sent and problem else []
    if sent and problem:
        sent.freshen()
    possible = offers(letter, allowed, sent)
    primary = next((each for each in possible if first in each.step.actions), None)
    drafts = letter.state in DRAFT_STATES and can(actor, Permission.REPLY_WRITE, letter)
    refused, consent = declined(session, letter), consent_change(session, letter)
    note = due_note(session, letter, today())
    return LetterPage(
        letter=letter,
        publication=None if letter.publication is Publication.NOT_PROPOSED else letter.publication,
        due=_remaining(session, letter),
        requests=requests_not_to_be_shown(letter),
        problem=not_done(
            problem, sent, [letter_change(each) for each in missed], [o.form for o in possible]
        )
        if sent and problem
        else None,
        task=_next_task(letter, first, primary, stranded),
        reply_link=_reply_link(letter) if drafts and first not in REPLY_ACTIONS else None,
        other_actions=[
            OtherAction(_heading(each), each, each.form is sent)
            for each in possible
            if each is not primary
        ],
        decline_title=_("不予受理：%(why)s", why=say(refused.reason)) if refused else "",
        decline_advice=[each for each in (say(refused.advice), refused.words) if each]
        if refused
        else [],
        passages=passages(letter, drafts),
        history=[history_line(each) for each in history(session, letter)],
        panel=publication_panel(letter, consent, Action.PROPOSE in allowed),
        details=details(letter, consent),
        due_explanation=explain_due(note, reopened=letter.reopened) if note else None,
        contacts=contacts,
        can_reveal=can(actor, Permission.CONTACTS_REVEAL, letter),
    )


def _remaining(session: Session, letter: Letter) -> Remaining | None:
    """Return the time left; a letter that has ended has no due date any more."""
    if letter.due_on is None or letter.state not in OPEN_STATES:
        return None
    return remaining(work_calendar(session), today(), letter.due_on)


def _heading(offer: Offer) -> str:
    """Return the name of an offer; the form that grants an extension refuses it as well."""
    if Action.GRANT_EXTENSION in offer.step.actions:
        return str(_("批复延期"))
    return label(offer.action)


def _next_task(
    letter: Letter, first: Action | None, primary: Offer | None, stranded: bool
) -> NextTask:
    if primary:
        review = letter.reply_in_review if Action.SIGN in primary.step.actions else None
        return NextTask(
            heading=_("下一步：%(action)s", action=label(primary.action)),
            explanation=_("%(name)s没有经办人，请交给能办理的单位。", name=letter.organisation.name)
            if stranded
            else "",
            offer=primary,
            signs_reply=review is not None,
            remarks=check_reply(review.text, letter.text, letter.sender) if review else (),
        )
    if first in REPLY_ACTIONS:
        return _writing_task(letter)
    if first is Action.PROPOSE:
        return NextTask(
            _("下一步：%(action)s", action=label(first)),
            _("答复对其他人也有参考价值的，请脱敏后提请公示；公示由另一人审核。"),
            link=redaction_link(letter, _("提请公示")),
        )
    if first in (Action.PUBLISH, Action.CORRECT):
        name = _("公示审核") if first is Action.PUBLISH else label(first)
        return NextTask(
            _("下一步：%(action)s", action=name),
            _("请核对脱敏后的公开稿，决定是否公示。"),
            link=redaction_link(letter, _("打开公示审核页")),
        )
    return _nothing_to_do(letter)


def _writing_task(letter: Letter) -> NextTask:
    heading = _("下一步：%(action)s", action=_("写答复"))
    address = url_for("console.reply", number=letter.number)
    if letter.draft is None:
        return NextTask(
            heading,
            _("写好答复后送审签，审核人签发后来信人即可看到。"),
            link=Link(address, _("写答复")),
        )
    explanation = (
        _("审核人退回修改，请看意见后改好再送审签。")
        if letter.draft.review_note
        else _("已有草稿，可以接着写。")
    )
    return NextTask(heading, explanation, link=Link(address, _("接着写答复")))


def _nothing_to_do(letter: Letter) -> NextTask:
    next_letter = next_address(letter.id)
    if letter.state is State.DISPATCHED:
        return NextTask(
            _("已交办，等待%(name)s签收", name=letter.organisation.name), next_letter=next_letter
        )
    awaited = say(_WAITING_FOR[letter.state])
    if letter.answer_by:
        awaited = _("%(awaited)s补充期限：%(day)s。", awaited=awaited, day=day(letter.answer_by))
    return NextTask(_("目前不用您处理"), awaited, next_letter=next_letter)


def _reply_link(letter: Letter) -> Link:
    name = _("写补充答复") if letter.state is State.CLOSED else _("写答复")
    return Link(url_for("console.reply", number=letter.number), name)
