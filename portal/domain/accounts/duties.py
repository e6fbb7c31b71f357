"""The duties that roles belong to, which exclude one another."""

from __future__ import annotations

from collections.abc import Iterable

from portal.domain.access import Role
from portal.domain.errors import N_
from portal.domain.translatable import Labelled


class Duty(Labelled):
    """What a role is for; nobody holds roles of two duties."""

    SYSTEM = "system", N_("系统管理")
    BUSINESS = "business", N_("业务办理")
    AUDIT = "audit", N_("审计")


DUTIES: dict[Role, Duty] = {
    Role.ADMINISTRATOR: Duty.SYSTEM,
    Role.AUDITOR: Duty.AUDIT,
    Role.DISPATCHER: Duty.BUSINESS,
    Role.HANDLER: Duty.BUSINESS,
    Role.REVIEWER: Duty.BUSINESS,
    Role.SUPERVISOR: Duty.BUSINESS,
}


def exclude(roles: Iterable[Role]) -> bool:
    """Return whether ``roles`` belong to more than one duty, so that no account may hold them all."""
    return len({DUTIES[role] for role in roles}) > 1
