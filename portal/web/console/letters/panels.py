"""What stands beside a letter: its publication, its appeal, the list of details."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from portal.domain.errors import N_
from portal.domain.letters.states import ConsentBasis, State
from portal.models import Letter, Rating
from portal.queries.history import HistoryEntry
from portal.queries.letters.due import letter_rule
from portal.queries.messages.choices import Chosen, chosen
from portal.web.console.subject_page import Link, in_brackets
from portal.web.core.language import day, label, moment, say

_CONSENT: dict[ConsentBasis, str] = {
    ConsentBasis.NONE: N_("来信人不同意公示"),
    ConsentBasis.SENDER: N_("来信人同意公示"),
    ConsentBasis.PUBLISHED_AT_SOURCE: N_("原系统已公示"),
}


@dataclass(frozen=True, slots=True)
class Detail:
    """A row of the list of details; ``letters`` replace ``text``, ``note`` is below it."""

    name: str
    text: str = ""
    note: str = ""
    letters: Sequence[Letter] = ()


@dataclass(frozen=True, slots=True)
class PublicationPanel:
    """The state of publication, with the sentences that apply and the link to the review page."""

    status: str
    notes: Sequence[str]
    link: Link | None


def publication_panel(
    letter: Letter, consent: HistoryEntry | None, may_propose: bool
) -> PublicationPanel:
    """Return the state of publication of ``letter``; ``consent`` is its last change of consent."""
    status, proposal = label(letter.publication), letter.open_proposal
    if proposal:
        left = len(proposal.open_masks)
        status = _("%(status)s · 还有 %(n)s 条提示待处理", status=status, n=left)
    notes = []
    if letter.consent_basis is ConsentBasis.NONE and consent:
        at = moment(consent.at)
        notes.append(_("来信人已于 %(at)s 收回公示同意，不能再提请公示。", at=at))
    elif letter.consent_basis is ConsentBasis.NONE:
        notes.append(_("来信人没有同意公示，不能提请。"))
    if letter.proposals:
        return PublicationPanel(status, notes, redaction_link(letter, _("打开公示审核页")))
    if letter.state is State.CLOSED:
        name = _("提请公示") if may_propose else _("为什么还没有公示")
        return PublicationPanel(status, notes, redaction_link(letter, name))
    return PublicationPanel(status, [*notes, _("信件办结后可以提请公示。")], None)


@dataclass(frozen=True, slots=True)
class AppealPanel:
    """The state of an appeal against declining, and the words of its decision."""

    status: str
    note: str


def appeal_panel(letter: Letter) -> AppealPanel | None:
    """Return how the appeal of the sender stands, if there is one."""
    appeal = letter.appeal
    if appeal is None:
        return None
    if appeal.decided_at is None:
        place = appeal.organisation.name
        return AppealPanel(_("来信人不同意不予受理，等待%(name)s复核。", name=place), "")
    at = moment(appeal.decided_at)
    status = (
        _("%(at)s 复核：维持不予受理。", at=at)
        if appeal.upheld
        else _("%(at)s 复核：予以受理。", at=at)
    )
    return AppealPanel(status, appeal.decision_note or "")


def details(session: Session, letter: Letter, consent: HistoryEntry | None) -> list[Detail]:
    """Return the list of details, without the rows that do not apply."""
    extended, changed, messages = "", "", chosen(session, letter.id)
    if letter.extension_days:
        span = say(letter_rule(session, letter).span(letter.extension_days))
        extended = _("已延期 %(days)s", days=span)
    if consent:
        changed = _("%(what)s %(at)s", what=say(consent.title), at=moment(consent.at))
    closed = in_brackets(moment(letter.closed_at), label(letter.close_reason))
    rows = [
        Detail(_("信件编号"), letter.number),
        Detail(_("承办单位"), letter.organisation.name),
        Detail(_("经办人"), letter.assignee.name if letter.assignee else ""),
        Detail(_("收到"), moment(letter.received_at)),
        Detail(_("收到方式"), label(letter.source)),
        Detail(_("经由接口"), letter.token.name if letter.token else ""),
        Detail(_("催办"), _("%(n)s 次", n=letter.urge_count) if letter.urge_count else ""),
        Detail(_("答复期限"), in_brackets(day(letter.due_on), extended) if letter.due_on else ""),
        Detail(_("办结"), closed if letter.closed_at else ""),
        Detail(
            _("来信人写的单位"), letter.organisation_words or "", _("名录里没有找到，供分办参考")
        ),
        Detail(_("被举报单位"), letter.accused.name if letter.accused else ""),
        Detail(_("主信"), letters=[letter.parent] if letter.parent else []),
        Detail(_("并入的信"), letters=letter.children),
        Detail(_("公示意愿"), say(_CONSENT[letter.consent_basis]), changed),
        Detail(_("联系方式"), _("已由来信人验证") if letter.has_verified_contact else ""),
        Detail(_("给来信人的通知"), label(messages.channel), _unreached(messages)),
        Detail(_("来信人评价"), _rating(letter.rating) if letter.rating else ""),
    ]
    return [row for row in rows if row.text or row.letters]


def _unreached(messages: Chosen) -> str:
    """Return that the sender could not be reached, where the last message did not arrive."""
    if messages.unreached is None:
        return ""
    return str(_("没有送到：%(why)s。请另想办法联系来信人。", why=label(messages.unreached)))


def _rating(rating: Rating) -> str:
    points = _("态度 %(a)s 分，效率 %(e)s 分", a=rating.attitude, e=rating.efficiency)
    if not rating.comment:
        return str(points)
    return str(_("%(points)s：%(comment)s", points=points, comment=rating.comment))


def redaction_link(letter: Letter, name: str) -> Link:
    """Return the way to the page where publication is proposed and reviewed."""
    return Link(url_for("console.redaction", number=letter.number), name)
