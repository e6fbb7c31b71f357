"""The page of a request for disclosure for its applicant, with the actions of the applicant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import render_template, url_for
from flask_babel import lazy_gettext as _l

from portal.domain.disclosure.application import remedies
from portal.domain.disclosure.numbers import parse_request_number
from portal.domain.disclosure.requests import DisclosureAction, DisclosureState, objection
from portal.domain.errors import N_
from portal.domain.letters.states import TEXT_MAX
from portal.domain.periods import civil_date
from portal.domain.translatable import Message
from portal.models import DisclosureRequest, db
from portal.queries.disclosure.due import RequestDue, extension_text, request_due
from portal.queries.disclosure.requests import request_by_number, request_milestones
from portal.queries.history import HistoryEntry
from portal.services.disclosure.erasure import ask_erasure
from portal.services.disclosure.requests import applicant, complete, withdraw
from portal.web.core import Answer
from portal.web.core.clock import today
from portal.web.core.due import DueExplanation, explain_request_due
from portal.web.core.fields import TextField
from portal.web.core.people import public
from portal.web.core.safety import takes_files
from portal.web.core.settings import settings
from portal.web.public.blueprint import public_pages
from portal.web.public.letters.opened_page import OpenedPage, SenderForm, SenderForms
from portal.web.submission.files_field import FilesField


class CompletionForm(SenderForm):
    """The completion that the applicant adds to the request."""

    done = N_("补正的内容已经送到，答复期限从今天起重新计算。")
    text = TextField(_l("补正的内容"), _l("请写下要补正的内容。"), TEXT_MAX)
    files = FilesField(_l("照片和文件"))

    def send(self, opened_id: int, at: datetime) -> None:
        """Submit the completion that the organisation requested."""
        sender, files = applicant(opened_id), self.files.draft_key
        complete(opened_id, self.text.data, sender, at, files=files)


class WithdrawForm(SenderForm):
    """Nothing but the button."""

    done = N_("申请已经撤回。")
    question = N_("确定撤回这件申请吗？撤回后不再处理，也不能恢复。")

    def send(self, opened_id: int, at: datetime) -> None:
        """Withdraw the request."""
        withdraw(opened_id, applicant(opened_id), at)


class AskErasureForm(SenderForm):
    """Nothing but the button."""

    done = N_("申请已经收到，处理结果会写在这个页面上。")
    question = N_("确定申请删除个人信息吗？删除后无法恢复。")

    def send(self, opened_id: int, at: datetime) -> None:
        """Ask to be erased; the authority decides."""
        ask_erasure(opened_id, applicant(opened_id), at)


@dataclass(frozen=True, slots=True)
class DisclosureRequestView:
    """Values of the page of a request for its applicant."""

    request: DisclosureRequest
    milestones: list[HistoryEntry]
    due: RequestDue | None
    due_explanation: DueExplanation | None
    extension: Message | None
    remedies: tuple[str, ...]
    forms: SenderForms[DisclosureAction]
    years: int
    """Years after its end for which the applicant is kept, 0 for ever."""


class DisclosureRequestPage(OpenedPage[DisclosureAction, DisclosureRequest]):
    """The page of a request for disclosure."""

    steps = {
        "completion": (DisclosureAction.COMPLETE, CompletionForm),
        "withdraw": (DisclosureAction.WITHDRAW, WithdrawForm),
        "erasure": (DisclosureAction.ASK_ERASURE, AskErasureForm),
    }
    closed_words = N_("请用申请编号和查询码打开申请；共用的电脑和久未操作的页面需要重新打开。")

    def load(self) -> DisclosureRequest | None:
        """Return the request with the number."""
        return request_by_number(db.session(), str(parse_request_number(self.number)))

    def allows(self, found: DisclosureRequest, action: DisclosureAction) -> bool:
        """Return whether the applicant may take ``action`` now."""
        return objection(found, action, today(), None) is None

    def show(self, found: DisclosureRequest, status: int) -> Answer:
        """Show the request as it is now."""
        session = db.session()
        due = request_due(session, found, today())
        page = DisclosureRequestView(
            request=found,
            milestones=request_milestones(session, found),
            due=due,
            due_explanation=explain_request_due(due) if due and due.days else None,
            extension=extension_text(session, found),
            remedies=_remedies(found),
            forms=self.offered(found),
            years=settings().disclosure_retention_years,
        )
        return render_template("public/disclosure_request.html", page=page), status

    def address(self, found: DisclosureRequest) -> str:
        """Return the address of the request."""
        return url_for("public.disclosure_request", request_number=found.number)


@public_pages.get("/disclosure/<request_number>")
@public
def disclosure_request(request_number: str) -> Answer:
    """Show the request to the browser that has opened it with its code."""
    return DisclosureRequestPage(request_number).respond()


@public_pages.post("/disclosure/<request_number>/<any(completion,withdraw,erasure):step>")
@public
@takes_files
def disclosure_step(request_number: str, step: str) -> Answer:
    """Complete the request as the organisation asked, withdraw it, or ask to be erased."""
    return DisclosureRequestPage(request_number).act(step)


def _remedies(found: DisclosureRequest) -> tuple[str, ...]:
    """Return the legal remedies against the answer, if one was given."""
    if found.state is not DisclosureState.ANSWERED or not found.answered_at or not found.outcome:
        return ()
    return remedies(found.outcome, civil_date(found.answered_at))
