"""Random lives: any actions by any people, and what must hold after each of them."""

from collections import Counter
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from portal.domain.errors import LetterboxError
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import RETURN_LIMIT, Action, Publication, State
from portal.domain.letters.transitions import objection
from portal.domain.periods import midnight
from portal.models import AuditKeys, Event, Letter, StateInterval
from portal.queries.audit.check import verify
from portal.queries.figures import extension_faults, rating_faults
from portal.queries.integrity import contradictions
from portal.services.audit.sealing import ensure_chain
from tests.builders import ROLES, START, World, new_letter, send
from tests.services.audit.conftest import seal_all
from tests.services.letters.life_checks import check_letter, check_record
from tests.services.letters.life_moves import (
    CITIZEN,
    MOVES,
    PLACE_NAMES,
    SYSTEM,
    TOP,
    UNVERSIONED,
    Try,
)
from tests.services.statistics.test_record import faults as record_faults
from tests.services.statistics.test_record import grow

PEOPLE = [f"{place}_{role}" for place, roles in ROLES.items() for role in dict.fromkeys(roles)]
ABOVE = {"bureau": "district", "township": "district"}
CHANCE = st.randoms(use_true_random=True)
PLACE = st.sampled_from(PLACE_NAMES)


class Life(RuleBasedStateMachine):
    """Up to three letters in the test world; every step tries a service, refused or not."""

    world: World
    taken: Counter[str]
    tried: Counter[Action]

    def __init__(self) -> None:
        super().__init__()
        self.session = self.world.session
        self.now: datetime = START
        self.letters: list[int] = []
        self.before: dict[int, tuple[State, Publication, int, int, bool]] = {}

    @initialize(
        first=PLACE,
        others=st.lists(
            st.tuples(st.none() | PLACE, st.sampled_from(Kind), st.booleans()),
            min_size=2,
            max_size=2,
        ),
    )
    def write(self, first: str, others: list[tuple[str | None, Kind, bool]]) -> None:
        """Citizens write: one letter that may become public, and up to two of any sort."""
        for place, kind, consent in [(first, Kind.HELP, True), *others]:
            new = new_letter(self.world[place] if place else None, kind=kind, consent=consent)
            self.now += timedelta(hours=1)
            self.letters.append(send(new, self.now).id)

    def pick(self, chance: Random) -> Letter:
        """Return one of the letters as it is now."""
        self.session.rollback()
        return self.session.get_one(Letter, chance.choice(self.letters))

    def somebody(self, letter: Letter, duty: str) -> str:
        """Return the person whose duty it is where the letter lies."""
        if duty == TOP:
            return "office_supervisor"
        if duty == "helper":
            waiting = [h for h in letter.helpers if h.contribution is None]
            code = waiting[0].organisation.code if waiting else "office"
            return f"{code}_handler"
        if duty == "sender":
            sender = letter.sent_from.code if letter.sent_from else "office"
            return f"{sender}_dispatcher"
        place = self.world.place_of(letter)
        own = f"{place}_{duty}"
        return own if own in self.world.people else f"{ABOVE[place]}_{duty}"

    def attempt(self, service: Any, *values: Any) -> None:
        """Call a service five hours later; a refusal is an answer like any other."""
        self.now += timedelta(hours=5)
        try:
            service(*values, self.now)
        except LetterboxError:
            self.session.rollback()

    def take(
        self, letter: Letter, action: Action, chance: Random, who: str = "", stale: int = 0
    ) -> None:
        """Try ``action`` on the letter by ``who``, or by the person whose duty it is."""
        duty, service, values = MOVES[action]
        given = values(Try(self.world, letter, self.letters, chance))
        if duty == SYSTEM:
            self.now += timedelta(days=20)
            self.attempt(service)
        elif duty == CITIZEN:
            self.attempt(service, letter.id, *given)
        else:
            actor = self.world.actor(who or self.somebody(letter, duty))
            self.attempt(service, letter.id, letter.version - stale, *given, actor)

    @rule(chance=CHANCE)
    def weeks_go_by(self, chance: Random) -> None:
        """Things happen, most of them such as the letters allow."""
        steps = (
            self.do_something_possible,
            self.go_on,
            self.overreach,
            self.save,
            self.dispute,
            self.wait,
        )
        for _ in range(8):
            (step,) = chance.choices(steps, weights=(20, 12, 4, 2, 2, 1))
            step(self.pick(chance), chance)
            self.life_is_sound()

    def do_something_possible(self, letter: Letter, chance: Random) -> None:
        """Somebody takes the action that the letter allows now and that was tried least."""
        possible = [
            a
            for a in MOVES
            if objection(letter, a, letter.author_id if a is Action.RECALL_SIGNOFF else None)
            is None
        ]
        if possible:
            action = min(possible, key=lambda each: (self.tried[each], chance.random()))
            self.tried[action] += 1
            self.take(letter, action, chance)

    def go_on(self, letter: Letter, chance: Random) -> None:
        """The office brings the letter one step nearer to an answer, or to the public."""
        onward = {
            State.SUBMITTED: Action.ACCEPT,
            State.RETURNED: Action.ACCEPT,
            State.DISPATCHED: Action.SIGN_FOR,
            State.IN_PROGRESS: Action.REQUEST_SIGNOFF,
            State.AWAITING_SIGNOFF: Action.SIGN,
            State.CLOSED: (
                Action.PUBLISH if letter.publication is Publication.PROPOSED else Action.PROPOSE
            ),
        }
        if letter.state in onward:
            self.take(letter, onward[letter.state], chance)

    def dispute(self, letter: Letter, chance: Random) -> None:
        """A letter is sent on and comes back, until the superior has to say whose it is."""
        for _ in range(RETURN_LIMIT):
            for action in (Action.DISPATCH, Action.RETURN):
                self.take(self.session.get_one(Letter, letter.id), action, chance)
                self.session.rollback()
        ruling = chance.choice([Action.RULE, Action.RULE_DECLINE])
        self.take(self.session.get_one(Letter, letter.id), ruling, chance)

    def wait(self, letter: Letter, chance: Random) -> None:
        """Nothing happens until the answer is late, and the sender urges."""
        if letter.due_on is not None:
            self.now = max(self.now, midnight(letter.due_on + timedelta(days=1)))
            self.take(letter, Action.URGE, chance)

    def overreach(self, letter: Letter, chance: Random) -> None:
        """Anybody tries anything, also from a page that is out of date."""
        action = chance.choice(list(MOVES))
        self.take(letter, action, chance, chance.choice(PEOPLE), chance.choice([0, 0, 1, 2]))

    def save(self, letter: Letter, chance: Random) -> None:
        """Somebody saves a draft, or masks what was found."""
        duty, service, values = UNVERSIONED[chance.choice(list(UNVERSIONED))]
        given = values(Try(self.world, letter, self.letters, chance))
        self.attempt(service, letter.id, *given, self.world.actor(self.somebody(letter, duty)))

    @invariant()
    def life_is_sound(self) -> None:
        """Hold every letter to what must be true of it."""
        self.session.rollback()
        for letter_id in self.letters:
            letter = self.session.get_one(Letter, letter_id)
            events = self.rows(Event, letter_id)
            check_record(letter, events, self.rows(StateInterval, letter_id))
            check_letter(letter, events)
            self.check_progress(letter, len(events))

    def rows(self, table: Any, letter_id: int) -> list[Any]:
        """Return the rows of a letter, oldest first."""
        query = sa.select(table).where(table.letter_id == letter_id).order_by(table.id)
        return list(self.session.scalars(query))

    def check_progress(self, letter: Letter, events: int) -> None:
        """Compare with what was true before: no way back from an end, no change untold."""
        now = (letter.state, letter.publication, letter.version, events, letter.never_public)
        earlier = self.before.get(letter.id)
        self.before[letter.id] = now
        if earlier is None:
            return
        state, published, version, recorded, never_public = earlier
        if state is State.WITHDRAWN:
            assert letter.state is state
        if state is State.DECLINED:
            assert letter.state is state or letter.taken_over
        if (letter.state, letter.publication) != (state, published):
            assert letter.version > version
        assert letter.version >= version
        assert letter.version == version or events > recorded
        assert letter.never_public or not never_public

    def teardown(self) -> None:
        """Seal what happened, hold trail and record to it, and count what was done in this life."""
        self.session.rollback()
        ensure_chain(START)
        seal_all()
        assert verify(self.session, AuditKeys.loaded(), self.now).faults == []
        grow(self.now + timedelta(days=1))
        assert record_faults(self.session) == []
        assert contradictions(self.session, lambda looked: None) == []
        assert rating_faults(self.session) + extension_faults(self.session) == []
        self.session.rollback()
        own = sa.select(Event.action).where(Event.letter_id.in_(self.letters))
        self.taken.update(self.session.scalars(own))


@pytest.mark.slow
def test_any_life_is_sound(world: World) -> None:
    """Whatever anybody does in any order, letter, history, audit trail and public record agree."""
    taken: Counter[str] = Counter()
    machine = type("OneLife", (Life,), {"world": world, "taken": taken, "tried": Counter()})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=10,
            deadline=None,
            derandomize=True,
            database=None,
            # The chances of a life do not shrink: a failure is printed as it was found.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    lacking = {str(action) for action in MOVES} - set(taken)
    assert not lacking, f"the lives were too short to prove anything: without {lacking}"
