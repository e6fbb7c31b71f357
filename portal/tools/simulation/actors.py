"""The people of a simulation: dispatcher, handlers and reviewers of every organisation."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from itertools import accumulate
from random import Random

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor, Role
from portal.domain.events import ActorKind
from portal.domain.organisations import OrganisationKind, path_ids
from portal.models import Organisation, RoleGrant, User
from portal.tools.samples.drawing import pick

_SURNAMES = "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉萍红玲文建国志海燕云飞春梅"
_TOP, _BRANCH, _LEAF = (
    (Role.DISPATCHER, Role.HANDLER, Role.REVIEWER, Role.REVIEWER, Role.SUPERVISOR),
    (Role.DISPATCHER, Role.HANDLER, Role.REVIEWER, Role.REVIEWER),
    (Role.HANDLER,),
)
_SHARES = {
    9: ("cq-gaj", "cq-rsj", "cq-gtj"),
    8: ("cq-jtw", "cq-jyw"),
    7: ("cq-szw",),
    6: ("cq-jw", "cq-wjw", "cq-hbj"),
    5: ("cq-gsxz", "ent-bus"),
    4: ("cq-mzj", "cq-ghj", "cq-gjj", "cq-ljxq", "ent-water", "ent-gas", "ent-power", "ent-metro"),
    3: ("cq-wjj", "cq-syj", "cq-sww"),
    2: ("cq-slj", "cq-nw", "cq-whw"),
}
"""Share of letters of the members with the most; the others go by their kind."""
_BUSY = {code: share for share, codes in _SHARES.items() for code in codes}


class Habit(StrEnum):
    """What some organisations do more often than others: answer late, publish."""

    SLOW = "slow"
    OPEN = "open"


_HABITS = {Habit.SLOW: 0.4, Habit.OPEN: 0.2}
_USUAL = {
    OrganisationKind.MUNICIPAL_DEPARTMENT: 1,
    OrganisationKind.DISTRICT_GOVERNMENT: 6,
    OrganisationKind.KEY_ENTERPRISE: 2,
}
NO_LOGIN = "!"
"""A password hash that matches no password: nobody can log in as a simulated person."""


def name(chance: Random) -> str:
    """Return an invented name of two or three characters."""
    given = "".join(chance.choices(_GIVEN, k=chance.randint(1, 2)))
    return chance.choice(_SURNAMES) + given


class Actors:
    """The organisations and their people: which of them receives a letter, who acts there."""

    def __init__(self, session: Session, chance: Random, now: datetime) -> None:
        rows = list(session.scalars(sa.select(Organisation).order_by(Organisation.id)))
        self.names = {each.id: each.name for each in rows}
        self.codes = {each.id: each.code for each in rows}
        self.kinds: dict[int, OrganisationKind] = {each.id: each.kind for each in rows}
        self.parents = {each.id: each.parent_id for each in rows}
        self._branch = {each.id: path_ids(each.path)[min(1, each.level)] for each in rows}
        self.root = next(each.id for each in rows if each.parent_id is None)
        self.members = [each.id for each in rows if each.level == 1]
        self.below: dict[int, list[int]] = {member: [] for member in self.members}
        for each in rows:
            if each.level > 1:
                self.below[self._branch[each.id]].append(each.id)
        self.lower = [i for ids in self.below.values() for i in ids]
        self._drawn = self._draws(chance)
        self._people: dict[tuple[int, Role], list[Actor]] = {}
        self._hire(session, rows, chance, now)

    def _hire(
        self, session: Session, rows: list[Organisation], chance: Random, now: datetime
    ) -> None:
        hired: list[tuple[Organisation, Role, User]] = []
        known = {user.username: user for user in session.scalars(sa.select(User))}
        for each in rows:
            roles = (_TOP, _BRANCH, _LEAF)[min(each.level, 2)]
            for number, role in enumerate(roles, start=1):
                username, full_name = f"sim.{each.code}.{number}", name(chance)
                user = known.get(username) or User(
                    username=username,
                    name=full_name,
                    disabled=True,
                    password_hash=NO_LOGIN,
                    created_at=now,
                    grants=[RoleGrant(role=role, organisation_id=each.id)],
                )
                hired.append((each, role, user))
        session.add_all(user for _, _, user in hired)
        session.flush()
        for each, role, user in hired:
            actor = Actor(ActorKind.STAFF, user.id, user.name)
            self._people.setdefault((each.id, role), []).append(actor)

    def _draws(self, chance: Random) -> dict[Habit | None, list[float]]:
        """Return the cumulative weights with which members are drawn, for each habit."""
        busy = [
            _BUSY.get(self.codes[i], _USUAL.get(self.kinds[i], 1)) * chance.lognormvariate(0.0, 0.4)
            for i in self.members
        ]
        found: dict[Habit | None, list[float]] = {None: list(accumulate(busy))}
        for habit, differs in _HABITS.items():
            weights = (each * chance.lognormvariate(0.0, differs) for each in busy)
            found[habit] = list(accumulate(weights))
        return found

    def member(self, chance: Random, habit: Habit | None = None) -> int:
        """Return an organisation of level 1, busy ones and those of ``habit`` more often."""
        return chance.choices(self.members, cum_weights=self._drawn[habit])[0]

    def other_member(self, chance: Random, than: int) -> int:
        """Return another organisation of level 1 than that of ``than``."""
        found = self.member(chance)
        while found == self._branch[than]:
            found = pick(chance, self.members)
        return found

    def person(self, place: int, role: Role, number: int = 0) -> Actor:
        """Return who holds ``role`` for ``place``: there, else in the branch, else at the top.

        Raises ``LookupError`` where nobody does.
        """
        for at in (place, self._branch[place], self.root):
            found = self._people.get((at, role))
            if found:
                return found[number % len(found)]
        raise LookupError(f"nobody is {role} for organisation {place}")
