"""Accounts of people who sign in with an identity provider: found, made, given their roles."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import SYSTEM, Role
from portal.domain.accounts.duties import exclude
from portal.domain.accounts.identity import Rule, identity_key, roles_by_rule
from portal.domain.accounts.usernames import USERNAME_MAX, fold_username
from portal.domain.errors import N_, InvalidInput, LetterboxError, NotFound
from portal.domain.events import ActorKind, RecordAction
from portal.domain.translatable import Message
from portal.models import Organisation, User
from portal.models.user import ADDRESS_MAX
from portal.services.core.acting import record
from portal.services.core.typed_text import clean
from portal.services.core.unit import writing
from portal.services.office.grants import Place, change_grants, described, note
from portal.services.office.users import NAME_MAX

NO_PASSWORD = "!"  # noqa: S105 - the place of a hash, not a password
"""In the place of a hash, for which no password is right."""
_NOT_IN_NAMES = re.compile(r"[^a-z0-9._-]")


class NoAccount(LetterboxError):
    """The provider knows the person, the letterbox does not let that person in."""

    said = N_("您的账号没有信箱的角色，请联系本单位的管理员。")


def enter_with_identity(
    issuer: str,
    subject: str,
    username: str,
    name: str,
    groups: Iterable[str],
    rules: Iterable[Rule],
    now: datetime,
    address: str = "",
) -> tuple[int, str]:
    """Return id and user name of the account of a person who has signed in with a provider.

    The account is made at the first time. Its roles are those that ``rules`` give to ``groups``, at
    each login, and no others. Raises :class:`NoAccount` without any role, for a disabled
    account, and where an account of the letterbox has the user name already; the trail has the refusal
    with the ``address``.
    """
    try:
        return _entered(issuer, subject, username, name, groups, rules, now)
    except NoAccount:
        _note_refusal(identity_key(issuer, subject), address, now)
        raise


def _entered(
    issuer: str,
    subject: str,
    username: str,
    name: str,
    groups: Iterable[str],
    rules: Iterable[Rule],
    now: datetime,
) -> tuple[int, str]:
    key, wanted = identity_key(issuer, subject), roles_by_rule(frozenset(groups), rules)
    if exclude(role for role, _code in wanted):
        raise NoAccount(N_("系统管理、业务办理和审计的角色不能由同一人担任。"))
    with writing() as session:
        user = session.scalar(sa.select(User).where(User.identity == key).with_for_update(of=User))
        places = _places(session, wanted)
        if user is None:
            user = _made(session, key, username, name, now) if places else None
        elif user.disabled:
            user = None
        else:
            change_grants(session, user, places, SYSTEM, now)
        if user is not None and places:
            if not user.grants:
                change_grants(session, user, places, SYSTEM, now)
            user.last_login_at = now
            return user.id, user.username
    raise NoAccount


def _note_refusal(key: str, address: str, now: datetime) -> None:
    """Record that somebody was not let in, by name where there is an account."""
    who = replace(SYSTEM, address=address[:ADDRESS_MAX])
    with writing() as session:
        user = session.scalar(sa.select(User).where(User.identity == key))
        if user is not None:
            who = replace(who, kind=ActorKind.STAFF, user_id=user.id, name=user.name)
        subject = f"user:{user.username}" if user else "user:?"
        record(session, RecordAction.LOGIN_FAILED, who, now, subject=subject)


def link_identity(username: str, issuer: str, subject: str, now: datetime) -> None:
    """Give an account the identity ``subject`` of the provider ``issuer``.

    Raises :class:`NotFound`, or :class:`InvalidInput` with ``username`` where another account has it.
    """
    key = identity_key(issuer, subject)
    with writing() as session:
        user = session.scalar(sa.select(User).where(User.username == fold_username(username)))
        if user is None:
            raise NotFound
        other = session.scalar(sa.select(User.username).where(User.identity == key))
        if other not in (None, user.username):
            said = N_("这个身份已经属于账号 %(name)s。")
            raise InvalidInput("username", Message(said, {"name": other}))
        user.identity = key
        note(session, RecordAction.LINK_IDENTITY, user, SYSTEM, now)


def _places(session: Session, wanted: set[tuple[Role, str]]) -> set[Place]:
    """Return the roles at organisations that are open; a code that is none gives no role."""
    codes = {code for _role, code in wanted}
    query = sa.select(Organisation).where(Organisation.code.in_(codes))
    found = {each.code: each.id for each in session.scalars(query) if each.active}
    return {(role, found[code]) for role, code in wanted if code in found}


def _made(session: Session, key: str, username: str, name: str, now: datetime) -> User:
    username = _NOT_IN_NAMES.sub("", fold_username(clean(username, lines=False)))[:USERNAME_MAX]
    if len(username) < 2:
        username = f"id-{key[:12]}"
    if session.scalar(sa.select(User.id).where(User.username == username)) is not None:
        said = N_("用户名 %(name)s 已属于信箱自己的账号，请联系本单位的管理员关联。")
        raise NoAccount(Message(said, {"name": username}))
    user = User(
        username=username,
        name=clean(name, lines=False)[:NAME_MAX] or username,
        password_hash=NO_PASSWORD,
        identity=key,
        created_at=now,
    )
    session.add(user)
    session.flush()
    note(session, RecordAction.CREATE_USER, user, SYSTEM, now, described(user))
    return user
