"""A letter as its own sender sees it: correspondence, way through the offices, due date.

Organisations are named, persons of the staff never are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.calendar import TraceDay
from portal.domain.deadline_rules import Limit, LimitError, limit_for
from portal.domain.errors import N_
from portal.domain.events import Axis
from portal.domain.letters.due import Remaining, remaining
from portal.domain.letters.numbers import hash_code, same
from portal.domain.letters.states import (
    CLOCK_STATES,
    DECLINE_LABELS,
    Action,
    DeclineReason,
    Publication,
    State,
)
from portal.domain.translatable import Message
from portal.models import ArchiveEntry, Event, Letter, ReplyKind
from portal.queries.letters.due import handling_time
from portal.queries.rules import limits_in_force, work_calendar

_NO_HASH = "0" * 64


def letter_by_code(session: Session, number: str, code: str, key: bytes) -> int | None:
    """Return the id of letter ``number`` if ``code`` opens it.

    An unknown number, a letter without a code and a wrong code take the same steps, so that
    neither answer nor time tells them apart.
    """
    row = session.execute(
        sa.select(Letter.id, Letter.code_hash).where(Letter.number == number)
    ).one_or_none()
    known = row.code_hash if row is not None and row.code_hash else _NO_HASH
    fits = same(hash_code(key, number, code), known)
    return row.id if row is not None and fits else None


def letter_by_number(session: Session, number: str) -> Letter | None:
    """Return the letter; whether this browser may see it is for the caller to check."""
    return session.scalar(sa.select(Letter).where(Letter.number == number))


def public_copy(session: Session, letter: Letter) -> int | None:
    """Return the id of the archive entry that shows the letter to everybody, if one does."""
    return session.scalar(
        sa.select(ArchiveEntry.id).where(
            ArchiveEntry.letter_id == letter.id, ArchiveEntry.unpublished_at.is_(None)
        )
    )


class CorrespondenceKind(StrEnum):
    """What one piece of a correspondence is; the page's component knows these words."""

    LETTER = "letter"
    QUESTION = "question"
    SUPPLEMENT = "supplement"
    REDO = "redo"
    REPLY = "reply"
    FOLLOW_UP = "follow_up"


@dataclass(frozen=True, slots=True)
class CorrespondenceItem:
    """One piece of the correspondence; ``organisation`` is empty for what the citizen wrote."""

    kind: CorrespondenceKind
    text: str
    at: datetime
    organisation: str = ""


def correspondence(letter: Letter) -> list[CorrespondenceItem]:
    """Return the letter, questions, supplements, replies and the wish for a redo, in order."""
    first = CorrespondenceItem(CorrespondenceKind.LETTER, letter.text, letter.received_at)
    rest = [
        CorrespondenceItem(
            CorrespondenceKind(m.kind),
            m.text,
            m.created_at,
            m.organisation.name if m.organisation else "",
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
        )
        for reply in letter.signed_replies
    ]
    return [first, *sorted(rest, key=lambda piece: piece.at)]


@dataclass(frozen=True, slots=True)
class Milestone:
    """A step of the timeline: what happened, when, and the organisation in charge of it."""

    title: Message
    at: datetime
    organisation: str = ""


_FROM, _TO = "from", "to"
_STEPS: dict[str, tuple[str, str]] = {
    Action.SUBMIT: (N_("信件已寄达"), _TO),
    Action.ACCEPT: (N_("已受理"), _FROM),
    Action.DECLINE: (N_("不予受理"), _FROM),
    Action.RULE_DECLINE: (N_("不予受理"), _FROM),
    Action.DISPATCH: (N_("交由承办单位办理"), _TO),
    Action.TRANSFER: (N_("转由另一单位办理"), _TO),
    Action.RULE: (N_("由上级确定承办单位"), _TO),
    Action.SIGN_FOR: (N_("承办单位已签收"), _FROM),
    Action.RETURN: (N_("不属于该单位职责，退回重新分办"), _FROM),
    Action.ASK_CITIZEN: (N_("请您补充情况"), _FROM),
    Action.SUPPLEMENT: (N_("您补充了情况"), ""),
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
    """Return what has happened to the letter, oldest first; inner steps of an office left out."""
    events = session.scalars(
        sa.select(Event)
        .where(Event.letter_id == letter.id, Event.action.in_(_STEPS))
        .order_by(Event.occurred_at, Event.id)
    )
    return [_milestone(event) for event in events]


def _milestone(event: Event) -> Milestone:
    title, side = _STEPS[event.action]
    if event.action == Action.REVOKE_CONSENT and event.from_state == Publication.PUBLISHED:
        title = N_("您收回了公示同意，公示内容已撤下")
    place = {_FROM: event.organisation, _TO: event.to_organisation}.get(side)
    return Milestone(Message(title), event.occurred_at, place.name if place else "")


@dataclass(frozen=True, slots=True)
class Declined:
    """Why a letter was not accepted, where to turn instead, and the office's own words."""

    code: DeclineReason
    reason: str
    advice: str
    words: str


def declined(session: Session, letter: Letter) -> Declined | None:
    """Return the coded reason for which the letter was not accepted, if it was not."""
    if letter.state is not State.DECLINED:
        return None
    event = session.scalar(
        sa.select(Event)
        .where(
            Event.letter_id == letter.id,
            Event.axis == Axis.HANDLING,
            Event.to_state == State.DECLINED,
        )
        .order_by(Event.id.desc())
        .limit(1)
    )
    if event is None or not event.reason_code:
        return None
    code = DeclineReason(event.reason_code)
    reason, advice = DECLINE_LABELS[code]
    return Declined(code, reason, advice, event.reason or "")


@dataclass(frozen=True, slots=True)
class DueNote:
    """The due date explained, with what is left of the time.

    Both are empty while the clock stands still for the citizen; ``days`` then ends today.
    ``announced`` tells whether the holidays of that year are known yet.
    """

    due_on: date | None
    remaining: Remaining | None
    limit: Limit
    extension_days: int
    days: Sequence[TraceDay]
    announced: bool


def due_note(session: Session, letter: Letter, today: date) -> DueNote | None:
    """Return why the letter is due when it is due; nothing once it has ended."""
    if letter.state not in CLOCK_STATES | {State.AWAITING_CITIZEN} or letter.limit_code is None:
        return None
    time, calendar = handling_time(session, letter), work_calendar(session)
    try:
        limit = limit_for(letter.limit_code, time.start, limits_in_force(session))
    except LimitError:  # the rule was taken out of the table since: the date stands, unexplained
        return None
    until = letter.due_on or max(time.start, today)
    most = limit.days + time.extension
    return DueNote(
        due_on=letter.due_on,
        remaining=remaining(calendar, today, letter.due_on) if letter.due_on else None,
        limit=limit,
        extension_days=time.extension,
        days=calendar.trace(time.start, until, time.pauses, limit.unit, most),
        announced=calendar.announced(until),
    )
