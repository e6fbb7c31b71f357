"""The correspondence of a simulated letter: questions, extensions, replies, the rating."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any

from portal.domain.letters.states import Action
from portal.models import (
    Extension,
    Message,
    MessageKind,
    Model,
    Rating,
    Reply,
    ReplyStatus,
)
from portal.tools.simulation.texts import Wording
from portal.tools.simulation.trajectory import Point, Trajectory

Rows = dict[type[Model], list[dict[str, Any]]]
_MESSAGES: dict[str, tuple[MessageKind, tuple[str, ...]]] = {
    Action.ASK_CITIZEN: (
        MessageKind.QUESTION,
        (
            "请补充具体地点、时间，以便核实办理。",
            "请说明事情的经过，如有相关凭证也请一并说明。",
            "请告知是否已经向现场工作人员反映过，以及当时的答复。",
        ),
    ),
    Action.SUPPLEMENT: (
        MessageKind.SUPPLEMENT,
        (
            "具体地点和时间如下：每天傍晚最明显，就在大门左侧，请继续办理。",
            "经过就是信里写的那样，收据都还在，需要时可以提供。",
            "已经反映过，当时只说会登记，一直没有结果。",
        ),
    ),
    Action.REDO: (MessageKind.REDO, ("问题没有解决，请重新办理。",)),
}
_POOR = (
    "您好！您反映的问题已转相关科室办理。感谢您的来信。",
    "您好！来信收悉，我们将按有关规定研究处理。感谢您的支持。",
)
"""Answers after which citizens ask for a redo."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a letter is beside its trajectory: id, number, wording, sender, consent, rating."""

    letter_id: int
    number: str
    wording: Wording
    sender: str
    phone: str
    consents: bool
    attitude: int
    efficiency: int


def correspond(rows: Rows, letter: Trajectory, about: Written) -> None:
    """Add the rows of extensions, questions, supplements, the rating and replies."""
    extensions = [point for point in letter.points if point.action == Action.REQUEST_EXTENSION]
    grants = [point for point in letter.points if point.action == Action.GRANT_EXTENSION]
    for asked, grant in zip_longest(extensions, grants):
        rows[Extension].append(
            {
                "letter_id": about.letter_id,
                "days": asked.days,
                "reason": asked.reason,
                "requester_id": asked.actor_id,
                "requested_at": asked.at,
                "granted": True if grant else None,
                "decider_id": grant.actor_id if grant else None,
                "decided_at": grant.at if grant else None,
            }
        )
    for point in letter.points:
        if point.action in _MESSAGES:
            kind, texts = _MESSAGES[point.action]
            text = texts[about.letter_id % len(texts)]
            asks = kind is MessageKind.QUESTION
            rows[Message].append(
                {
                    "letter_id": about.letter_id,
                    "kind": kind,
                    "text": text,
                    "organisation_id": point.organisation_id if asks else None,
                    "author_id": point.actor_id,
                    "created_at": point.at,
                }
            )
        elif point.action == Action.RATE:
            rows[Rating].append(
                {
                    "letter_id": about.letter_id,
                    "attitude": about.attitude,
                    "efficiency": about.efficiency,
                    "created_at": point.at,
                }
            )
    _replies(rows, letter, about)


def _replies(rows: Rows, letter: Trajectory, about: Written) -> None:
    """Add the replies: one is drafted, perhaps sent back, and signed; a redo needs another."""
    row: dict[str, Any] | None = None
    full, poor = about.wording.reply, _POOR[about.letter_id % len(_POOR)]
    redone = letter.last(Action.REDO)
    for point in letter.points:
        if point.action == Action.REQUEST_SIGNOFF:
            if row is None:
                text = poor if redone and point.at < redone.at else full
                row = _reply(rows, about, point.organisation_id, point.actor_id, point.at, text)
            row["version"] += 1
            row["updated_at"], row["status"] = point.at, ReplyStatus.IN_REVIEW
            row["review_note"] = None
        elif point.action == Action.SEND_BACK and row is not None:
            row["status"], row["review_note"] = ReplyStatus.DRAFT, point.reason
        elif point.action == Action.SIGN and row is not None:
            row["status"], row["signer_id"] = ReplyStatus.SIGNED, point.actor_id
            row["signed_at"], row = point.at, None
        elif point.action == Action.CLOSE_MERGED:
            _shared_reply(rows, letter, about, point)


def _shared_reply(rows: Rows, letter: Trajectory, about: Written, closed: Point) -> None:
    """Answer a merged letter with the reply to the letter that led."""
    leader = letter.leader or letter
    written, signed = leader.last(Action.REQUEST_SIGNOFF), leader.last(Action.SIGN)
    author_id = written.actor_id if written else None
    said = f"您反映的问题与另一封来信相同，已合并办理，现答复如下：\n\n{about.wording.public[2]}"
    row = _reply(rows, about, closed.answered_by, author_id, closed.at, said)
    row["signer_id"] = signed.actor_id if signed else None
    row["version"], row["status"], row["signed_at"] = 1, ReplyStatus.SIGNED, closed.at


def _reply(
    rows: Rows,
    about: Written,
    organisation_id: int | None,
    author_id: int | None,
    at: datetime,
    text: str,
) -> dict[str, Any]:
    row = {
        "letter_id": about.letter_id,
        "organisation_id": organisation_id,
        "status": ReplyStatus.DRAFT,
        "text": text,
        "author_id": author_id,
        "signer_id": None,
        "created_at": at,
        "updated_at": at,
        "signed_at": None,
        "review_note": None,
        "version": 0,
    }
    rows[Reply].append(row)
    return row
