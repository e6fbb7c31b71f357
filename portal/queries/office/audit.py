"""The audit trail: every event with actor, organisation and reason; no text of letters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.disclosure.requests import DisclosureAction
from portal.domain.events import ActorKind, Axis, RecordAction
from portal.domain.letters.states import Action
from portal.domain.periods import midnight
from portal.models import Event, Letter, Organisation, User
from portal.queries.disclosure.requests import subject_of
from portal.queries.paging import Slice, slice_of
from portal.queries.scope import Condition

EVENT_ACTIONS = {
    str(action): action.label for action in (*Action, *RecordAction, *DisclosureAction)
}
"""The label of every action that an event can name."""

_PRIVATE = frozenset({str(Action.REDO), str(Action.INVITE), str(Action.SUPPLEMENT)})
"""Actions whose reason is part of the correspondence of the letter."""
_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """A query of the trail; dates are civil days of the recording, both included."""

    number: str = ""
    person: str = ""
    action: str = ""
    axis: Axis | None = None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """One event; ``action`` and the states are codes of the domain."""

    id: int
    recorded_at: datetime
    occurred_at: datetime
    axis: Axis
    action: str
    actor_kind: ActorKind
    username: str
    name: str
    number: str
    from_state: str
    to_state: str
    organisation: str
    to_organisation: str
    acting_organisation: str
    reason_code: str
    reason: str
    subject: str


def audit_page(
    session: Session, asked: AuditQuery, page: int, size: int
) -> tuple[Slice, list[Trace]]:
    """Return one page of the trail, the newest first."""
    conditions = _conditions(asked)
    counted = sa.select(sa.func.count()).select_from(Event).where(*conditions)
    part = slice_of(session.scalars(counted).one(), page, size)
    query = _traces(conditions).offset(part.offset).limit(size)
    return part, [_trace(row) for row in session.execute(query)]


def audit_trail(session: Session, asked: AuditQuery) -> Iterator[Trace]:
    """Yield all events that match ``asked``, the newest first, read in batches."""
    before: int | None = None
    while True:
        conditions = _conditions(asked)
        if before is not None:
            conditions.append(Event.id < before)
        rows = session.execute(_traces(conditions).limit(_BATCH)).all()
        for row in rows:
            yield _trace(row)
        if len(rows) < _BATCH:
            return
        before = rows[-1].id


def _conditions(asked: AuditQuery) -> list[Condition]:
    found: list[Condition] = []
    if asked.number:
        letter = sa.select(Letter.id).where(Letter.number == asked.number)
        request = Event.subject == subject_of(asked.number)
        found.append(sa.or_(Event.letter_id.in_(letter), request))
    if asked.person:
        fits = sa.or_(
            User.username == asked.person.lower(),
            User.name.icontains(asked.person, autoescape=True),
        )
        found.append(
            sa.or_(
                Event.actor_id.in_(sa.select(User.id).where(fits)),
                Event.subject == f"user:{asked.person.lower()}",
            )
        )
    if asked.action:
        found.append(Event.action == asked.action)
    if asked.axis:
        found.append(Event.axis == asked.axis)
    if asked.first:
        found.append(Event.recorded_at >= midnight(asked.first))
    if asked.last and asked.last < date.max:
        found.append(Event.recorded_at < midnight(asked.last + timedelta(days=1)))
    return found


def _traces(conditions: list[Condition]) -> sa.Select[*tuple[Any, ...]]:
    target, superior = sa.orm.aliased(Organisation), sa.orm.aliased(Organisation)
    return (
        sa.select(
            Event.id,
            Event.recorded_at,
            Event.occurred_at,
            Event.axis,
            Event.action,
            Event.actor_kind,
            User.username,
            User.name,
            Letter.number,
            Event.from_state,
            Event.to_state,
            Organisation.name.label("organisation"),
            target.name.label("to_organisation"),
            superior.name.label("acting_organisation"),
            Event.reason_code,
            Event.reason,
            Event.subject,
        )
        .outerjoin(User, Event.actor_id == User.id)
        .outerjoin(Letter, Event.letter_id == Letter.id)
        .outerjoin(Organisation, Event.organisation_id == Organisation.id)
        .outerjoin(target, Event.to_organisation_id == target.id)
        .outerjoin(superior, Event.acting_organisation_id == superior.id)
        .where(*conditions)
        .order_by(Event.id.desc())
    )


def _trace(row: sa.Row[*tuple[Any, ...]]) -> Trace:
    values: dict[str, Any] = {
        name: "" if value is None else value for name, value in row._mapping.items()
    }
    if row.action in _PRIVATE or row.actor_kind is ActorKind.CITIZEN:
        values["reason"] = ""
    return Trace(**values)
