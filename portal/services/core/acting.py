"""The five steps every action on a letter takes, and the record it leaves.

``take`` asks for permission and the transition table, then writes what
:func:`portal.domain.letters.apply.apply` says of the action: the change, the event, the interval,
the due date. Services around it add what is special to their action.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor, Permission, acts_from, can, may
from portal.domain.disclosure.requests import DisclosureAction
from portal.domain.errors import Conflict, NotFound, NotPermitted
from portal.domain.events import ActorKind, Axis, RecordAction
from portal.domain.integrity.letters import arrival
from portal.domain.letters.apply import Clock, Effect, apply, receive
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import Action
from portal.domain.letters.transitions import advance
from portal.domain.messages.occasions import AFTER
from portal.domain.periods import civil_date
from portal.models import Event, Letter, Organisation, StateInterval, User
from portal.services.core.deadlines import choose_rule, compute_due
from portal.services.core.facts import touch
from portal.services.core.outbox import enqueue_event
from portal.services.core.unit import writing


@contextmanager
def changing(
    actor: Actor, letter_id: int, expected_version: int | None = None
) -> Iterator[tuple[Session, Letter]]:
    """Open a unit of work on a letter, which is locked until it ends.

    Raises :class:`NotFound` where there is none or staff may not read it, :class:`Conflict`
    where it is not the version the person was looking at.
    """
    with writing() as session:
        query = sa.select(Letter).where(Letter.id == letter_id)
        letter = session.scalar(query.with_for_update(of=Letter))
        if letter is None:
            raise NotFound
        if actor.kind is ActorKind.STAFF and not can(actor, Permission.LETTER_READ, letter):
            raise NotFound
        if expected_version is not None and letter.version != expected_version:
            raise Conflict
        yield session, letter


def take(
    session: Session,
    letter: Letter,
    action: Action,
    actor: Actor,
    now: datetime,
    *,
    to: Organisation | None = None,
    kind: Kind | None = None,
    extension_days: int | None = None,
    answered_by: int | None = None,
    urge_from: date | None = None,
    reason_code: str | None = None,
    reason: str | None = None,
) -> None:
    """Take ``action`` on ``letter`` at ``now``; ``to`` is the organisation it moves to, or that is invited.

    ``kind``, ``extension_days``, ``answered_by`` and ``urge_from`` are those of
    :func:`portal.domain.letters.apply.apply`. Raises :class:`NotPermitted` or
    :class:`ActionNotAllowed` before anything is changed.
    """
    if not may(actor, action, letter):
        raise NotPermitted
    advance(letter, action, actor.user_id, civil_date(now))
    acting = acts_from(actor, action, letter)
    effect = apply(
        letter,
        action,
        actor.kind,
        now,
        to.id if to else None,
        kind=kind,
        extension_days=extension_days,
        answered_by=answered_by,
        urge_from=urge_from,
    )
    promised = letter.due_on
    change(letter, effect)
    if to is not None and "organisation_id" in effect.changes:
        letter.organisation = to
        # A letter that is recalled goes back to the person who had it.
        letter.assignee = session.get(User, letter.assignee_id) if letter.assignee_id else None
    follow(session, letter, effect)
    if effect.chooses_rule:
        choose_rule(session, letter)
    if effect.clock is Clock.COMPUTE:
        letter.due_on = compute_due(session, letter)
    elif effect.clock is Clock.PROMISE:
        promised = compute_due(session, letter)
    _record(session, letter, effect, actor, reason_code, reason, promised, acting)


def change(letter: Letter, effect: Effect) -> None:
    """Give the letter the values that an action leaves."""
    for column, value in effect.changes.items():
        setattr(letter, column, value)


def follow(session: Session, letter: Letter, effect: Effect) -> None:
    """End the interval of the state that was left and begin the one that was entered."""
    begun = effect.interval
    if begun is None:
        return
    session.flush()
    session.execute(
        sa.update(StateInterval)
        .where(
            StateInterval.letter_id == letter.id,
            StateInterval.axis == begun.axis,
            StateInterval.ended_at.is_(None),
        )
        .values(ended_at=begun.started_at)
    )
    session.add(StateInterval(letter_id=letter.id, **begun.columns()))


def begin(session: Session, letter: Letter, actor: Actor, now: datetime) -> None:
    """Record the arrival of a new letter: its first event, its first interval, its due date."""
    effect = receive(letter.kind, letter.organisation_id, now)
    change(letter, effect)
    session.add(letter)
    session.flush()
    follow(session, letter, effect)
    choose_rule(session, letter)
    letter.due_on = compute_due(session, letter)
    code, subject = arrival(letter.kind, letter.category)
    _record(session, letter, effect, actor, code, subject=subject)


def _record(
    session: Session,
    letter: Letter,
    effect: Effect,
    actor: Actor,
    reason_code: str | None = None,
    reason: str | None = None,
    promised: date | None = None,
    acting: int | None = None,
    subject: str | None = None,
) -> None:
    event = Event(
        letter_id=letter.id,
        **effect.event.columns(),
        actor_kind=actor.kind,
        actor_id=actor.user_id,
        acting_organisation_id=acting,
        reason_code=reason_code,
        reason=reason,
        subject=subject,
        due_on=promised if effect.concludes else None,
        recorded_at=effect.event.occurred_at,
        address=actor.address or None,
        session_id=actor.session_id,
    )
    session.add(event)
    touch(session, letter.id)
    if effect.event.action in AFTER:
        enqueue_event(session, event, event.occurred_at)


def record(
    session: Session,
    action: RecordAction | DisclosureAction,
    actor: Actor,
    now: datetime,
    *,
    letter: Letter | None = None,
    from_state: str | None = None,
    to_state: str | None = None,
    organisation_id: int | None = None,
    reason_code: str | None = None,
    reason: str | None = None,
    subject: str | None = None,
    recorded_at: datetime | None = None,
) -> None:
    """Write an event that changes no letter.

    ``now`` is when it happened, ``recorded_at`` when it became known.
    """
    event = Event(
        letter_id=letter.id if letter else None,
        action=str(action),
        axis=action.axis if isinstance(action, RecordAction) else Axis.RECORD,
        from_state=from_state,
        to_state=to_state,
        actor_kind=actor.kind,
        actor_id=actor.user_id,
        organisation_id=organisation_id,
        reason_code=reason_code,
        reason=reason,
        subject=subject,
        occurred_at=now,
        recorded_at=recorded_at or now,
        address=actor.address or None,
        session_id=actor.session_id,
    )
    session.add(event)
