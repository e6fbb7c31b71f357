"""The SQL twin of :mod:`portal.domain.access`: which letters and requests an actor may see.

Lists and pages agree because both follow the same grants table; a test compares the two over every
role, reach and place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor, Grant, Permission, Reach
from portal.domain.events import ActorKind
from portal.domain.letters.states import State
from portal.domain.organisations import path_ids
from portal.models import (
    Appeal,
    CoHandling,
    DisclosureRequest,
    Letter,
    Organisation,
    RoleGrant,
    User,
)

Condition = sa.ColumnElement[bool]


def letters_for(actor: Actor, permission: Permission = Permission.LETTER_READ) -> Condition:
    """Return the condition on ``Letter`` for what ``actor`` has ``permission`` on.

    Its size does not grow with the grants: a person may hold some hundreds.
    """
    reached = _widest(actor.reaches(permission))
    if not reached:
        return sa.false()
    return sa.and_(
        _placed(permission, lambda place: within_reach(place, reached)), _unaccused(actor)
    )


Grants = Sequence[tuple[Grant, Reach]]
Place = (
    sa.ColumnElement[int]
    | sa.orm.InstrumentedAttribute[int]
    | sa.orm.InstrumentedAttribute[int | None]
)


def _placed(permission: Permission, within: Callable[[Place], Condition]) -> Condition:
    """Return the condition that a place of the letter which counts for ``permission`` is ``within``."""
    # A list of ids instead of a correlated subquery: databases then find both sides by index.
    helped = Letter.id.in_(
        sa.select(CoHandling.letter_id).where(within(CoHandling.organisation_id))
    )
    if permission is Permission.HANDLING_RULE:
        return within(sa.func.coalesce(Letter.ruling_id, Letter.organisation_id))
    if permission is Permission.APPEAL_DECIDE:
        waiting = sa.select(Appeal.letter_id).where(
            Appeal.decided_at.is_(None), within(Appeal.organisation_id)
        )
        return Letter.id.in_(waiting)
    if permission is Permission.CONTRIBUTION_WRITE:
        return helped
    sent = sa.and_(
        Letter.state == State.DISPATCHED,
        Letter.sent_from_id.is_not(None),
        within(Letter.sent_from_id),
    )
    if permission is Permission.HANDLING_RECALL:
        return sent
    held = within(Letter.organisation_id)
    return sa.or_(held, helped, sent) if permission is Permission.LETTER_READ else held


def within_reach(place: Place, reached: Grants) -> Condition:
    """Return the condition that some grant reaches ``place``."""
    tops = {g.organisation_id: g.path for g, reach in reached if reach is Reach.SUBTREE}
    # The subtree of the top is the whole tree and needs no list of ids.
    whole = any(len(path_ids(path)) == 1 for path in tops.values())
    if whole or any(reach is Reach.ALL for _, reach in reached):
        return sa.true()
    own = {g.organisation_id for g, reach in reached if reach is Reach.UNIT}
    parts = [place.in_(own)] if own else []
    if len(tops) == 1:
        parts += [place.in_(subtree_ids(path)) for path in tops.values()]
    elif tops:
        parts.append(place.in_(_subtrees(tops)))
    return sa.or_(sa.false(), *parts)


def _subtrees(tops: Iterable[int]) -> sa.Select[int]:
    """Return the ids of the organisations ``tops`` and of all below them."""
    walk = sa.select(Organisation.id).where(Organisation.id.in_(tops)).cte(recursive=True)
    below = sa.select(Organisation.id).where(Organisation.parent_id == walk.c.id)
    return sa.select(walk.union(below).c.id)


def _widest(reached: Grants) -> Grants:
    """Return ``reached`` without the grants that another one among them covers."""
    tops = {g.organisation_id for g, reach in reached if reach is Reach.SUBTREE}
    found = {}
    for grant, reach in reached:
        above = set(path_ids(grant.path))
        if reach is Reach.SUBTREE:
            above.discard(grant.organisation_id)
        if reach is Reach.ALL or tops.isdisjoint(above):
            found[grant.organisation_id, reach] = (grant, reach)
    return list(found.values())


def _unaccused(actor: Actor) -> Condition:
    """Return the condition that the letter is no report that is hidden from ``actor``.

    One role in the accused organisation, of whatever kind, hides it from the person.
    """
    lines = [path_ids(grant.path) for grant in actor.grants]
    free: Condition = Letter.accused_id.not_in({line[0] for line in lines})
    if below := {place for line in lines for place in line[1:]}:
        free = sa.and_(free, Letter.accused_id.not_in(predecessors(*below)))
    return sa.or_(Letter.accused_id.is_(None), free)


def _heirs() -> sa.CTE:
    """Return who took over from each ``closed`` organisation, one after the other."""
    heir = sa.orm.aliased(Organisation)
    walk = (
        sa.select(Organisation.id.label("closed"), Organisation.successor_id.label("heir"))
        .where(Organisation.successor_id.is_not(None))
        .cte("heirs", recursive=True)
    )
    after = sa.select(walk.c.closed, heir.successor_id)
    return walk.union(after.where(heir.id == walk.c.heir, heir.successor_id.is_not(None)))


_HEIRS = _heirs()


def predecessors(*heirs: int) -> sa.CompoundSelect[int]:
    """Return the ids of organisations and of all from which they have taken over."""
    closed = sa.select(_HEIRS.c.closed).where(_HEIRS.c.heir.in_(heirs))
    return sa.select(Organisation.id).where(Organisation.id.in_(heirs)).union(closed)


def requests_for(actor: Actor, permission: Permission = Permission.DISCLOSURE_READ) -> Condition:
    """Return the condition on ``DisclosureRequest`` for what ``actor`` has ``permission`` on."""
    reached = actor.reaches(permission)
    return within_reach(DisclosureRequest.organisation_id, reached) if reached else sa.false()


def subtree_ids(path: str) -> sa.Select[Any]:
    """Return the ids of the organisation at ``path`` and of all below it."""
    return sa.select(Organisation.id).where(Organisation.path.startswith(path, autoescape=True))


def readable_letter(session: Session, actor: Actor, number: str) -> Letter | None:
    """Return the letter of ``number``; ``None`` where ``actor`` may not read it."""
    return session.scalar(sa.select(Letter).where(Letter.number == number, letters_for(actor)))


def staff_actor(user: User) -> Actor:
    """Return a member of staff as who acts, or for whom something is looked up."""
    return Actor(ActorKind.STAFF, user.id, user.name, grants_of(user))


def grants_of(user: User) -> tuple[Grant, ...]:
    """Return the grants of a person as plain values."""
    return tuple(_grant(row) for row in user.grants)


def _grant(row: RoleGrant) -> Grant:
    return Grant(row.role, row.organisation_id, row.organisation.path)
