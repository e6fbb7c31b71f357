"""From a plan to a letter: the way through the offices that ends as the plan says."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from operator import itemgetter
from random import Random

from portal.domain.access import SYSTEM, Actor, Role
from portal.domain.events import ActorKind
from portal.domain.letters.due import Deadlines
from portal.domain.letters.states import SUPPLEMENT_DAYS, Action, DeclineReason, Kind, RefusalReason
from portal.tools.simulation.actors import Cast, Habit
from portal.tools.simulation.clock import OfficeClock, night_after
from portal.tools.simulation.routing import Step, Usher
from portal.tools.simulation.specification import Fate, Plan
from portal.tools.simulation.trajectory import EndOfSimulation, Trajectory

CITIZEN = Actor(ActorKind.CITIZEN)
_KINDS = (Kind.CONSULTATION, Kind.COMPLAINT, Kind.HELP, Kind.SUGGESTION, Kind.THANKS)
_KIND_WEIGHTS = (38, 27, 20, 10, 5)
_DECLINES = tuple(DeclineReason)
_DECLINE_WEIGHTS = (42, 16, 8, 14, 16, 4)
_REFUSALS = tuple(r for r in RefusalReason if r is not RefusalReason.REPORT)
_REFUSAL_WEIGHTS = (8, 38, 6, 1, 7, 40)
_TO_OFFICE, _TO_LOWER = 0.2, 0.2
_ASKED, _EXTENDED, _SENT_BACK, _REDONE, _RATED = 0.05, 0.3, 0.05, 0.01, 0.35
_WARNED = 6
"""Working days after which an office that needs longer asks for an extension."""
_ANSWERED_WITHIN = timedelta(days=SUPPLEMENT_DAYS - 1)
_REMEMBERED = 400
_HABITS = {Fate.OPEN: Habit.SLOW, Fate.PUBLISHED: Habit.OPEN}
_LEADING = frozenset({Fate.PUBLISHED, Fate.PRIVATE})
_EXTENSIONS = ("情况复杂，需要现场核实", "涉及多个单位，需要会商", "需要调取档案资料核对")
_DEFECTS = ("请补充办理依据和时间安排", "请写明联系人和后续措施", "请核对办理情况后再送审")


class Teller:
    """Tells lives one after the other, in the order of arrival."""

    def __init__(
        self,
        cast: Cast,
        clock: OfficeClock,
        deadlines: Deadlines,
        chance: Random,
        until: datetime,
    ) -> None:
        self._cast, self._clock, self._chance, self._until = cast, clock, chance, until
        self._deadlines = deadlines
        self._usher = Usher(cast, clock, chance)
        self._leaders: deque[Trajectory] = deque(maxlen=_REMEMBERED)

    def tell(self, plan: Plan, letter_id: int, year_end: datetime) -> Trajectory:
        """Return the letter that ``plan`` asks for, as far as it has come when time ends."""
        leader = self._leader(plan, year_end) if plan.fate is Fate.MERGED else None
        letter = self._arrive(plan, letter_id, leader)
        try:
            if not self._ends_early(letter, plan, year_end):
                self._answer(letter, plan.ends_at, year_end)
                if plan.fate in _LEADING and not letter.reopened:
                    self._leaders.append(letter)
                self._after(letter, plan, year_end)
        except EndOfSimulation:
            pass
        return letter

    def _arrive(self, plan: Plan, letter_id: int, leader: Trajectory | None) -> Trajectory:
        kind, accused = leader.kind if leader else self._kind(plan.fate), None
        if leader is not None:
            place = leader.received_organisation_id
        else:
            place, accused = self._received(kind, _HABITS.get(plan.fate))
        letter = Trajectory.begin(kind, plan.received_at, place, self._deadlines, self._until)
        letter.letter_id, letter.accused_id, letter.leader = letter_id, accused, leader
        return letter

    def _ends_early(self, letter: Trajectory, plan: Plan, year_end: datetime) -> bool:
        """End the letter without an answer of its own, where the plan and the year allow."""
        match plan.fate:
            case Fate.WITHDRAWN:
                letter.take(Action.WITHDRAW, CITIZEN, plan.ends_at)
                return True
            case Fate.DECLINED:
                code = self._chance.choices(_DECLINES, _DECLINE_WEIGHTS)[0]
                letter.take(
                    Action.DECLINE, self._by(letter, Role.DISPATCHER), plan.ends_at, code=code
                )
                return True
            case Fate.TIMED_OUT:
                return self._times_out(letter, year_end)
            case Fate.MERGED:
                return self._follows(letter)
            case _:
                return False

    def _kind(self, fate: Fate) -> Kind:
        if fate is Fate.REPORT or (fate is Fate.OPEN and self._chance.random() < 0.02):
            return Kind.REPORT
        return self._chance.choices(_KINDS, _KIND_WEIGHTS)[0]

    def _received(self, kind: Kind, habit: Habit | None) -> tuple[int, int | None]:
        """Return who receives the letter, and whom a report of wrongdoing accuses."""
        cast, chance, draw = self._cast, self._chance, self._chance.random()
        if draw < _TO_OFFICE and kind is not Kind.REPORT:
            return cast.root, None
        if draw < _TO_OFFICE + _TO_LOWER:
            chosen = cast.lower[int(chance.random() * len(cast.lower))]
        else:
            chosen = cast.member(chance, habit)
        if kind is Kind.REPORT:
            return cast.parents[chosen] or cast.root, chosen
        return chosen, None

    def _by(self, letter: Trajectory, role: Role, number: int = 0) -> Actor:
        return self._cast.person(letter.organisation_id, role, number)

    def _said(self, texts: tuple[str, ...]) -> str:
        return texts[int(self._chance.random() * len(texts))]

    def _times_out(self, letter: Trajectory, year_end: datetime) -> bool:
        """Close for want of an answer by the citizen, where the year still has room for it."""
        asked = self._clock.ahead(self._chance, letter.received_at, self._chance.randint(0, 2))
        closed = night_after(asked, SUPPLEMENT_DAYS + 1)
        if closed >= min(year_end, self._until):
            return False
        letter.take(Action.ASK_CITIZEN, self._by(letter, Role.HANDLER), asked)
        letter.take(Action.TIME_OUT, SYSTEM, closed, code="no_supplement")
        return True

    def _leader(self, plan: Plan, year_end: datetime) -> Trajectory | None:
        """Return a letter that is open when ``plan`` arrives and answered within the year.

        One that was passed on to another branch could not be read by the clerk who merges.
        """
        begins = plan.received_at + timedelta(hours=1)
        fits = [
            each
            for each in self._leaders
            if each.closed_at
            and begins < each.closed_at < year_end
            and (
                each.received_organisation_id == self._cast.root
                or each.last(Action.TRANSFER) is None
            )
        ]
        return fits[int(self._chance.random() * len(fits))] if fits else None

    def _follows(self, letter: Trajectory) -> bool:
        """Merge into the leading letter and be closed with it."""
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
        """Bring the letter to whom it concerns, and have it answered; a few are done again."""
        chance, clock = self._chance, self._clock
        if chance.random() < _REDONE and ends_at - letter.received_at > timedelta(days=4):
            first, middle = clock.spread(chance, letter.received_at, ends_at, 2)
            again = clock.awake(chance, first, middle)
            # What is to be open at the end of the year must not stand closed in between.
            if not first < year_end <= again:
                self._handle(letter, first)
                letter.take(Action.REDO, CITIZEN, again, reason="问题没有解决，请重新办理。")
                self._draft(letter, clock.between(chance, again, ends_at), ends_at)
                return
        self._handle(letter, ends_at)

    def _handle(self, letter: Trajectory, ends_at: datetime) -> None:
        chance, clock = self._chance, self._clock
        self._usher.place(letter, ends_at)
        at = letter.points[-1].at
        drafted = clock.between(chance, at + (ends_at - at) * 0.5, ends_at)
        if chance.random() < _ASKED:
            asked = clock.between(chance, at, at + (drafted - at) * 0.6)
            letter.take(Action.ASK_CITIZEN, self._by(letter, Role.HANDLER), asked)
            told = clock.awake(chance, asked, min(drafted, asked + _ANSWERED_WITHIN))
            letter.take(Action.SUPPLEMENT, CITIZEN, told)
        self._extend(letter, drafted)
        self._draft(letter, drafted, ends_at)

    def _extend(self, letter: Trajectory, drafted: datetime) -> None:
        """Ask for more time while there still is some, where the reply will take longer."""
        chance, clock, at = self._chance, self._clock, letter.points[-1].at
        latest = clock.ahead(chance, letter.received_at, _WARNED)
        if not at < latest < drafted or chance.random() >= _EXTENDED:
            return
        wished, granted = clock.spread(chance, at, latest, 2)
        days = chance.randint(2, 5)
        handler, said = self._by(letter, Role.HANDLER), self._said(_EXTENSIONS)
        letter.take(Action.REQUEST_EXTENSION, handler, wished, reason=said, days=days)
        letter.take(Action.GRANT_EXTENSION, self._by(letter, Role.DISPATCHER), granted, days=days)

    def _draft(self, letter: Trajectory, drafted: datetime, ends_at: datetime) -> None:
        """Draft, now and then be sent back, and have the reply signed at ``ends_at``."""
        chance, clock = self._chance, self._clock
        handler, reviewer = self._by(letter, Role.HANDLER), self._by(letter, Role.REVIEWER)
        letter.take(Action.REQUEST_SIGNOFF, handler, drafted)
        if chance.random() < _SENT_BACK:
            back, again = clock.spread(chance, drafted, ends_at, 2)
            letter.take(Action.SEND_BACK, reviewer, back, reason=self._said(_DEFECTS))
            letter.take(Action.REQUEST_SIGNOFF, handler, again)
        letter.take(Action.SIGN, reviewer, ends_at)

    def _after(self, letter: Trajectory, plan: Plan, year_end: datetime) -> None:
        """Rate and publish, as far as the plan has it; what is open publishes when it is done."""
        chance, closed = self._chance, letter.points[-1].at
        limit = year_end if plan.fate is not Fate.OPEN else self._until
        end = min(limit, closed + timedelta(days=9))
        fate = plan.fate
        if fate is Fate.OPEN:
            fate = Fate.PUBLISHED if chance.random() < 0.7 else Fate.PRIVATE
        if letter.kind is Kind.REPORT:
            fate = Fate.PRIVATE
        steps = self._publication(letter, fate, self._clock.spread(chance, closed, end, 3))
        if chance.random() < _RATED:
            rated = self._clock.awake(chance, closed, end)
            steps.append((rated, lambda at: letter.take(Action.RATE, CITIZEN, at)))
        for at, step in sorted(steps, key=itemgetter(0)):
            step(at)

    def _publication(
        self, letter: Trajectory, fate: Fate, moments: list[datetime]
    ) -> list[tuple[datetime, Step]]:
        if fate not in (Fate.PUBLISHED, Fate.REFUSED, Fate.UNPUBLISHED):
            return []
        handler, reviewer = self._by(letter, Role.HANDLER), self._by(letter, Role.REVIEWER, 1)
        proposed, decided, withdrawn = moments
        steps: list[tuple[datetime, Step]] = [
            (proposed, lambda at: letter.take(Action.PROPOSE, handler, at))
        ]
        if fate is Fate.REFUSED:
            code = self._chance.choices(_REFUSALS, _REFUSAL_WEIGHTS)[0]
            steps.append((decided, lambda at: letter.take(Action.REFUSE, reviewer, at, code=code)))
            return steps
        steps.append((decided, lambda at: letter.take(Action.PUBLISH, reviewer, at)))
        if fate is Fate.UNPUBLISHED:
            taken_down = RefusalReason.THIRD_PARTY
            steps.append(
                (
                    withdrawn,
                    lambda at: letter.take(
                        Action.UNPUBLISH, reviewer, at, code=taken_down, reason="第三方提出异议"
                    ),
                )
            )
        return steps
