"""The SQL twin of :mod:`portal.domain.access`: which letters and requests an actor may see.

Lists and pages agree because both follow the same grants table; a test compares the two over every
role, reach and place.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor, Grant, Permission, Reach
from portal.domain.letters.states import State
from portal.domain.organisations import path_ids
from portal.models import CoHandling, DisclosureRequest, Letter, Organisation, RoleGrant, User

Condition = sa.ColumnElement[bool]


def letters_for(actor: Actor, permission: Permission = Permission.LETTER_READ) -> Condition:
    """Return the condition on ``Letter`` for what ``actor`` has ``permission`` on."""
    conditions = [
        sa.and_(_not_accused(grant), _placed(grant, reach, permission))
        for grant, reach in actor.reaches(permission)
    ]
    return sa.or_(*conditions) if conditions else sa.false()


def _not_accused(grant: Grant) -> Condition:
    return sa.or_(Letter.accused_id.is_(None), Letter.accused_id.not_in(path_ids(grant.path)))


def _placed(grant: Grant, reach: Reach, permission: Permission) -> Condition:
    # A list of ids instead of a correlated subquery: databases then find both sides by index.
    helped = Letter.id.in_(
        sa.select(CoHandling.letter_id).where(_reached(CoHandling.organisation_id, grant, reach))
    )
    if permission is Permission.HANDLING_RULE:
        place = sa.func.coalesce(Letter.ruling_id, Letter.organisation_id)
        return _reached(place, grant, reach)
    if permission is Permission.CONTRIBUTION_WRITE:
        return helped
    sent = sa.and_(
        Letter.state == State.DISPATCHED,
        Letter.sent_from_id.is_not(None),
        _reached(Letter.sent_from_id, grant, reach),
    )
    if permission is Permission.HANDLING_RECALL:
        return sent
    held = _reached(Letter.organisation_id, grant, reach)
    return sa.or_(held, helped, sent) if permission is Permission.LETTER_READ else held


def _reached(
    column: sa.ColumnElement[int]
    | sa.orm.InstrumentedAttribute[int]
    | sa.orm.InstrumentedAttribute[int | None],
    grant: Grant,
    reach: Reach,
) -> Condition:
    # The subtree of the top is the whole tree and needs no list of ids.
    if reach is Reach.ALL or (reach is Reach.SUBTREE and len(path_ids(grant.path)) == 1):
        return sa.true()
    if reach is Reach.UNIT:
        return column == grant.organisation_id
    return column.in_(subtree_ids(grant.path))


def requests_for(actor: Actor, permission: Permission = Permission.DISCLOSURE_READ) -> Condition:
    """Return the condition on ``DisclosureRequest`` for what ``actor`` has ``permission`` on."""
    column = DisclosureRequest.organisation_id
    found = [_reached(column, grant, reach) for grant, reach in actor.reaches(permission)]
    return sa.or_(*found) if found else sa.false()


def subtree_ids(path: str) -> sa.Select[Any]:
    """Return the ids of the organisation at ``path`` and of all below it."""
    return sa.select(Organisation.id).where(Organisation.path.startswith(path, autoescape=True))


def readable_letter(session: Session, actor: Actor, number: str) -> Letter | None:
    """Return the letter of ``number``; ``None`` where ``actor`` may not read it."""
    return session.scalar(sa.select(Letter).where(Letter.number == number, letters_for(actor)))


def grants_of(user: User) -> tuple[Grant, ...]:
    """Return the grants of a person as plain values."""
    return tuple(_grant(row) for row in user.grants)


def _grant(row: RoleGrant) -> Grant:
    return Grant(row.role, row.organisation_id, row.organisation.path)
