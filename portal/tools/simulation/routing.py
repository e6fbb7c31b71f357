"""The routing of a letter to who answers it: accepted, dispatched, returned, ruled, transferred."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from random import Random

from portal.domain.access import Actor, Role
from portal.domain.letters.states import RETURN_LIMIT, Action
from portal.tools.samples.drawing import pick
from portal.tools.simulation.actors import Actors
from portal.tools.simulation.clock import OfficeClock
from portal.tools.simulation.trajectory import Trajectory

Move = Callable[[datetime], None]
"""An action of the letter, taken at the moment it is given."""
_RETURNED, _DISPUTED, _PASSED_DOWN, _TRANSFERRED = 0.04, 0.003, 0.25, 0.05
_SLOWEST = 3 * 3600
"""Seconds of office hours that each move of a route needs; with fewer the route is shortened."""
_ORDERS = ("请办理", "请依职责核实办理并答复来信人", "请按时限办理", "请阅处并答复来信人")
_NOT_OURS = ("不属于本单位职责范围", "经核实属其他单位职责", "反映事项不在本单位管辖范围")
_RULED = "经核对职责清单，请按此承办，不再退回"


class Router:
    """The router, which takes letters to the organisations that answer them."""

    def __init__(self, actors: Actors, clock: OfficeClock, chance: Random) -> None:
        self._actors, self._clock, self._chance = actors, clock, chance

    def place(self, letter: Trajectory, ends_at: datetime) -> None:
        """Have the letter accepted or signed for, well before ``ends_at``."""
        chance, clock = self._chance, self._clock
        moves = self._route(letter)
        room = clock.worked(ends_at) - clock.worked(letter.received_at)
        if room < len(moves) * _SLOWEST:
            moves = [self._accepted(letter)]
        part = (0.15 if len(moves) < RETURN_LIMIT + 1 else 0.4) + 0.3 * chance.random()
        placed = clock.moment(clock.worked(letter.received_at) + room * part)
        if not letter.received_at < placed < ends_at:
            placed = ends_at
        moments = clock.spread(chance, letter.received_at, placed, len(moves))
        for move, at in zip(moves, moments, strict=True):
            move(at)

    def _route(self, letter: Trajectory) -> list[Move]:
        actors, chance, draw = self._actors, self._chance, self._chance.random()
        if letter.accused_id is not None:
            return [self._accepted(letter)]
        if letter.organisation_id == actors.root:
            return self._from_office(letter, draw)
        below = actors.below.get(letter.organisation_id)
        if draw < _PASSED_DOWN and below:
            chosen = pick(chance, below)
            return [self._dispatched(letter, chosen), self._signed_for(letter)]
        if draw > 1 - _TRANSFERRED:
            to = actors.other_member(chance, letter.organisation_id)
            return [self._accepted(letter), self._transferred(letter, to), self._signed_for(letter)]
        return [self._accepted(letter)]

    def _from_office(self, letter: Trajectory, draw: float) -> list[Move]:
        actors, chance = self._actors, self._chance
        returns = RETURN_LIMIT if draw < _DISPUTED else 1 if draw < _RETURNED else 0
        member, moves = actors.member(chance), []
        for _ in range(returns):
            moves += [self._dispatched(letter, member), self._returned(letter)]
            member = actors.other_member(chance, member)
        last = self._ruled if returns == RETURN_LIMIT else self._dispatched
        return [*moves, last(letter, member), self._signed_for(letter)]

    def _by(self, letter: Trajectory, role: Role) -> Actor:
        return self._actors.person(letter.organisation_id, role)

    def _move(
        self,
        letter: Trajectory,
        action: Action,
        role: Role,
        to: int | None = None,
        reason: str | None = None,
    ) -> Move:
        return lambda at: letter.take(action, self._by(letter, role), at, to=to, reason=reason)

    def _accepted(self, letter: Trajectory) -> Move:
        return self._move(letter, Action.ACCEPT, Role.DISPATCHER)

    def _signed_for(self, letter: Trajectory) -> Move:
        return self._move(letter, Action.SIGN_FOR, Role.DISPATCHER)

    def _dispatched(self, letter: Trajectory, to: int) -> Move:
        order = pick(self._chance, _ORDERS)
        return self._move(letter, Action.DISPATCH, Role.DISPATCHER, to, order)

    def _returned(self, letter: Trajectory) -> Move:
        root, reason = self._actors.root, pick(self._chance, _NOT_OURS)
        returned = self._move(letter, Action.RETURN, Role.DISPATCHER, root, reason)

        def move(at: datetime) -> None:
            returned(at)
            if letter.return_count == RETURN_LIMIT:
                letter.ruling_id = root

        return move

    def _ruled(self, letter: Trajectory, to: int) -> Move:
        return self._move(letter, Action.RULE, Role.SUPERVISOR, to, _RULED)

    def _transferred(self, letter: Trajectory, to: int) -> Move:
        reason = pick(self._chance, _NOT_OURS)
        return self._move(letter, Action.TRANSFER, Role.HANDLER, to, reason)
