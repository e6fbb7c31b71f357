"""Who may change the instance itself: an administrator, or the operator at the command line."""

from __future__ import annotations

from portal.domain.access import Actor, Permission
from portal.domain.errors import NotPermitted
from portal.domain.events import ActorKind


def allow(actor: Actor, permission: Permission) -> None:
    """Raise :class:`NotPermitted` unless ``actor`` holds ``permission`` or is the operator.

    Whoever runs the command line has the database and its keys in hand; their actions are
    recorded as the system's.
    """
    if actor.kind is not ActorKind.SYSTEM and not actor.holds(permission):
        raise NotPermitted
