"""The page of a letter for its sender, with the actions of the sender."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, url_for
from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import DataRequired

from portal.domain.choices import consent_choice
from portal.domain.errors import N_
from portal.domain.letters.numbers import parse_number
from portal.domain.letters.states import TEXT_MAX, Action
from portal.domain.letters.transitions import objection
from portal.models import Letter, db
from portal.queries.letters.track import (
    CorrespondenceItem,
    Declined,
    DueNote,
    Milestone,
    correspondence,
    declined,
    due_note,
    letter_by_number,
    milestones,
    public_copy,
)
from portal.queries.record.tree import Included, recorded
from portal.services.letters.submission import COMMENT_MAX, ask_redo, rate, supplement, withdraw
from portal.web.core import Answer
from portal.web.core.clock import today
from portal.web.core.due import DueExplanation, explain_due
from portal.web.core.fields import Filled, TextField
from portal.web.core.people import public
from portal.web.public.blueprint import public_pages
from portal.web.public.letters.opened_page import OpenedPage, SenderForm, SenderForms


class ScoreField(Filled[int], RadioField):  # type: ignore[misc]
    """A score from 5 to 1."""

    def __init__(self, label: object, missing: object, **given: Any) -> None:
        choices = [
            (5, _l("5 分，很满意")),
            (4, _l("4 分，满意")),
            (3, _l("3 分，一般")),
            (2, _l("2 分，不满意")),
            (1, _l("1 分，很不满意")),
        ]
        rules = [DataRequired(missing)]
        super().__init__(label, validators=rules, choices=choices, coerce=int, **given)


class SupplementForm(SenderForm):
    """The answer to the office's question."""

    done = N_("补充的内容已经送到承办单位。")
    text = TextField(_l("补充的内容"), _l("请写下要补充的情况。"), TEXT_MAX)

    def send(self, opened_id: int, at: datetime) -> None:
        """Answer the office's question."""
        supplement(opened_id, self.text.data, at)


class RatingForm(SenderForm):
    """The rating after closing."""

    done = N_("感谢您的评价。")
    attitude = ScoreField(_l("服务态度"), _l("请给服务态度打分。"))
    efficiency = ScoreField(_l("办事效率"), _l("请给办事效率打分。"))
    comment = TextField(_l("想说的话"), most=COMMENT_MAX)

    def send(self, opened_id: int, at: datetime) -> None:
        """Rate attitude and efficiency."""
        rate(opened_id, self.attitude.value, self.efficiency.value, self.comment.data, at)


class RedoForm(SenderForm):
    """A reason why the letter should be handled once more."""

    done = N_("已申请重办，承办单位会重新办理并答复。")
    text = TextField(_l("为什么需要重办"), _l("请说明哪些问题没有答复或没有解决。"), TEXT_MAX)

    def send(self, opened_id: int, at: datetime) -> None:
        """Ask once for a redo."""
        ask_redo(opened_id, self.text.data, at)


class WithdrawForm(SenderForm):
    """Nothing but the button."""

    done = N_("信件已经撤回。")
    question = N_("确定撤回这封信吗？撤回后不再办理，也不能恢复。")

    def send(self, opened_id: int, at: datetime) -> None:
        """Withdraw the letter before anybody has accepted it."""
        withdraw(opened_id, at)


@dataclass(frozen=True, slots=True)
class LetterView:
    """Values of the page of a letter for its sender."""

    letter: Letter
    pieces: list[CorrespondenceItem]
    milestones: list[Milestone]
    declined: Declined | None
    public_copy: int | None
    due: DueNote | None
    due_explanation: DueExplanation | None
    consent: Action | None
    recorded: list[Included]
    forms: SenderForms[Action]


class LetterPage(OpenedPage[Action, Letter]):
    """The page of a letter."""

    steps = {
        "supplement": (Action.SUPPLEMENT, SupplementForm),
        "rating": (Action.RATE, RatingForm),
        "redo": (Action.REDO, RedoForm),
        "withdraw": (Action.WITHDRAW, WithdrawForm),
    }
    closed_words = N_("请用信件编号和查询码打开信件；共用的电脑和久未操作的页面需要重新打开。")

    def load(self) -> Letter | None:
        """Return the letter with the number."""
        return letter_by_number(db.session(), str(parse_number(self.number)))

    def allows(self, found: Letter, action: Action) -> bool:
        """Return whether the sender may take ``action`` now."""
        return objection(found, action) is None

    def show(self, found: Letter, status: int) -> Answer:
        """Show the letter as it is now."""
        session = db.session()
        due = due_note(session, found, today())
        page = LetterView(
            letter=found,
            pieces=[] if found.erased else correspondence(found),
            milestones=milestones(session, found),
            declined=declined(session, found),
            public_copy=public_copy(session, found),
            due=due,
            due_explanation=explain_due(due, reopened=found.reopened, for_sender=True)
            if due
            else None,
            consent=consent_choice(found),
            recorded=recorded(session, found.id),
            forms=self.offered(found),
        )
        return render_template("public/letter.html", page=page), status

    def address(self, found: Letter) -> str:
        """Return the address of the letter."""
        return url_for("public.letter", number=found.number)


@public_pages.get("/letters/<number>")
@public
def letter(number: str) -> Answer:
    """Show the letter to the browser that has opened it with its code."""
    return LetterPage(number).respond()


@public_pages.post("/letters/<number>/<any(supplement,withdraw,rating,redo):step>")
@public
def letter_step(number: str, step: str) -> Answer:
    """Supplement, withdraw or rate the letter, or ask once for a redo."""
    return LetterPage(number).act(step)
