"""No letter falls out of sight: somebody in service has every letter that waits for the office."""

from collections import Counter
from random import Random

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import rule, run_state_machine_as_test

from portal.domain.access import Role, may
from portal.domain.letters.states import CLOCK_STATES, Action
from portal.domain.letters.transitions import objection
from portal.models import Letter, Organisation, OrganisationVersion, RoleGrant, User
from portal.queries.letters.queues import Queue, conditions, cutoffs
from portal.queries.rules import work_calendar
from portal.queries.scope import letters_for
from portal.services.core.unit import writing
from portal.services.office import organisations
from tests.builders import World
from tests.services.letters.test_life import CHANCE, PEOPLE, Life

STAYING = frozenset({"office_dispatcher", "office_reviewer", "office_supervisor"})
"""The people at the top who stay, without whom nobody has what falls to the top."""
LEAVING = [name for name in PEOPLE if name not in STAYING]
CLOSES = 0.1
"""How often an organisation closes instead."""
WORKING = [Role.DISPATCHER, Role.HANDLER, Role.REVIEWER, Role.SUPERVISOR]


class Staffed(Life):
    """A life in which people come and go while letters are under way."""

    @rule(chance=CHANCE)
    def weeks_go_by(self, chance: Random) -> None:
        """Letters move, people come and go; then somebody has every letter to do."""
        for _ in range(8):
            steps = (self.do_something_possible, self.go_on, self.dispute, self.come_and_go)
            (step,) = chance.choices(steps, weights=(8, 6, 2, 8))
            step(self.pick(chance), chance)
        self.everything_is_in_sight()

    def come_and_go(self, _letter: Letter, chance: Random) -> None:
        """Somebody is disabled, comes back, is given a role or loses all; or a place closes."""
        name, change = chance.choice(LEAVING), chance.choice(["out", "out", "in", "take", "give"])
        if chance.random() < CLOSES:
            closing, successor = chance.choice(list(CLOSING.items()))
            actor = self.world.actor("office_administrator")
            self.attempt(organisations.close, self.world[closing], self.world[successor], actor)
            return
        with writing() as unit:
            user = unit.get_one(User, self.world.people[name])
            if change in ("out", "in"):
                user.disabled = change == "out"
            elif change == "take":
                user.grants.clear()
            else:
                role, place = chance.choice(WORKING), self.world[chance.choice(PLACE_CODES)]
                if (role, place) not in {(g.role, g.organisation_id) for g in user.grants}:
                    user.grants.append(RoleGrant(role=role, organisation_id=place))

    def somebody(self, letter: Letter, duty: str) -> str:
        """Return whose duty it is; where that person has left, somebody at the top tries."""
        name = super().somebody(letter, duty)
        user = self.session.get_one(User, self.world.people[name])
        return "office_dispatcher" if user.disabled else name

    def everything_is_in_sight(self) -> None:
        """Every letter that waits for the office is to be done by somebody who can bring it on."""
        self.session.rollback()
        at = cutoffs(work_calendar(self.session), self.now)
        waiting = set(
            self.session.scalars(
                sa.select(Letter.id).where(
                    Letter.id.in_(self.letters), Letter.state.in_(CLOCK_STATES)
                )
            )
        )
        query = sa.select(User.username).where(User.disabled.is_(False)).order_by(User.id.desc())
        for name in self.session.scalars(query).all():
            actor = self.world.actor(name)
            todo = conditions(actor, at)[Queue.TODO]
            mine = sa.select(Letter).where(letters_for(actor), todo, Letter.id.in_(waiting))
            waiting -= {
                letter.id
                for letter in self.session.scalars(mine)
                if any(
                    may(actor, action, letter) and objection(letter, action, actor.user_id) is None
                    for action in ONWARD
                )
            }
            if not waiting:
                return
        lost = [self.session.get_one(Letter, i) for i in waiting]
        raise AssertionError([(x.state, x.organisation.code, x.return_count) for x in lost])

    def teardown(self) -> None:
        """Count what was done, and put everybody back in service."""
        super().teardown()
        with writing() as unit:
            unit.execute(sa.update(User).values(disabled=False))
            unit.execute(sa.update(Organisation).values(closed_on=None, successor_id=None))
            unit.execute(sa.update(OrganisationVersion).values(valid_to=None))


ONWARD = frozenset(
    {
        *(Action.ACCEPT, Action.DISPATCH, Action.TRANSFER, Action.SIGN_FOR, Action.RETURN),
        *(Action.RULE, Action.REQUEST_SIGNOFF, Action.SIGN, Action.SEND_BACK),
    }
)
"""The actions that bring a letter nearer to its answer."""
CLOSING = {"city": "police", "bureau": "township", "water": "office"}
"""Organisations that may close, each with who takes over."""
PLACE_CODES = ["office", "city", "police", "district", "bureau", "township", "water"]


@pytest.mark.slow
def test_no_letter_falls_out_of_sight(world: World) -> None:
    """Whoever leaves or comes, a letter that waits for the office waits for somebody."""
    taken: Counter[str] = Counter()
    machine = type("OneLife", (Staffed,), {"world": world, "taken": taken, "tried": Counter()})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=8,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert len(taken) > 15, f"the lives were too short to prove anything: {taken}"
