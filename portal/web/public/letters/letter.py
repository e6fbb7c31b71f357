"""The page of a letter for its sender, with the actions of the sender."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, url_for
from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import DataRequired

from portal.domain.choices import consent_choice, sender_next
from portal.domain.errors import N_
from portal.domain.letters.numbers import parse_number
from portal.domain.letters.states import TEXT_MAX, Action
from portal.domain.letters.transitions import objection
from portal.domain.redaction.hints import email_hint, phone_hint
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
from portal.queries.messages.choices import Chosen, chosen
from portal.queries.record.tree import Included, recorded
from portal.services.letters.appeals import appeal
from portal.services.letters.contacts import correct_contacts
from portal.services.letters.submission import (
    COMMENT_MAX,
    add,
    ask_redo,
    rate,
    supplement,
    urge,
    withdraw,
)
from portal.web.core import Answer
from portal.web.core.clock import today
from portal.web.core.due import DueExplanation, explain_due
from portal.web.core.fields import Filled, MailField, PhoneField, TextField
from portal.web.core.people import public
from portal.web.core.safety import takes_files
from portal.web.public.blueprint import public_pages
from portal.web.public.letters.opened_page import OpenedPage, SenderForm, SenderForms
from portal.web.submission.files_field import FilesField
from portal.web.submission.message_choice import outlets


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
    files = FilesField(_l("照片和文件"))

    def send(self, opened_id: int, at: datetime) -> None:
        """Answer the office's question."""
        supplement(opened_id, self.text.data, at, self.files.draft_key)


class AddForm(SenderForm):
    """Something added unasked, before the answer."""

    done = N_("补充的内容已经送到承办单位，办理时限照常计算。")
    text = TextField(_l("补充的内容"), _l("请写下要补充的情况。"), TEXT_MAX)
    files = FilesField(_l("照片和文件"))

    def send(self, opened_id: int, at: datetime) -> None:
        """Add something to the letter."""
        add(opened_id, self.text.data, at, self.files.draft_key)


class UrgeForm(SenderForm):
    """Nothing but the button."""

    done = N_("已经催办，承办单位和它的上级都会看到。")

    def send(self, opened_id: int, at: datetime) -> None:
        """Urge the office."""
        urge(opened_id, at)


class ContactsForm(SenderForm):
    """Another telephone number or e-mail address; what is left empty stays."""

    done = N_("联系方式已经更正。")
    phone = PhoneField(_l("新的电话"))
    email = MailField(_l("新的电子邮箱"))

    def send(self, opened_id: int, at: datetime) -> None:
        """Correct the contacts."""
        correct_contacts(opened_id, self.phone.data, self.email.data, at)


class AppealForm(SenderForm):
    """Why the sender disagrees with declining."""

    done = N_("异议已经提出，由上级单位复核，结果会在这里告诉您。")
    text = TextField(_l("为什么不同意"), _l("请说明为什么这封信应当受理。"), TEXT_MAX)

    def send(self, opened_id: int, at: datetime) -> None:
        """Appeal once to the superior."""
        appeal(opened_id, self.text.data, at)


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
    next: Action | None
    contacts: list[str]
    pieces: list[CorrespondenceItem]
    milestones: list[Milestone]
    declined: Declined | None
    public_copy: int | None
    due: DueNote | None
    due_explanation: DueExplanation | None
    consent: Action | None
    recorded: list[Included]
    chosen: Chosen | None
    """How the sender gets messages; ``None`` where nothing is sent to anybody."""
    forms: SenderForms[Action]


class LetterPage(OpenedPage[Action, Letter]):
    """The page of a letter."""

    steps = {
        "supplement": (Action.SUPPLEMENT, SupplementForm),
        "add": (Action.ADD, AddForm),
        "urge": (Action.URGE, UrgeForm),
        "contacts": (Action.CORRECT_CONTACTS, ContactsForm),
        "appeal": (Action.APPEAL, AppealForm),
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
        return objection(found, action, on=today()) is None

    def show(self, found: Letter, status: int) -> Answer:
        """Show the letter as it is now."""
        session = db.session()
        due = due_note(session, found, today())
        page = LetterView(
            letter=found,
            pieces=[] if found.erased else correspondence(found),
            next=sender_next(found, today()),
            contacts=_hints(found),
            milestones=milestones(session, found),
            declined=declined(session, found),
            public_copy=public_copy(session, found),
            due=due,
            due_explanation=explain_due(due, found, for_sender=True) if due else None,
            consent=consent_choice(found),
            recorded=recorded(session, found.id),
            chosen=chosen(session, found.id) if outlets().channels else None,
            forms=self.offered(found),
        )
        return render_template("public/letter.html", page=page), status

    def address(self, found: Letter) -> str:
        """Return the address of the letter."""
        return url_for("public.letter", number=found.number)


def _hints(letter: Letter) -> list[str]:
    """Return the contacts that the office has, as far as their owner recognises them."""
    phone, email = letter.sender_phone, letter.sender_email
    hints = (phone_hint(phone) if phone else "", email_hint(email) if email else "")
    return [hint for hint in hints if hint]


@public_pages.get("/letters/<number>")
@public
def letter(number: str) -> Answer:
    """Show the letter to the browser that has opened it with its code."""
    return LetterPage(number).respond()


@public_pages.post(
    "/letters/<number>/<any(supplement,add,urge,contacts,appeal,withdraw,rating,redo):step>"
)
@public
@takes_files
def letter_step(number: str, step: str) -> Answer:
    """Take a step of the sender on the letter."""
    return LetterPage(number).act(step)
