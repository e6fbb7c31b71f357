"""Roles: what the command line gives at once, and what waits for a second administrator.

No administrator gives a role alone, to nobody: who keeps the accounts could else read every letter. The command line gives roles directly, because who runs it
has the database in hand, and because a new installation has only one administrator.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor, Permission, Role
from portal.domain.accounts.duties import exclude
from portal.domain.accounts.grant_requests import GrantOutcome, may_decide
from portal.domain.errors import N_, Conflict, InvalidInput, NotFound, NotPermitted
from portal.domain.events import ActorKind, RecordAction
from portal.models import GrantRequest, Organisation, RoleGrant, User
from portal.services.core.acting import record
from portal.services.core.permits import allow
from portal.services.core.sessions import end_sessions_of
from portal.services.core.unit import writing

Place = tuple[Role, int]
"""A role and the id of the organisation at which it is held."""
_NOTED = {
    GrantOutcome.GRANTED: RecordAction.APPROVE_GRANT,
    GrantOutcome.REFUSED: RecordAction.REFUSE_GRANT,
    GrantOutcome.WITHDRAWN: RecordAction.WITHDRAW_GRANT,
}


def waits_for_consent(actor: Actor) -> bool:
    """Return whether roles that ``actor`` gives need the consent of another administrator."""
    return actor.kind is not ActorKind.SYSTEM


def held_by(user: User) -> set[Place]:
    """Return the roles of ``user`` with their places."""
    return {(row.role, row.organisation_id) for row in user.grants}


def change_grants(
    session: Session,
    user: User,
    wanted: Iterable[Place],
    actor: Actor,
    now: datetime,
    *,
    noted: bool = True,
) -> None:
    """Bring the roles of ``user`` in line with ``wanted``.

    What is taken away is gone at once, and every session of the user ends. What an administrator
    adds becomes a request. A change is ``noted``, unless the caller does that.
    Raises :class:`InvalidInput` with ``grants``.
    """
    _lock(session, user)
    wanted, held = set(wanted), held_by(user)
    waiting = _waiting(session, user.id)
    added = wanted - held
    if added and exclude(role for role, _ in wanted | waiting):
        raise InvalidInput("grants", N_("系统管理、业务办理和审计的角色不能由同一人担任。"))
    if added & waiting:
        raise InvalidInput("grants", N_("这个角色已经申请，正在等另一位管理员同意。"))
    at_once = wanted & held if waits_for_consent(actor) else wanted
    if at_once != held:
        before = described(user)
        give(session, user, at_once)
        end_sessions_of(session, user.id, now)
        if noted:
            said = f"{before} → {described(user)}"
            note(session, RecordAction.CHANGE_GRANTS, user, actor, now, said)
    for role, organisation_id in sorted(wanted - at_once):
        _ask(session, user, role, _open(session, organisation_id), actor, now)


def give(session: Session, user: User, places: set[Place]) -> None:
    """Set the roles of ``user`` to ``places``; rows that stay are untouched."""
    kept = [row for row in user.grants if (row.role, row.organisation_id) in places]
    for role, organisation_id in sorted(places - held_by(user)):
        place = _open(session, organisation_id)
        kept.append(RoleGrant(role=role, organisation_id=place.id, organisation=place))
    user.grants = kept
    session.flush()


def _open(session: Session, organisation_id: int) -> Organisation:
    place = session.get(Organisation, organisation_id)
    if place is None or not place.active:
        raise InvalidInput("grants", N_("没有这个单位，或它已停用，请重新选择。"))
    return place


def _waiting(session: Session, user_id: int) -> set[Place]:
    rows = session.scalars(
        sa.select(GrantRequest).where(
            GrantRequest.user_id == user_id, GrantRequest.outcome == GrantOutcome.PENDING
        )
    )
    return {(row.role, row.organisation_id) for row in rows}


def _ask(
    session: Session, user: User, role: Role, place: Organisation, actor: Actor, now: datetime
) -> None:
    session.add(
        GrantRequest(
            user_id=user.id,
            role=role,
            organisation_id=place.id,
            requested_by_id=actor.user_id,
            requested_at=now,
        )
    )
    note(session, RecordAction.REQUEST_GRANT, user, actor, now, f"{role}@{place.code}")


def decide(request_id: int, outcome: GrantOutcome, actor: Actor, now: datetime) -> None:
    """End a request: another administrator grants or refuses it, who asked withdraws it.

    Raises :class:`NotFound`, :class:`NotPermitted` for who asked and who would get the role,
    :class:`Conflict` where it has ended, and :class:`InvalidInput` with ``grants``.
    """
    allow(actor, Permission.USERS_EDIT)
    with writing() as session:
        query = sa.select(GrantRequest).where(GrantRequest.id == request_id).with_for_update()
        found = session.scalar(query)
        if found is None:
            raise NotFound
        if outcome is GrantOutcome.WITHDRAWN:
            permitted = actor.user_id == found.requested_by_id
        else:
            permitted = may_decide(actor.user_id, found.requested_by_id, found.user_id)
        if not permitted:
            raise NotPermitted
        if found.outcome is not GrantOutcome.PENDING:
            raise Conflict
        found.outcome, found.decided_by_id, found.decided_at = outcome, actor.user_id, now
        if outcome is GrantOutcome.GRANTED:
            _grant(session, found.user, (found.role, found.organisation_id), now)
        said = f"{found.role}@{found.organisation.code}"
        note(session, _NOTED[outcome], found.user, actor, now, said)


def _lock(session: Session, user: User) -> None:
    """Lock the account and read its roles afresh: two consents side by side must see each other."""
    session.flush()
    session.refresh(user, with_for_update={"of": User})
    session.refresh(user, ["grants"])


def _grant(session: Session, user: User, place: Place, now: datetime) -> None:
    _lock(session, user)
    places = {*held_by(user), place}
    if user.must_change_password:
        # Whoever made that password up knows it, and would hold the role too.
        raise InvalidInput("grants", N_("本人还没有登录并改掉初始密码，改掉以后才能同意。"))
    if exclude(role for role, _ in places):
        raise InvalidInput("grants", N_("系统管理、业务办理和审计的角色不能由同一人担任。"))
    give(session, user, places)
    end_sessions_of(session, user.id, now)


def described(user: User) -> str:
    """Return the roles of ``user`` in one line, such as ``handler@cq-jyw, reviewer@cq-jyw``."""
    return ", ".join(sorted(f"{row.role}@{row.organisation.code}" for row in user.grants)) or "-"


def note(
    session: Session,
    action: RecordAction,
    user: User,
    actor: Actor,
    now: datetime,
    said: str | None = None,
) -> None:
    """Record what was done to the account of ``user``."""
    record(session, action, actor, now, subject=f"user:{user.username}", reason=said)
