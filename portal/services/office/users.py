"""Accounts of the staff: creating them, giving roles, disabling, new passwords."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor, Permission, Role
from portal.domain.accounts.usernames import USERNAME_MAX, fold_username
from portal.domain.errors import N_, InvalidInput, NotFound
from portal.domain.events import RecordAction
from portal.domain.translatable import Message
from portal.models import RoleGrant, User
from portal.services.core.permits import allow
from portal.services.core.sessions import end_sessions_of
from portal.services.core.typed_text import required
from portal.services.core.unit import writing
from portal.services.office.accounts import hash_password
from portal.services.office.grants import (
    Place,
    change_grants,
    described,
    held_by,
    note,
    waits_for_consent,
)

NAME_MAX = 64
_USERNAME = re.compile(rf"[a-z0-9][a-z0-9._-]{{1,{USERNAME_MAX - 1}}}")
_CLEAR = "abcdefghjkmnpqrstuvwxyz23456789"


def one_time_password() -> str:
    """Return a password to hand over: 16 characters that are not mistaken for each other."""
    groups = ("".join(secrets.choice(_CLEAR) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


def create_user(
    username: str,
    name: str,
    password: str,
    grants: Iterable[Place],
    actor: Actor,
    now: datetime,
    *,
    one_time: bool = True,
) -> int:
    """Create an account with its roles and return its id.

    Roles that an administrator gives wait for another one, as in
    :func:`portal.services.office.grants.change_grants`.
    A ``one_time`` password must be changed by its owner before anything else; one that the owner
    has chosen need not be.
    Raises :class:`InvalidInput` with ``username``, ``name``, ``password`` or ``grants``.
    """
    allow(actor, Permission.USERS_EDIT)
    username = fold_username(username)
    if not _USERNAME.fullmatch(username):
        said = N_("用户名为 2 至 %(n)s 个小写字母、数字或 . _ -，以字母或数字开头。")
        raise InvalidInput("username", Message(said, {"n": USERNAME_MAX}))
    name = required("name", name, NAME_MAX, lines=False)
    # Hashing is slow on purpose, so it is done before the write lock is taken.
    password_hash = hash_password(password)
    with writing() as session:
        if session.scalar(sa.select(User.id).where(User.username == username)) is not None:
            raise InvalidInput("username", N_("这个用户名已被使用。"))
        user = User(
            username=username,
            name=name,
            password_hash=password_hash,
            created_at=now,
            must_change_password=one_time,
        )
        session.add(user)
        session.flush()
        wanted = set(grants)
        if not waits_for_consent(actor):
            change_grants(session, user, wanted, actor, now, noted=False)
        note(session, RecordAction.CREATE_USER, user, actor, now, described(user))
        change_grants(session, user, wanted, actor, now)
        return user.id


def set_grants(user_id: int, grants: Iterable[Place], actor: Actor, now: datetime) -> None:
    """Replace all roles of a user, whose sessions end: the roles hold from the next login on.

    What is taken away is gone at once; what an administrator adds waits for another one.
    """
    with _changing(user_id, actor) as (session, user):
        change_grants(session, user, grants, actor, now)


def add_grant(user_id: int, role: Role, place_id: int, actor: Actor, now: datetime) -> None:
    """Give a user one more role; raises :class:`InvalidInput` with ``grants``."""
    with writing() as session:
        set_grants(user_id, {*_held(session, user_id), (role, place_id)}, actor, now)


def remove_grant(user_id: int, grant_id: int, actor: Actor, now: datetime) -> None:
    """Take one role away from a user; one that is gone already stays gone."""
    with writing() as session:
        row = session.get(RoleGrant, grant_id)
        if row is not None and row.user_id == user_id:
            left = _held(session, user_id) - {(row.role, row.organisation_id)}
            set_grants(user_id, left, actor, now)


def _held(session: Session, user_id: int) -> set[Place]:
    user = session.get(User, user_id)
    return held_by(user) if user else set()


def disable(user_id: int, actor: Actor, now: datetime) -> None:
    """Disable an account and end its sessions; what it did stays on record."""
    with _changing(user_id, actor) as (session, user):
        if user.id == actor.user_id:
            raise InvalidInput("user", N_("不能停用自己的账号。"))
        user.disabled = True
        end_sessions_of(session, user.id, now)
        note(session, RecordAction.DISABLE_USER, user, actor, now)


def enable(user_id: int, actor: Actor, now: datetime) -> None:
    """Enable a disabled account."""
    with _changing(user_id, actor) as (session, user):
        user.disabled = False
        note(session, RecordAction.ENABLE_USER, user, actor, now)


def reset_password(
    user_id: int, password: str, actor: Actor, now: datetime, *, one_time: bool = True
) -> None:
    """Give an account another password; its sessions end.

    A ``one_time`` password must be changed by its owner before anything else. An administrator gives
    another one only while the account has no role and its owner has never logged in: who sets the password of
    somebody who works could work in that name. The command line sets any.
    Raises :class:`InvalidInput` with ``password`` or ``user``.
    """
    allow(actor, Permission.USERS_EDIT)
    fresh = hash_password(password)
    with _changing(user_id, actor) as (session, user):
        if waits_for_consent(actor) and not is_unused(user):
            said = N_("已经启用的账号，忘记密码时由运维人员用命令 letterbox user password 重设。")
            raise InvalidInput("user", said)
        user.password_hash, user.must_change_password = fresh, one_time
        end_sessions_of(session, user.id, now)
        note(session, RecordAction.RESET_PASSWORD, user, actor, now)


def is_unused(user: User) -> bool:
    """Return whether nobody has worked with the account of ``user`` yet, nor could."""
    return user.must_change_password and user.last_login_at is None and not user.grants


@contextmanager
def _changing(user_id: int, actor: Actor) -> Iterator[tuple[Session, User]]:
    allow(actor, Permission.USERS_EDIT)
    with writing() as session:
        user = session.get(User, user_id)
        if user is None:
            raise NotFound
        before = _administered(session)
        yield session, user
        session.flush()
        # Nobody would be left to undo it.
        if before and not _administered(session):
            raise InvalidInput("grants", N_("至少要保留一位在用的管理员。"))


def _administered(session: Session) -> bool:
    query = sa.select(User.id).join(RoleGrant)
    active = query.where(RoleGrant.role == Role.ADMINISTRATOR, User.disabled.is_(False))
    return session.scalar(active.limit(1)) is not None
