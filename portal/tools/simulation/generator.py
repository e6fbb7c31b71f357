"""The generator: from a plan to the trajectory of a letter that ends as planned."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from operator import itemgetter
from random import Random

from portal.domain.access import SYSTEM, Actor, Role
from portal.domain.events import ActorKind
from portal.domain.letters.due import Deadlines
from portal.domain.letters.kinds import KINDS, Kind
from portal.domain.letters.states import (
    SUPPLEMENT_DAYS,
    Action,
    DeclineReason,
    RefusalReason,
    UnpublishReason,
)
from portal.tools.samples.drawing import pick
from portal.tools.simulation.actors import Actors, Habit
from portal.tools.simulation.clock import OfficeClock, night_after
from portal.tools.simulation.routing import Move, Router
from portal.tools.simulation.specification import Ending, Plan
from portal.tools.simulation.trajectory import EndOfSimulation, Trajectory

CITIZEN = Actor(ActorKind.CITIZEN)
_KINDS = tuple(kind for kind, row in KINDS.items() if row.share)
_KIND_WEIGHTS = tuple(KINDS[kind].share for kind in _KINDS)
_ACCUSING = next(kind for kind, row in KINDS.items() if row.accuses)
_DECLINES = tuple(DeclineReason)
_DECLINE_WEIGHTS = (42, 16, 8, 14, 16, 4)
_REFUSALS = tuple(r for r in RefusalReason if r is not RefusalReason.WRONGDOING)
_REFUSAL_WEIGHTS = (8, 38, 6, 1, 7, 40)
_TO_OFFICE, _TO_LOWER = 0.2, 0.2
_ASKED, _EXTENDED, _SENT_BACK, _REDONE, _RATED = 0.05, 0.3, 0.05, 0.01, 0.35
_WARNED = 6
"""Working days after which an office that needs longer asks for an extension."""
_ANSWERED_WITHIN = timedelta(days=SUPPLEMENT_DAYS - 1)
_LEADERS_KEPT = 400
_HABITS = {Ending.OPEN: Habit.SLOW, Ending.PUBLISHED: Habit.OPEN}
_LEADING = frozenset({Ending.PUBLISHED, Ending.PRIVATE})
_EXTENSIONS = ("情况复杂，需要现场核实", "涉及多个单位，需要会商", "需要调取档案资料核对")
_DEFECTS = ("请补充办理依据和时间安排", "请写明联系人和后续措施", "请核对办理情况后再送审")


class Generator:
    """The generator of trajectories, called for one plan after another in order of arrival."""

    def __init__(
        self,
        actors: Actors,
        clock: OfficeClock,
        deadlines: Deadlines,
        chance: Random,
        until: datetime,
    ) -> None:
        self._actors, self._clock, self._chance, self._until = actors, clock, chance, until
        self._deadlines = deadlines
        self._router = Router(actors, clock, chance)
        self._leaders: deque[Trajectory] = deque(maxlen=_LEADERS_KEPT)

    def generate(self, plan: Plan, letter_id: int, year_end: datetime) -> Trajectory:
        """Return the letter that ``plan`` asks for, up to the end of the simulated time."""
        leader = self._leader(plan, year_end) if plan.ending is Ending.MERGED else None
        letter = self._arrive(plan, letter_id, leader)
        try:
            if not self._ends_early(letter, plan, year_end):
                self._answer(letter, plan.ends_at, year_end)
                if plan.ending in _LEADING and not letter.reopened:
                    self._leaders.append(letter)
                self._after(letter, plan, year_end)
        except EndOfSimulation:
            pass
        return letter

    def _arrive(self, plan: Plan, letter_id: int, leader: Trajectory | None) -> Trajectory:
        kind, accused = leader.kind if leader else self._kind(plan.ending), None
        if leader is not None:
            place = leader.received_organisation_id
        else:
            place, accused = self._received(kind, _HABITS.get(plan.ending))
        letter = Trajectory.begin(kind, plan.received_at, place, self._deadlines, self._until)
        letter.letter_id, letter.accused_id, letter.leader = letter_id, accused, leader
        return letter

    def _ends_early(self, letter: Trajectory, plan: Plan, year_end: datetime) -> bool:
        """End the letter without a reply, where the plan and the year allow; return whether."""
        match plan.ending:
            case Ending.WITHDRAWN:
                letter.take(Action.WITHDRAW, CITIZEN, plan.ends_at)
                return True
            case Ending.DECLINED:
                code = self._chance.choices(_DECLINES, _DECLINE_WEIGHTS)[0]
                letter.take(
                    Action.DECLINE, self._by(letter, Role.DISPATCHER), plan.ends_at, code=code
                )
                return True
            case Ending.TIMED_OUT:
                return self._times_out(letter, year_end)
            case Ending.MERGED:
                return self._follows(letter)
            case _:
                return False

    def _kind(self, ending: Ending) -> Kind:
        if ending is Ending.WRONGDOING or (ending is Ending.OPEN and self._chance.random() < 0.02):
            return _ACCUSING
        return self._chance.choices(_KINDS, _KIND_WEIGHTS)[0]

    def _received(self, kind: Kind, habit: Habit | None) -> tuple[int, int | None]:
        """Return who receives the letter, and whom a report of wrongdoing accuses."""
        actors, chance, draw = self._actors, self._chance, self._chance.random()
        if draw < _TO_OFFICE and not KINDS[kind].accuses:
            return actors.root, None
        if draw < _TO_OFFICE + _TO_LOWER:
            chosen = pick(chance, actors.lower)
        else:
            chosen = actors.member(chance, habit)
        if KINDS[kind].accuses:
            return actors.parents[chosen] or actors.root, chosen
        return chosen, None

    def _by(self, letter: Trajectory, role: Role, number: int = 0) -> Actor:
        return self._actors.person(letter.organisation_id, role, number)

    def _times_out(self, letter: Trajectory, year_end: datetime) -> bool:
        """Close the letter because the citizen does not supplement, if the year is long enough.

        Returns whether it was.
        """
        asked = self._clock.ahead(self._chance, letter.received_at, self._chance.randint(0, 2))
        closed = night_after(asked, SUPPLEMENT_DAYS + 1)
        if closed >= min(year_end, self._until):
            return False
        letter.take(Action.ASK_CITIZEN, self._by(letter, Role.HANDLER), asked)
        letter.take(Action.TIME_OUT, SYSTEM, closed, code="no_supplement")
        return True

    def _leader(self, plan: Plan, year_end: datetime) -> Trajectory | None:
        """Return a letter that is open when ``plan`` arrives and answered within the year.

        One that was passed on to another branch could not be read by the writer who merges.
        """
        begins = plan.received_at + timedelta(hours=1)
        fits = [
            each
            for each in self._leaders
            if each.closed_at
            and begins < each.closed_at < year_end
            and (
                each.received_organisation_id == self._actors.root
                or each.last(Action.TRANSFER) is None
            )
        ]
        return pick(self._chance, fits) if fits else None

    def _follows(self, letter: Trajectory) -> bool:
        """Merge the letter into the leading one and close both together; return whether."""
        leader = letter.leader
        if leader is None or leader.closed_at is None:
            return False
        at = self._clock.between(self._chance, letter.received_at, leader.closed_at)
        letter.take(Action.MERGE, self._by(letter, Role.DISPATCHER), at, reason="反映同一问题")
        letter.take(
            Action.CLOSE_MERGED,
            SYSTEM,
            leader.closed_at,
            answered_by=leader.closing_organisation_id,
        )
        return True

    def _answer(self, letter: Trajectory, ends_at: datetime, year_end: datetime) -> None:
        """Route the letter and have it answered; a few are redone."""
        chance, clock = self._chance, self._clock
        if chance.random() < _REDONE and ends_at - letter.received_at > timedelta(days=4):
            first, middle = clock.spread(chance, letter.received_at, ends_at, 2)
            again = clock.awake(chance, first, middle)
            # A letter that is to be open at the end of the year must not be closed then.
            if not first < year_end <= again:
                self._handle(letter, first)
                letter.take(Action.REDO, CITIZEN, again)
                self._draft(letter, clock.between(chance, again, ends_at), ends_at)
                return
        self._handle(letter, ends_at)

    def _handle(self, letter: Trajectory, ends_at: datetime) -> None:
        chance, clock = self._chance, self._clock
        self._router.place(letter, ends_at)
        at = letter.points[-1].at
        drafted = clock.between(chance, at + (ends_at - at) * 0.5, ends_at)
        if chance.random() < _ASKED:
            asked = clock.between(chance, at, at + (drafted - at) * 0.6)
            letter.take(Action.ASK_CITIZEN, self._by(letter, Role.HANDLER), asked)
            answered = clock.awake(chance, asked, min(drafted, asked + _ANSWERED_WITHIN))
            letter.take(Action.SUPPLEMENT, CITIZEN, answered)
        self._extend(letter, drafted)
        self._draft(letter, drafted, ends_at)

    def _extend(self, letter: Trajectory, drafted: datetime) -> None:
        """Have an extension granted before the letter is due, where the reply takes longer."""
        chance, clock, at = self._chance, self._clock, letter.points[-1].at
        latest = clock.ahead(chance, letter.received_at, _WARNED)
        if not at < latest < drafted or chance.random() >= _EXTENDED:
            return
        asked, granted = clock.spread(chance, at, latest, 2)
        days = chance.randint(2, 5)
        handler, reason = self._by(letter, Role.HANDLER), pick(self._chance, _EXTENSIONS)
        letter.take(Action.REQUEST_EXTENSION, handler, asked, reason=reason, days=days)
        letter.take(Action.GRANT_EXTENSION, self._by(letter, Role.DISPATCHER), granted, days=days)

    def _draft(self, letter: Trajectory, drafted: datetime, ends_at: datetime) -> None:
        """Draft the reply, now and then send it back, and have it signed at ``ends_at``."""
        chance, clock = self._chance, self._clock
        handler, reviewer = self._by(letter, Role.HANDLER), self._by(letter, Role.REVIEWER)
        letter.take(Action.REQUEST_SIGNOFF, handler, drafted)
        if chance.random() < _SENT_BACK:
            back, again = clock.spread(chance, drafted, ends_at, 2)
            letter.take(Action.SEND_BACK, reviewer, back, reason=pick(self._chance, _DEFECTS))
            letter.take(Action.REQUEST_SIGNOFF, handler, again)
        letter.take(Action.SIGN, reviewer, ends_at)

    def _after(self, letter: Trajectory, plan: Plan, year_end: datetime) -> None:
        """Rate and publish the letter as planned; one left open is published after its reply."""
        chance, closed = self._chance, letter.points[-1].at
        limit = year_end if plan.ending is not Ending.OPEN else self._until
        end = min(limit, closed + timedelta(days=9))
        ending = plan.ending
        if ending is Ending.OPEN:
            ending = Ending.PUBLISHED if chance.random() < 0.7 else Ending.PRIVATE
        if not KINDS[letter.kind].publishable:
            ending = Ending.PRIVATE
        moves = self._publication(letter, ending, self._clock.spread(chance, closed, end, 3))
        if chance.random() < _RATED:
            rated = self._clock.awake(chance, closed, end)
            moves.append((rated, lambda at: letter.take(Action.RATE, CITIZEN, at)))
        for at, move in sorted(moves, key=itemgetter(0)):
            move(at)

    def _publication(
        self, letter: Trajectory, ending: Ending, moments: list[datetime]
    ) -> list[tuple[datetime, Move]]:
        if ending not in (Ending.PUBLISHED, Ending.REFUSED, Ending.UNPUBLISHED):
            return []
        handler, reviewer = self._by(letter, Role.HANDLER), self._by(letter, Role.REVIEWER, 1)
        proposed, decided, unpublished = moments
        moves: list[tuple[datetime, Move]] = [
            (proposed, lambda at: letter.take(Action.PROPOSE, handler, at))
        ]
        if ending is Ending.REFUSED:
            code = self._chance.choices(_REFUSALS, _REFUSAL_WEIGHTS)[0]
            moves.append((decided, lambda at: letter.take(Action.REFUSE, reviewer, at, code=code)))
            return moves
        moves.append((decided, lambda at: letter.take(Action.PUBLISH, reviewer, at)))
        if ending is Ending.UNPUBLISHED:
            objection = UnpublishReason.PRIVACY
            moves.append(
                (
                    unpublished,
                    lambda at: letter.take(
                        Action.UNPUBLISH, reviewer, at, code=objection, reason="第三方提出异议"
                    ),
                )
            )
        return moves
