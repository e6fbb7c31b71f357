"""A letter as its sender sees it: correspondence, way through the offices, due date.

Organisations are named, members of staff are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.calendar import TraceDay
from portal.domain.deadline_rules import DeadlineRule
from portal.domain.errors import N_
from portal.domain.letters.due import Remaining, remaining
from portal.domain.letters.recalls import without_recalled
from portal.domain.letters.states import (
    CLOCK_STATES,
    Action,
    DeclineReason,
    Publication,
    State,
)
from portal.domain.translatable import Message
from portal.models import PUBLIC, ArchiveEntry, Attachment, Event, Letter, ReplyKind
from portal.queries.letters.due import handling_time
from portal.queries.rules import deadlines

SAME_WITHIN = timedelta(days=30)
"""How long ago a letter of the same text may be for its sender to be reminded of it."""


def sent_before(
    session: Session, letter_ids: Sequence[int], text: str, now: datetime
) -> Letter | None:
    """Return the letter among ``letter_ids`` that has this very text already, the newest first.

    The caller names letters that the browser may see: by a match of contacts, whoever holds the
    text of a letter and tries numbers would learn who has written it.
    """
    same = sa.select(Letter).where(
        Letter.id.in_(letter_ids),
        Letter.text == text,
        Letter.received_at > now - SAME_WITHIN,
        Letter.state != State.WITHDRAWN,
    )
    return session.scalars(same.order_by(Letter.id.desc())).first()


def letter_by_number(session: Session, number: str) -> Letter | None:
    """Return the letter; the caller checks whether this browser may see it."""
    return session.scalar(sa.select(Letter).where(Letter.number == number))


def public_copy(session: Session, letter: Letter) -> int | None:
    """Return the id of the public entry of the letter, if there is one."""
    return session.scalar(
        sa.select(ArchiveEntry.id).where(ArchiveEntry.letter_id == letter.id, PUBLIC)
    )


class CorrespondenceKind(StrEnum):
    """The kind of an item of the correspondence; the component of the page uses the values."""

    LETTER = "letter"
    QUESTION = "question"
    SUPPLEMENT = "supplement"
    ADDITION = "addition"
    APPEAL = "appeal"
    REDO = "redo"
    REPLY = "reply"
    FOLLOW_UP = "follow_up"


@dataclass(frozen=True, slots=True)
class CorrespondenceItem:
    """An item of the correspondence; ``organisation`` is empty for what the citizen wrote."""

    kind: CorrespondenceKind
    text: str
    at: datetime
    organisation: str = ""
    files: Sequence[Attachment] = ()


def correspondence(letter: Letter) -> list[CorrespondenceItem]:
    """Return the letter, all that both sides wrote after it, and the signed replies, in order."""
    first = CorrespondenceItem(
        CorrespondenceKind.LETTER, letter.text, letter.received_at, files=files_with(letter)
    )
    rest = [
        CorrespondenceItem(
            CorrespondenceKind(m.kind),
            m.text,
            m.created_at,
            m.organisation.name if m.organisation else "",
            files_with(letter, message_id=m.id),
        )
        for m in letter.messages
    ]
    rest += [
        CorrespondenceItem(
            CorrespondenceKind.REPLY
            if reply.kind is ReplyKind.REPLY
            else CorrespondenceKind.FOLLOW_UP,
            reply.text,
            reply.signed_at or reply.updated_at,
            reply.organisation.name,
            files_with(letter, reply_id=reply.id),
        )
        for reply in letter.signed_replies
    ]
    return [first, *sorted(rest, key=lambda piece: piece.at)]


def files_with(
    letter: Letter, message_id: int | None = None, reply_id: int | None = None
) -> list[Attachment]:
    """Return the files that came with the letter itself, or with one of its messages or replies."""
    wanted = (message_id, reply_id)
    return [each for each in letter.attachments if (each.message_id, each.reply_id) == wanted]


@dataclass(frozen=True, slots=True)
class Milestone:
    """A milestone of a letter: what happened, when, and the organisation in charge."""

    title: Message
    at: datetime
    organisation: str = ""


_FROM, _TO = "from", "to"
_MILESTONES: dict[str, tuple[str, str]] = {
    Action.SUBMIT: (N_("信件已寄达"), _TO),
    Action.ACCEPT: (N_("已受理"), _FROM),
    Action.DECLINE: (N_("不予受理"), _FROM),
    Action.RULE_DECLINE: (N_("不予受理"), _FROM),
    Action.DISPATCH: (N_("交由承办单位办理"), _TO),
    Action.TRANSFER: (N_("转由另一单位办理"), _TO),
    Action.RULE: (N_("由上级确定承办单位"), _TO),
    Action.HAND_OVER: (N_("原承办单位撤并，由承接单位继续办理"), _TO),
    Action.SIGN_FOR: (N_("承办单位已签收"), _FROM),
    Action.RETURN: (N_("不属于该单位职责，退回重新分办"), _FROM),
    Action.ASK_CITIZEN: (N_("请您补充情况"), _FROM),
    Action.SUPPLEMENT: (N_("您补充了情况"), ""),
    Action.ADD: (N_("您主动补充了情况"), ""),
    Action.CORRECT_CONTACTS: (N_("您更正了联系方式"), ""),
    Action.URGE: (N_("您催办了一次"), ""),
    Action.APPEAL: (N_("您对不予受理提出异议"), ""),
    Action.TAKE_OVER: (N_("经复核，决定受理"), _TO),
    Action.CONFIRM_DECLINE: (N_("经复核，维持不予受理"), ""),
    Action.TIME_OUT: (N_("没有收到补充，信件办结"), _FROM),
    Action.MERGE: (N_("与反映同一问题的来信合并办理"), _FROM),
    Action.SEPARATE: (N_("恢复单独办理"), _FROM),
    Action.RELEASE_MERGED: (N_("恢复单独办理"), _FROM),
    Action.CLOSE_MERGED: (N_("随合并办理的来信一并答复"), _FROM),
    Action.CHANGE_KIND: (N_("更正了来信类别"), _FROM),
    Action.GRANT_EXTENSION: (N_("经批准延长办理时限"), _FROM),
    Action.SIGN: (N_("已答复，信件办结"), _FROM),
    Action.SIGN_FOLLOW_UP: (N_("收到补充答复"), _FROM),
    Action.RATE: (N_("您作了评价"), ""),
    Action.REDO: (N_("您申请重办"), ""),
    Action.WITHDRAW: (N_("您撤回了信件"), ""),
    Action.PUBLISH: (N_("隐去个人信息后的信件和答复已公示"), _FROM),
    Action.CORRECT: (N_("公示内容已更正"), _FROM),
    Action.UNPUBLISH: (N_("公示内容已撤下"), _FROM),
    Action.REVOKE_CONSENT: (N_("您收回了公示同意"), ""),
    Action.GIVE_CONSENT: (N_("您同意公示"), ""),
}


def milestones(session: Session, letter: Letter) -> list[Milestone]:
    """Return the milestones of the letter, oldest first.

    Internal actions are left out, and so is a dispatch that was recalled.
    """
    shown = (*_MILESTONES, Action.RECALL_DISPATCH)
    events = session.scalars(
        sa.select(Event)
        .where(Event.letter_id == letter.id, Event.action.in_(shown))
        .order_by(Event.occurred_at, Event.id)
    )
    return [_milestone(event) for event in without_recalled(events)]


def _milestone(event: Event) -> Milestone:
    title, side = _MILESTONES[event.action]
    if event.action == Action.REVOKE_CONSENT and event.from_state == Publication.PUBLISHED:
        title = N_("您收回了公示同意，公示内容已撤下")
    place = {_FROM: event.organisation, _TO: event.to_organisation}.get(side)
    return Milestone(Message(title), event.occurred_at, place.name if place else "")


@dataclass(frozen=True, slots=True)
class Declined:
    """The reason why a letter was declined, advice where to turn, and the words of the office."""

    code: DeclineReason
    reason: str
    advice: str
    words: str


def declined(session: Session, letter: Letter) -> Declined | None:
    """Return why the letter was declined, if it was."""
    if letter.state is not State.DECLINED:
        return None
    event = session.scalar(
        sa.select(Event)
        .where(
            Event.letter_id == letter.id,
            Event.action.in_((Action.DECLINE, Action.RULE_DECLINE)),
        )
        .order_by(Event.id.desc())
        .limit(1)
    )
    if event is None or not event.reason_code:
        return None
    code = DeclineReason(event.reason_code)
    return Declined(code, code.label, code.hint, event.reason or "")


@dataclass(frozen=True, slots=True)
class DueNote:
    """The due date explained, with the time left.

    Both are empty while the clock is paused for the citizen; ``days`` then ends today.
    ``announced`` says whether the holidays of that year are announced.
    """

    due_on: date | None
    remaining: Remaining | None
    rule: DeadlineRule
    extension_days: int
    days: Sequence[TraceDay]
    announced: bool


def due_note(session: Session, letter: Letter, today: date) -> DueNote | None:
    """Return the explanation of the due date; ``None`` once the handling has ended."""
    if letter.state not in CLOCK_STATES | {State.AWAITING_CITIZEN}:
        return None
    time, known = handling_time(session, letter), deadlines(session)
    calendar, rule = known.calendar, known.rule(time)
    until = letter.due_on or max(time.start, today)
    most = rule.days + time.extension
    return DueNote(
        due_on=letter.due_on,
        remaining=remaining(calendar, today, letter.due_on) if letter.due_on else None,
        rule=rule,
        extension_days=time.extension,
        days=calendar.trace(time.start, until, time.pauses, rule.unit, most),
        announced=calendar.announced(until),
    )
