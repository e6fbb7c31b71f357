"""The parts of the letter page below its next task: correspondence, publication and details."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from portal.domain.errors import N_
from portal.domain.letters.states import ConsentBasis, State
from portal.models import Letter, Rating, Reply, ReplyKind
from portal.queries.letters.timeline import HistoryEntry
from portal.queries.letters.track import CorrespondenceKind, correspondence
from portal.web.console.wording import Link, in_brackets
from portal.web.core.language import day, label, moment, say

PIECE_HEADINGS: dict[CorrespondenceKind, str] = {
    CorrespondenceKind.LETTER: N_("来信"),
    CorrespondenceKind.QUESTION: N_("请来信人补充"),
    CorrespondenceKind.SUPPLEMENT: N_("来信人补充"),
    CorrespondenceKind.REDO: N_("来信人申请重办"),
    CorrespondenceKind.REPLY: N_("答复"),
    CorrespondenceKind.FOLLOW_UP: N_("补充答复"),
}
_LOOKS: dict[CorrespondenceKind, str] = {
    CorrespondenceKind.REDO: "supplement",
    CorrespondenceKind.FOLLOW_UP: "reply",
}
"""The look of a piece in ``components/correspondence.html`` where it is not its own word."""
_CONSENT: dict[ConsentBasis, str] = {
    ConsentBasis.NONE: N_("来信人不同意公示"),
    ConsentBasis.SENDER: N_("来信人同意公示"),
    ConsentBasis.PUBLISHED_AT_SOURCE: N_("原系统已公示"),
}


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


@dataclass(frozen=True, slots=True)
class Detail:
    """A row of the list of details; ``links`` replace ``text``, ``note`` is below it."""

    name: str
    text: str = ""
    note: str = ""
    links: Sequence[Link] = ()


@dataclass(frozen=True, slots=True)
class PublicationPanel:
    """The state of publication, with the sentences that apply and the link to the review page."""

    status: str
    notes: Sequence[str]
    link: Link | None


def passages(letter: Letter, drafts: bool) -> list[Passage]:
    """Return the correspondence, contributions of other organisations, and the draft reply."""
    passages = [
        Passage(
            look=_LOOKS.get(piece.kind, piece.kind.value),
            heading=say(PIECE_HEADINGS[piece.kind]),
            text=piece.text,
            at=piece.at,
            signature=piece.organisation or None,
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
            )
        )
    return passages


def _drafted_by(reply: Reply) -> str | None:
    return _("起草：%(who)s", who=reply.author.name) if reply.author else None


def publication_panel(
    letter: Letter, consent: HistoryEntry | None, may_propose: bool
) -> PublicationPanel:
    """Return the state of publication of ``letter``; ``consent`` is its last change of consent."""
    status = label(letter.publication)
    if letter.open_proposal:
        status = _(
            "%(status)s · 还有 %(n)s 条提示待处理",
            status=status,
            n=len(letter.open_proposal.open_masks),
        )
    notes = []
    if letter.consent_basis is ConsentBasis.NONE:
        notes.append(
            _("来信人已于 %(at)s 收回公示同意，不能再提请公示。", at=moment(consent.at))
            if consent
            else _("来信人没有同意公示，不能提请。")
        )
    link = None
    if letter.proposals:
        link = redaction_link(letter, _("打开公示审核页"))
    elif letter.state is State.CLOSED:
        name = _("提请公示") if may_propose else _("为什么还没有公示")
        link = redaction_link(letter, name)
    else:
        notes.append(_("信件办结后可以提请公示。"))
    return PublicationPanel(status, notes, link)


def details(letter: Letter, consent: HistoryEntry | None) -> list[Detail]:
    """Return the list of details, without the rows that do not apply."""
    rows = [
        Detail(_("信件编号"), letter.number),
        Detail(_("承办单位"), letter.organisation.name),
    ]
    if letter.assignee:
        rows.append(Detail(_("经办人"), letter.assignee.name))
    rows.append(Detail(_("收到"), moment(letter.received_at)))
    if letter.due_on:
        extended = letter.extension_days
        note = _("已延期 %(n)s 个工作日", n=extended) if extended else ""
        rows.append(Detail(_("答复期限"), in_brackets(day(letter.due_on), note)))
    if letter.closed_at:
        closed = in_brackets(moment(letter.closed_at), label(letter.close_reason))
        rows.append(Detail(_("办结"), closed))
    if letter.accused:
        rows.append(Detail(_("被举报单位"), letter.accused.name))
    if letter.parent:
        rows.append(Detail(_("主信"), links=[_letter_link(letter.parent)]))
    if letter.children:
        rows.append(Detail(_("并入的信"), links=[_letter_link(each) for each in letter.children]))
    changed = (
        _("%(what)s %(at)s", what=say(consent.title), at=moment(consent.at)) if consent else ""
    )
    rows.append(Detail(_("公示意愿"), say(_CONSENT[letter.consent_basis]), changed))
    if letter.rating:
        rows.append(Detail(_("来信人评价"), _rating(letter.rating)))
    return rows


def _rating(rating: Rating) -> str:
    points = _("态度 %(a)s 分，效率 %(e)s 分", a=rating.attitude, e=rating.efficiency)
    if not rating.comment:
        return str(points)
    return str(_("%(points)s：%(comment)s", points=points, comment=rating.comment))


def _letter_link(letter: Letter) -> Link:
    return Link(url_for("console.letter", number=letter.number), letter.number)


def redaction_link(letter: Letter, name: str) -> Link:
    """Return the way to the page where publication is proposed and reviewed."""
    return Link(url_for("console.redaction", number=letter.number), name)
