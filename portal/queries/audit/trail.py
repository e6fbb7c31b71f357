"""The audit trail: every event and everything that staff looked at, without a word of letters.

It is read from a place on, never counted: a page costs the same wherever it lies, of however many rows.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor
from portal.domain.audit.rows import ChainKind
from portal.domain.disclosure.requests import DisclosureAction
from portal.domain.events import ActorKind, Axis, ReadAction, RecordAction
from portal.domain.letters.states import Action
from portal.domain.periods import midnight
from portal.models import Event, Letter, Organisation, ReadEvent, User
from portal.queries.disclosure.requests import subject_of
from portal.queries.scope import Condition, letters_for

EVENT_ACTIONS = {
    str(action): action.label for action in (*ReadAction, *Action, *RecordAction, *DisclosureAction)
}
"""The label of every action that a row of the trail can name."""

_READS = frozenset(map(str, ReadAction))
_OTHER = {str(action): action.axis for action in RecordAction}
_BATCH = 1_000
_MOST_PEOPLE = 200


class Mark(NamedTuple):
    """The place of a row in the trail: kind and id distinguish rows of one moment."""

    recorded_at: datetime
    kind: ChainKind
    id: int


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """A query of the trail; dates are civil days of the recording, both included."""

    number: str = ""
    person: str = ""
    action: str = ""
    axis: Axis | None = None
    address: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """One row; ``action`` and the states are codes of the domain.

    ``letter_id`` is that of a letter which is still there.
    """

    kind: ChainKind
    id: int
    recorded_at: datetime
    occurred_at: datetime
    axis: Axis
    action: str
    actor_kind: ActorKind
    actor_id: int | None = None
    username: str = ""
    name: str = ""
    letter_id: int | None = None
    number: str = ""
    from_state: str = ""
    to_state: str = ""
    organisation: str = ""
    to_organisation: str = ""
    acting_organisation: str = ""
    reason_code: str = ""
    reason: str = ""
    subject: str = ""
    address: str = ""
    session_id: int | None = None

    @property
    def mark(self) -> Mark:
        """The place of the row."""
        return Mark(self.recorded_at, self.kind, self.id)


@dataclass(frozen=True, slots=True)
class TrailPage:
    """One page of the trail, the newest first; ``older`` is where the next one begins, if any."""

    rows: list[Trace]
    older: Mark | None


def audit_page(session: Session, asked: AuditQuery, before: Mark | None, size: int) -> TrailPage:
    """Return the page of the trail before ``before``, or the first one."""
    rows = list(islice(_merged(session, asked, before, size + 1), size + 1))
    return TrailPage(rows[:size], rows[size - 1].mark if len(rows) > size else None)


def audit_trail(session: Session, asked: AuditQuery) -> Iterator[Trace]:
    """Yield all rows that match ``asked``, the newest first, read in batches."""
    before: Mark | None = None
    while True:
        rows = list(islice(_merged(session, asked, before, _BATCH), _BATCH))
        yield from rows
        if len(rows) < _BATCH:
            return
        before = rows[-1].mark


def readable_numbers(session: Session, actor: Actor, rows: Iterable[Trace]) -> frozenset[str]:
    """Return the numbers of those letters in ``rows`` that ``actor`` may read."""
    ids = {row.letter_id for row in rows if row.letter_id is not None}
    if not ids:
        return frozenset()
    query = sa.select(Letter.number).where(Letter.id.in_(ids), letters_for(actor))
    return frozenset(session.scalars(query))


def account_names(session: Session, rows: Iterable[Trace]) -> Mapping[str, str]:
    """Return the names of the accounts that are the subjects of ``rows``, by user name."""
    wanted = {row.subject.removeprefix("user:") for row in rows if row.subject.startswith("user:")}
    query = sa.select(User.username, User.name).where(User.username.in_(wanted))
    return {row.username: row.name for row in session.execute(query)} if wanted else {}


def _merged(session: Session, asked: AuditQuery, before: Mark | None, most: int) -> Iterator[Trace]:
    """Yield at most ``most`` rows of each part of the trail in the order of the trail.

    Each part is one that an index leads through; a row that is in two of them comes once.
    """
    parts = [
        _part(session, table, conditions, before, most)
        for table, conditions in _parts(session, asked)
    ]
    last = None
    for row in heapq.merge(*parts, key=lambda row: row.mark, reverse=True):
        if row.mark != last:
            yield row
        last = row.mark


Part = tuple[type[Event] | type[ReadEvent], list[Condition]]


def _parts(session: Session, asked: AuditQuery) -> list[Part]:
    """Return tables and conditions whose rows together match ``asked``."""
    people = _people(session, asked.person) if asked.person else []
    parts: list[Part] = []
    for table in (Event, ReadEvent):
        common = _conditions(session, table, asked)
        if common is None:
            continue
        if not asked.person:
            parts.append((table, common))
            continue
        if people:
            parts.append((table, [*common, table.actor_id.in_(people)]))
        if table is Event:
            named = Event.subject == f"user:{asked.person.lower()}"
            parts.append((table, [*common, named]))
    return parts


def _people(session: Session, person: str) -> Sequence[int]:
    fits = sa.or_(User.username == person.lower(), User.name.icontains(person, autoescape=True))
    return session.scalars(sa.select(User.id).where(fits).limit(_MOST_PEOPLE)).all()


def _conditions(
    session: Session, table: type[Event] | type[ReadEvent], asked: AuditQuery
) -> list[Condition] | None:
    """Return the conditions on ``table``, ``None`` where none of its rows can match."""
    found: list[Condition] = []
    reads = table is ReadEvent
    if asked.action and (asked.action in _READS) != reads:
        return None
    if asked.axis and reads != (asked.axis is Axis.READING):
        return None
    if asked.number:
        letter_id = session.scalar(sa.select(Letter.id).where(Letter.number == asked.number))
        subject = table.subject == subject_of(asked.number)
        found.append(subject if letter_id is None else table.letter_id == letter_id)
    if asked.action:
        found.append(table.action == asked.action)
        if asked.action in _OTHER:
            # Said as the index says it, which leads to the few of them.
            found.append(
                sa.literal_column("event.axis IN ('record', 'administration')", sa.Boolean)
            )
    if asked.axis and table is Event:
        found.append(Event.axis == asked.axis)
    if asked.address:
        found.append(table.address == asked.address)
    if asked.first:
        found.append(table.recorded_at >= midnight(asked.first))
    if asked.last and asked.last < date.max:
        found.append(table.recorded_at < midnight(asked.last + timedelta(days=1)))
    return found


def _part(
    session: Session,
    table: type[Event] | type[ReadEvent],
    conditions: list[Condition],
    before: Mark | None,
    most: int,
) -> list[Trace]:
    if before is not None:
        conditions = [*conditions, _older(table, before)]
    query, trace = (_events(), _event) if table is Event else (_looks(), _look)
    # The ids are found first: names are looked up for those that the page shows.
    ids = (
        sa.select(table.id)
        .where(*conditions)
        .order_by(table.recorded_at.desc(), table.id.desc())
        .limit(most)
    )
    found = session.scalars(ids).all()
    rows = session.execute(query.where(table.id.in_(found))) if found else ()
    return sorted(map(trace, rows), key=lambda row: row.mark, reverse=True)


def _older(table: type[Event] | type[ReadEvent], mark: Mark) -> Condition:
    """Return the condition for rows of ``table`` behind the place ``mark``."""
    kind = ChainKind.EVENT if table is Event else ChainKind.READ
    if kind == mark.kind:
        at = sa.tuple_(table.recorded_at, table.id)
        return at < sa.tuple_(
            sa.literal(mark.recorded_at, table.recorded_at.type), sa.literal(mark.id)
        )
    if kind < mark.kind:
        return table.recorded_at <= mark.recorded_at
    return table.recorded_at < mark.recorded_at


def _events() -> sa.Select[*tuple[Any, ...]]:
    target, superior = sa.orm.aliased(Organisation), sa.orm.aliased(Organisation)
    return (
        sa.select(
            Event.id,
            Event.recorded_at,
            Event.occurred_at,
            Event.axis,
            Event.action,
            Event.actor_kind,
            Event.actor_id,
            User.username,
            User.name,
            Letter.id.label("letter_id"),
            Letter.number,
            Event.from_state,
            Event.to_state,
            Organisation.name.label("organisation"),
            target.name.label("to_organisation"),
            superior.name.label("acting_organisation"),
            Event.reason_code,
            Event.reason,
            Event.subject,
            Event.address,
            Event.session_id,
        )
        .outerjoin(User, Event.actor_id == User.id)
        .outerjoin(Letter, Event.letter_id == Letter.id)
        .outerjoin(Organisation, Event.organisation_id == Organisation.id)
        .outerjoin(target, Event.to_organisation_id == target.id)
        .outerjoin(superior, Event.acting_organisation_id == superior.id)
    )


def _looks() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            ReadEvent.id,
            ReadEvent.recorded_at,
            ReadEvent.action,
            ReadEvent.actor_id,
            User.username,
            User.name,
            Letter.id.label("letter_id"),
            Letter.number,
            ReadEvent.subject,
            ReadEvent.detail.label("reason"),
            ReadEvent.address,
            ReadEvent.session_id,
        )
        .outerjoin(User, ReadEvent.actor_id == User.id)
        .outerjoin(Letter, ReadEvent.letter_id == Letter.id)
    )


def _given(row: sa.Row[*tuple[Any, ...]]) -> dict[str, Any]:
    return {name: value for name, value in row._mapping.items() if value is not None}


def _event(row: sa.Row[*tuple[Any, ...]]) -> Trace:
    return Trace(kind=ChainKind.EVENT, **_given(row))


def _look(row: sa.Row[*tuple[Any, ...]]) -> Trace:
    return Trace(
        kind=ChainKind.READ,
        occurred_at=row.recorded_at,
        axis=Axis.READING,
        actor_kind=ActorKind.STAFF,
        **_given(row),
    )
