"""The five steps every action on a letter takes, and the record it leaves.

``take`` is the only place that changes a letter's state: permission, transition, change, event,
interval. Services around it add what is special to their action.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor, Permission, can, may
from portal.domain.errors import Conflict, NotFound, NotPermitted
from portal.domain.events import ActorKind, Axis, RecordAction
from portal.domain.letters.states import Action, CloseReason, Publication, State
from portal.domain.letters.transitions import TRANSITIONS, advance
from portal.domain.statistics.measures import ENDED
from portal.models import Event, Letter, Organisation, StateInterval
from portal.services.core.facts import touch

_HELD = frozenset({State.AWAITING_CITIZEN, State.MERGED})


def load(
    session: Session, actor: Actor, letter_id: int, expected_version: int | None = None
) -> Letter:
    """Return the letter, locked for the rest of the unit of work.

    Raises :class:`NotFound` where there is none or staff may not read it, :class:`Conflict`
    where it is not the version the person was looking at.
    """
    query = sa.select(Letter).where(Letter.id == letter_id)
    letter = session.scalar(query.with_for_update(of=Letter))
    if letter is None:
        raise NotFound
    if actor.kind is ActorKind.STAFF and not can(actor, Permission.LETTER_READ, letter):
        raise NotFound
    if expected_version is not None and letter.version != expected_version:
        raise Conflict
    return letter


def take(
    session: Session,
    letter: Letter,
    action: Action,
    actor: Actor,
    now: datetime,
    *,
    to: Organisation | None = None,
    reason_code: str | None = None,
    reason: str | None = None,
    recorded_at: datetime | None = None,
) -> Event:
    """Take ``action`` on ``letter`` at ``now``; ``to`` is the organisation it moves to.

    Raises :class:`NotPermitted` or :class:`ActionNotAllowed` before anything is changed.
    """
    if not may(actor, action, letter):
        raise NotPermitted
    target = advance(letter, action, actor.user_id)
    axis = TRANSITIONS[action].axis
    before: State | Publication = letter.state if axis is Axis.HANDLING else letter.publication
    holder = letter.organisation_id
    if isinstance(target, State):
        _enter(letter, action, actor, target, now)
    else:
        letter.publication = target
    if to is not None:
        letter.organisation = to
        letter.organisation_id = to.id
        letter.hop_count += 1
        letter.assignee = None
    letter.version += 1
    if target != before or to is not None:
        _follow(session, letter, axis, str(target), now)
    event = record(
        session,
        str(action),
        axis,
        actor,
        now,
        letter=letter,
        from_state=str(before),
        to_state=str(target),
        organisation_id=holder,
        to_organisation_id=to.id if to else None,
        reason_code=reason_code,
        reason=reason,
        recorded_at=recorded_at,
    )
    if target != before and target in ENDED:
        event.due_on = letter.due_on
    return event


def _enter(letter: Letter, action: Action, actor: Actor, target: State, now: datetime) -> None:
    """Bring the columns that follow from the state up to date."""
    before = letter.state
    if actor.kind is ActorKind.STAFF and letter.first_response_at is None and target is not before:
        letter.first_response_at = now
    if target is before:
        return
    if before is State.CLOSED:
        letter.reopened = True
        letter.close_reason = None
        letter.closed_at = None
        letter.closing_organisation_id = None
    if target in _HELD:
        letter.state_before = before
    elif before in _HELD:
        letter.state_before = None
    if target in (State.IN_PROGRESS, State.DISPATCHED) and not letter.accepted:
        letter.accepted = True
        letter.accepted_at = now
    if target in ENDED:
        letter.closed_at = now
        letter.closing_organisation_id = letter.organisation_id
        if target is State.CLOSED:
            letter.close_reason = _CLOSE_REASONS[action]
    letter.state = target


_CLOSE_REASONS = {
    Action.SIGN: CloseReason.ANSWERED,
    Action.CLOSE_MERGED: CloseReason.MERGED,
    Action.TIME_OUT: CloseReason.NO_SUPPLEMENT,
}


def _follow(session: Session, letter: Letter, axis: Axis, state: str, now: datetime) -> None:
    """End the interval of the state that was left and begin the one that was entered."""
    session.flush()
    session.execute(
        sa.update(StateInterval)
        .where(
            StateInterval.letter_id == letter.id,
            StateInterval.axis == axis,
            StateInterval.ended_at.is_(None),
        )
        .values(ended_at=now)
    )
    session.add(
        StateInterval(
            letter_id=letter.id,
            axis=axis,
            state=state,
            organisation_id=letter.organisation_id,
            started_at=now,
        )
    )


def begin(
    session: Session,
    letter: Letter,
    actor: Actor,
    now: datetime,
    recorded_at: datetime | None = None,
) -> None:
    """Record the arrival of a new letter: its first event and interval."""
    session.add(letter)
    session.flush()
    _follow(session, letter, Axis.HANDLING, str(letter.state), now)
    record(
        session,
        str(Action.SUBMIT),
        Axis.HANDLING,
        actor,
        now,
        letter=letter,
        to_state=str(letter.state),
        to_organisation_id=letter.organisation_id,
        recorded_at=recorded_at,
    )


def record(
    session: Session,
    action: str | RecordAction,
    axis: Axis,
    actor: Actor,
    now: datetime,
    *,
    letter: Letter | None = None,
    from_state: str | None = None,
    to_state: str | None = None,
    organisation_id: int | None = None,
    to_organisation_id: int | None = None,
    reason_code: str | None = None,
    reason: str | None = None,
    subject: str | None = None,
    recorded_at: datetime | None = None,
) -> Event:
    """Write one event row; ``now`` is when it happened, ``recorded_at`` when it became known."""
    event = Event(
        letter_id=letter.id if letter else None,
        action=str(action),
        axis=axis,
        from_state=from_state,
        to_state=to_state,
        actor_kind=actor.kind,
        actor_id=actor.user_id,
        organisation_id=organisation_id,
        to_organisation_id=to_organisation_id,
        reason_code=reason_code,
        reason=reason,
        subject=subject,
        occurred_at=now,
        recorded_at=recorded_at or now,
    )
    session.add(event)
    if letter is not None and axis is not Axis.RECORD:
        touch(session, letter.id)
    return event
