"""Which organisations have somebody in service for a duty, and who does it for the others.

A duty that nobody can do at an organisation falls to the nearest organisation above that has
somebody. Everything here is a subquery over organisations that does not look at letters.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Role
from portal.models import Organisation, RoleGrant, User


def in_service(*roles: Role) -> sa.Select[int, int]:
    """Return person and organisation of every role among ``roles`` held by somebody in service."""
    return (
        sa.select(RoleGrant.user_id, RoleGrant.organisation_id)
        .join(User, User.id == RoleGrant.user_id)
        .where(RoleGrant.role.in_(roles), User.disabled.is_(False))
    )


def places_with(*roles: Role) -> sa.Select[int]:
    """Return the ids of the organisations with somebody in service who has one of ``roles``."""
    return in_service(*roles).with_only_columns(RoleGrant.organisation_id)


WORKING = (Role.DISPATCHER, Role.HANDLER, Role.REVIEWER, Role.SUPERVISOR)
"""The roles of those who work on letters."""


def staffed() -> sa.ColumnElement[bool]:
    """Return the condition on ``Organisation`` for those where somebody in service works."""
    return Organisation.id.in_(places_with(*WORKING))


def without_staff(session: Session, organisations: Iterable[Organisation]) -> frozenset[int]:
    """Return the ids of those of ``organisations`` where nobody in service works."""
    ids = [each.id for each in organisations]
    query = sa.select(Organisation.id).where(Organisation.id.in_(ids), ~staffed())
    return frozenset(session.scalars(query))


def answered_for(places: Iterable[int], role: Role) -> sa.Select[int]:
    """Return the ids of the organisations for which ``places`` do the duty of ``role``.

    They are ``places`` themselves, which have somebody, and what is below them down to where
    somebody else has ``role``.
    """
    walk = sa.select(Organisation.id).where(Organisation.id.in_(set(places))).cte(recursive=True)
    below = sa.select(Organisation.id).where(
        Organisation.parent_id == walk.c.id, Organisation.id.not_in(places_with(role))
    )
    walk = walk.union_all(below)
    return sa.select(walk.c.id)


def passed_over(places: Iterable[int], role: Role) -> sa.Select[int, int]:
    """Return organisation and person where ``places`` do the duty in that person's stead.

    The person is the only one with ``role`` at the organisation, or at one between it and
    ``places``, and may not act: nobody reviews their own reply.
    """
    only = (
        in_service(role)
        .with_only_columns(
            RoleGrant.organisation_id.label("place"), sa.func.min(RoleGrant.user_id).label("person")
        )
        .group_by(RoleGrant.organisation_id)
        .having(sa.func.count() == 1)
        .cte()
    )
    reached = answered_for(places, role)
    walk = (
        sa.select(Organisation.id.label("place"), only.c.person)
        .join(only, only.c.place == Organisation.id)
        .where(Organisation.parent_id.in_(reached), Organisation.id.not_in(set(places)))
        .cte(recursive=True)
    )
    alone = sa.and_(only.c.place == Organisation.id, only.c.person == walk.c.person)
    below = (
        sa.select(Organisation.id, walk.c.person)
        .join(walk, Organisation.parent_id == walk.c.place)
        .outerjoin(only, alone)
        .where(
            sa.or_(only.c.place.is_not(None), Organisation.id.not_in(places_with(role))),
            Organisation.id.not_in(set(places)),
        )
    )
    walk = walk.union_all(below)
    return sa.select(walk.c.place, walk.c.person)
