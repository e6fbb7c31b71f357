"""The people of the demo: an account to log in with for each role, and those who act in letters.

Every branch of the tree that a demo letter visits has its dispatcher, handler and reviewer, so
that histories show different names and nobody reviews what they wrote.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor, Role
from portal.domain.events import ActorKind
from portal.domain.organisations import path_ids
from portal.models import Organisation, RoleGrant, User
from portal.queries.scope import grants_of
from portal.tools.samples.organisations import ROOT_CODE

PASSWORD = "shu-xin-2016"  # noqa: S105 - printed beside the accounts it opens
HANDLER_BRANCH = "500112"
"""Branch of the handler's account: Yubei, which has many demo letters."""
_SURNAMES = "周吴郑冯褚卫蒋韩杨朱秦许吕施张孔曹严华金魏陶姜戚谢邹喻柏章苏潘葛范彭鲁韦马苗方俞袁柳"
_GIVEN = "敏静磊洋艳勇军杰娟涛明超兰霞平刚"
_BRANCH_ROLES = (Role.DISPATCHER, Role.HANDLER, Role.REVIEWER)


@dataclass(frozen=True, slots=True)
class Account:
    """An account to log in with, and where it works."""

    username: str
    name: str
    role: Role
    place: str


ACCOUNTS = (
    Account("chen.fen", "陈芬", Role.DISPATCHER, ROOT_CODE),
    Account("he.jing", "何静", Role.HANDLER, HANDLER_BRANCH),
    Account("shen.yi", "沈毅", Role.REVIEWER, ROOT_CODE),
    Account("shen.lan", "沈岚", Role.REVIEWER, ROOT_CODE),
    Account("du.min", "杜敏", Role.SUPERVISOR, ROOT_CODE),
    Account("guan.li", "关莉", Role.ADMINISTRATOR, ROOT_CODE),
    Account("ji.zhen", "纪真", Role.AUDITOR, ROOT_CODE),
)


class Staff:
    """The people of the demo by role and organisation."""

    def __init__(self, organisations: dict[str, Organisation]) -> None:
        self._organisations = organisations
        self._by_id = {each.id: each for each in organisations.values()}
        self._actors: dict[tuple[str, str], Actor] = {}

    def branch(self, code: str) -> str:
        """Return the code of the member of the letterbox (level 1) that ``code`` belongs to."""
        ids = path_ids(self._organisations[code].path)
        return self._by_id[ids[min(1, len(ids) - 1)]].code

    def actor(self, role: Role, code: str) -> Actor:
        """Return who holds ``role`` in the branch of ``code``."""
        return self._actors[str(role), self.branch(code)]

    def named(self, username: str) -> Actor:
        """Return the person of one of :data:`ACCOUNTS`."""
        return self._actors["", username]

    def hire(self, session: Session, visited: Iterable[str], hashed: str, now: datetime) -> None:
        """Create missing accounts; ``visited`` are the codes of organisations that get letters."""
        known = {user.username: user for user in session.scalars(sa.select(User))}
        places: dict[str, set[str]] = {self.branch(ROOT_CODE): {ROOT_CODE}}
        for code in visited:
            places.setdefault(self.branch(code), {self.branch(code)}).add(code)
        users: dict[tuple[str, str], User] = {}
        for account in ACCOUNTS:
            work = places[HANDLER_BRANCH] if account.role is Role.HANDLER else {account.place}
            user = known.get(account.username) or self._user(
                account.username, account.name, account.role, work, hashed, now
            )
            users["", account.username] = user
            if account.role in _BRANCH_ROLES:
                users.setdefault((str(account.role), account.place), user)
        for branch, codes in sorted(places.items()):
            for role in _BRANCH_ROLES:
                if (str(role), branch) not in users:
                    work = codes if role is Role.HANDLER else {branch}
                    username = f"{role}.{branch}".lower()
                    name = _name(username)
                    users[str(role), branch] = known.get(username) or self._user(
                        username, name, role, work, hashed, now
                    )
        session.add_all(users.values())
        session.flush()
        for key, user in users.items():
            self._actors[key] = Actor(ActorKind.STAFF, user.id, user.name, grants_of(user))

    def _user(
        self, username: str, name: str, role: Role, codes: set[str], hashed: str, now: datetime
    ) -> User:
        places = [self._organisations[code] for code in sorted(codes)]
        grants = [RoleGrant(role=role, organisation_id=o.id, organisation=o) for o in places]
        return User(
            username=username, name=name, password_hash=hashed, created_at=now, grants=grants
        )


def _name(username: str) -> str:
    """Return an invented name, always the same for the same account."""
    seed = zlib.crc32(username.encode())
    return _SURNAMES[seed % len(_SURNAMES)] + _GIVEN[seed // 97 % len(_GIVEN)]


def hired_at(session: Session) -> datetime | None:
    """Return when the demo's accounts were created; None where they are not all here."""
    names = [account.username for account in ACCOUNTS]
    moments = session.scalars(sa.select(User.created_at).where(User.username.in_(names))).all()
    return moments[0] if len(moments) == len(names) else None
