"""The way of a letter to whom it concerns: accepted, dispatched, returned, ruled on, passed on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from random import Random

from portal.domain.access import Actor, Role
from portal.domain.letters.states import RETURN_LIMIT, Action
from portal.tools.simulation.actors import Cast
from portal.tools.simulation.clock import OfficeClock
from portal.tools.simulation.trajectory import Life

Step = Callable[[datetime], None]
_RETURNED, _DISPUTED, _PASSED_DOWN, _TRANSFERRED = 0.04, 0.003, 0.25, 0.05
_SLOWEST = 3 * 3600
"""Seconds of office hours that each step of a way takes at least, before it is told shorter."""
_ORDERS = ("请办理", "请依职责核实办理并答复来信人", "请按时限办理", "请阅处并答复来信人")
_NOT_OURS = ("不属于本单位职责范围", "经核实属其他单位职责", "反映事项不在本单位管辖范围")
_RULED = "经核对职责清单，请按此承办，不再退回"


class Usher:
    """Brings letters to where they are answered, with the hops that this takes."""

    def __init__(self, cast: Cast, clock: OfficeClock, chance: Random) -> None:
        self._cast, self._clock, self._chance = cast, clock, chance

    def place(self, life: Life, ends_at: datetime) -> None:
        """Have the letter accepted or signed for, well before ``ends_at``."""
        chance, clock = self._chance, self._clock
        steps = self._way(life)
        room = clock.worked(ends_at) - clock.worked(life.received_at)
        if room < len(steps) * _SLOWEST:
            steps = [self._accepted(life)]
        part = (0.15 if len(steps) < RETURN_LIMIT + 1 else 0.4) + 0.3 * chance.random()
        placed = clock.moment(clock.worked(life.received_at) + room * part)
        if not life.received_at < placed < ends_at:
            placed = ends_at
        moments = clock.spread(chance, life.received_at, placed, len(steps))
        for step, at in zip(steps, moments, strict=True):
            step(at)

    def _way(self, life: Life) -> list[Step]:
        cast, chance, draw = self._cast, self._chance, self._chance.random()
        if life.accused_id is not None:
            return [self._accepted(life)]
        if life.holder_id == cast.root:
            return self._from_office(life, draw)
        below = cast.below.get(life.holder_id)
        if draw < _PASSED_DOWN and below:
            chosen = below[int(chance.random() * len(below))]
            return [self._dispatched(life, chosen), self._signed_for(life)]
        if draw > 1 - _TRANSFERRED:
            to = cast.other_member(chance, life.holder_id)
            return [self._accepted(life), self._transferred(life, to), self._signed_for(life)]
        return [self._accepted(life)]

    def _from_office(self, life: Life, draw: float) -> list[Step]:
        cast, chance = self._cast, self._chance
        returns = RETURN_LIMIT if draw < _DISPUTED else 1 if draw < _RETURNED else 0
        member, steps = cast.member(chance), []
        for _ in range(returns):
            steps += [self._dispatched(life, member), self._returned(life)]
            member = cast.other_member(chance, member)
        last = self._ruled if returns == RETURN_LIMIT else self._dispatched
        return [*steps, last(life, member), self._signed_for(life)]

    def _by(self, life: Life, role: Role) -> Actor:
        return self._cast.person(life.holder_id, role)

    def _said(self, texts: tuple[str, ...]) -> str:
        return texts[int(self._chance.random() * len(texts))]

    def _accepted(self, life: Life) -> Step:
        return lambda at: life.take(Action.ACCEPT, self._by(life, Role.DISPATCHER), at)

    def _signed_for(self, life: Life) -> Step:
        return lambda at: life.take(Action.SIGN_FOR, self._by(life, Role.DISPATCHER), at)

    def _dispatched(self, life: Life, to: int) -> Step:
        said = self._said(_ORDERS)
        return lambda at: life.move(Action.DISPATCH, self._by(life, Role.DISPATCHER), at, to, said)

    def _returned(self, life: Life) -> Step:
        said = self._said(_NOT_OURS)

        def step(at: datetime) -> None:
            life.move(Action.RETURN, self._by(life, Role.DISPATCHER), at, self._cast.root, said)
            if life.returns == RETURN_LIMIT:
                life.ruling_id = self._cast.root

        return step

    def _ruled(self, life: Life, to: int) -> Step:
        return lambda at: life.move(Action.RULE, self._by(life, Role.SUPERVISOR), at, to, _RULED)

    def _transferred(self, life: Life, to: int) -> Step:
        said = self._said(_NOT_OURS)
        return lambda at: life.move(Action.TRANSFER, self._by(life, Role.HANDLER), at, to, said)
