"""The rows an imported letter becomes: just what the ordinary steps would have written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.events import ActorKind, Axis
from portal.domain.letters.states import Action, CloseReason, ConsentBasis, Kind, Source, State
from portal.domain.letters.transitions import TRANSITIONS
from portal.domain.periods import civil_date
from portal.models import ReplyStatus
from portal.queries.rules import letter_limit_in_force, work_calendar
from portal.services.importing.rows import ImportedLetter


class DueDates:
    """Limits and due dates, each asked for once."""

    def __init__(self, session: Session) -> None:
        self._session, self._calendar = session, work_calendar(session)
        self._known: dict[tuple[Kind, date], tuple[str, date | None]] = {}

    def __call__(self, kind: Kind, day: date) -> tuple[str, date | None]:
        if (kind, day) not in self._known:
            limit = letter_limit_in_force(self._session, kind, day)
            self._known[kind, day] = limit.code, self._calendar.due_on(day, limit)
        return self._known[kind, day]


@dataclass(frozen=True, slots=True)
class Step:
    """An action and the states on both sides of it; ``before`` is empty for the arrival."""

    action: Action
    before: State | None
    after: State


def _walk(*actions: Action) -> tuple[Step, ...]:
    """Return the steps of ``actions`` from arrival on, as the transition table has them."""
    steps = [Step(Action.SUBMIT, None, State.SUBMITTED)]
    for action in actions:
        row, before = TRANSITIONS[action], steps[-1].after
        if before not in row.sources or not isinstance(row.target, State):
            raise ValueError(f"{action} does not leave {before}")
        steps.append(Step(action, before, row.target))
    return tuple(steps)


ARRIVED = _walk()
ANSWERED = _walk(Action.ACCEPT, Action.REQUEST_SIGNOFF, Action.SIGN)


def letter_row(
    each: ImportedLetter,
    holder: int,
    accused: int | None,
    number: str,
    due: DueDates,
    publish: bool,
) -> dict[str, Any]:
    """Return the columns of a letter as it stands after the walk its source tells of."""
    limit_code, due_on = due(each.kind, civil_date(each.received_at))
    report = each.kind is Kind.REPORT
    public = publish and not report
    answered = bool(each.reply)
    return {
        "number": number,
        "source": Source.IMPORT,
        "source_key": each.key,
        "kind": each.kind,
        "was_report": report,
        "category": each.category,
        "title": each.title,
        "text": each.text,
        "sender_name": each.name,
        "sender_phone": each.phone,
        "sender_email": each.email,
        "consent_basis": ConsentBasis.PUBLISHED_AT_SOURCE if public else ConsentBasis.NONE,
        "state": State.CLOSED if answered else State.SUBMITTED,
        "close_reason": CloseReason.ANSWERED if answered else None,
        "version": len(ANSWERED if answered else ARRIVED),
        "organisation_id": holder,
        "received_organisation_id": holder,
        "accused_id": accused,
        "closing_organisation_id": holder if answered else None,
        "accepted": answered,
        "received_at": each.received_at,
        "clock_from": each.received_at,
        "accepted_at": each.replied_at,
        "closed_at": each.replied_at,
        "limit_code": limit_code,
        "due_on": due_on,
    }


def _moment(each: ImportedLetter, step: Step) -> datetime:
    return each.received_at if step.before is None or not each.replied_at else each.replied_at


def event_rows(
    letter_id: int, each: ImportedLetter, walk: tuple[Step, ...], holder: int, now: datetime
) -> list[dict[str, Any]]:
    """Return an event for each step; a reply's steps happened when it was given."""
    return [
        {
            "letter_id": letter_id,
            "action": str(step.action),
            "axis": Axis.HANDLING,
            "from_state": str(step.before) if step.before else None,
            "to_state": str(step.after),
            "actor_kind": ActorKind.CITIZEN if step.before is None else ActorKind.MACHINE,
            "organisation_id": holder if step.before else None,
            "to_organisation_id": None if step.before else holder,
            "occurred_at": _moment(each, step),
            "recorded_at": now,
        }
        for step in walk
    ]


def interval_rows(
    letter_id: int, each: ImportedLetter, walk: tuple[Step, ...], holder: int
) -> list[dict[str, Any]]:
    """Return an interval for each state of the walk, the last one open."""
    starts = [_moment(each, step) for step in walk]
    return [
        {
            "letter_id": letter_id,
            "axis": Axis.HANDLING,
            "state": str(step.after),
            "organisation_id": holder,
            "started_at": start,
            "ended_at": end,
        }
        for step, start, end in zip(walk, starts, [*starts[1:], None], strict=True)
    ]


def reply_row(letter_id: int, each: ImportedLetter, holder: int) -> dict[str, Any]:
    """Return the signed reply that the source holds; it names no person."""
    moments = dict.fromkeys(("created_at", "updated_at", "signed_at"), each.replied_at)
    return {
        "letter_id": letter_id,
        "organisation_id": holder,
        "status": ReplyStatus.SIGNED,
        "text": each.reply,
        **moments,
    }
