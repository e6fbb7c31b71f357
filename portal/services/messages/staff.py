"""Messages to members of staff: about letters that wait for them, each person as they chose."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.letters.states import Action
from portal.domain.messages.occasions import Frequency, Occasion
from portal.domain.messages.states import Channel
from portal.domain.organisations import path_ids
from portal.models import Event, Letter, RoleGrant, StaffMessages, User
from portal.queries.letters.queues import Queue, conditions, cutoffs, duties
from portal.queries.rules import work_calendar
from portal.queries.scope import Condition, letters_for, staff_actor
from portal.services.messages.posting import post

_STATES = (Queue.SUBMITTED, Queue.RETURNED, Queue.DISPATCHED, Queue.IN_PROGRESS, Queue.TODO)
"""The duties that follow from the state of a letter."""
_DUTIES: dict[Action, tuple[Queue, ...]] = {
    Action.REQUEST_EXTENSION: (Queue.EXTENSION,),
    Action.INVITE: (Queue.HELP,),
    Action.REQUEST_SIGNOFF: (Queue.SIGNOFF,),
    Action.PROPOSE_FOLLOW_UP: (Queue.SIGNOFF,),
    Action.APPEAL: (Queue.APPEAL,),
    Action.PROPOSE: (Queue.PUBLICATION,),
    Action.PROPOSE_CORRECTION: (Queue.PUBLICATION,),
    Action.URGE: (*_STATES, Queue.SIGNOFF),
    Action.SUPERVISE: (*_STATES, Queue.SIGNOFF),
}
"""Actions that are the business of those with certain duties only; the others follow the state."""


def post_to_staff(
    session: Session, letter: Letter, event: Event, occasion: Occasion, now: datetime
) -> None:
    """Post a message about ``event`` to everybody for whom the letter waits now, at once by their choice.

    Who did it learns nothing, nor does somebody whose account is disabled or may not read the letter.
    """
    at = cutoffs(work_calendar(session), now)
    for row in _candidates(session, letter, event, occasion):
        actor = staff_actor(row.user)
        found = duties(actor, conditions(actor, at))
        action = Action(event.action)
        parts: list[Condition] = [
            found[queue] for queue in _DUTIES.get(action, _STATES) if queue in found
        ]
        if action not in _DUTIES or occasion is Occasion.URGED:
            parts.append(Letter.assignee_id == row.user_id)
        query = sa.select(Letter.id).where(
            Letter.id == letter.id, letters_for(actor), sa.or_(sa.false(), *parts)
        )
        if session.scalar(query) is not None:
            once = f"event/{event.id}/user/{row.user_id}"
            post(
                session,
                occasion,
                Channel.MAIL,
                once,
                now,
                letter=letter,
                user=row.user,
                language=row.language,
            )


def _candidates(
    session: Session, letter: Letter, event: Event, occasion: Occasion
) -> list[StaffMessages]:
    """Return who wants to know at once and has a role at, above or beside the letter's organisation."""
    places = set(path_ids(letter.organisation.path))
    places |= {path_ids(path)[-1] for path in letter.helper_paths}
    near = sa.select(RoleGrant.user_id).where(RoleGrant.organisation_id.in_(places))
    query = (
        sa.select(StaffMessages)
        .join(User, User.id == StaffMessages.user_id)
        .where(
            reachable(),
            getattr(StaffMessages, str(occasion)) == Frequency.AT_ONCE,
            StaffMessages.user_id.in_(near),
            StaffMessages.user_id.is_distinct_from(event.actor_id),
        )
        .order_by(StaffMessages.id)
    )
    return list(session.scalars(query))


def reachable() -> Condition:
    """Return the condition on ``StaffMessages`` and ``User`` for addresses that messages may go to."""
    return sa.and_(
        StaffMessages.confirmed_at.is_not(None),
        StaffMessages.unreached.is_(None),
        User.disabled.is_(False),
    )
