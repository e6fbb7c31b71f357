"""From a plan to a life: the way through the offices that ends as the plan says."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from random import Random

from portal.domain.access import SYSTEM, Actor, Role
from portal.domain.events import ActorKind
from portal.domain.letters import (
    RETURN_LIMIT,
    SUPPLEMENT_DAYS,
    Action,
    DeclineReason,
    Kind,
    RefusalReason,
)
from portal.services.simulation.cast import Cast
from portal.services.simulation.clock import OfficeClock, night_after
from portal.services.simulation.life import Life, Over
from portal.services.simulation.wish import Fate, Plan

CITIZEN = Actor(ActorKind.CITIZEN)
_KINDS = (Kind.CONSULTATION, Kind.COMPLAINT, Kind.HELP, Kind.SUGGESTION, Kind.THANKS)
_KIND_WEIGHTS = (38, 27, 20, 10, 5)
_DECLINES = tuple(DeclineReason)
_DECLINE_WEIGHTS = (42, 16, 8, 14, 16, 4)
_REFUSALS = tuple(r for r in RefusalReason if r is not RefusalReason.REPORT)
_REFUSAL_WEIGHTS = (6, 34, 8, 4, 8, 40)
_TO_OFFICE, _TO_LOWER = 0.2, 0.2
_RETURNED, _DISPUTED, _PASSED_DOWN, _TRANSFERRED = 0.04, 0.003, 0.25, 0.05
_ASKED, _EXTENDED, _SENT_BACK, _REDONE, _RATED = 0.05, 0.045, 0.05, 0.01, 0.35
_TOO_SHORT = timedelta(hours=6)
"""A life in which a letter does not move: there would be no time for it."""
_LEADING = frozenset({Fate.PUBLISHED, Fate.PRIVATE})
_WRONG_PLACE = "不属于本单位职责范围"


class Teller:
    """Tells lives one after the other, in the order of arrival."""

    def __init__(self, cast: Cast, clock: OfficeClock, chance: Random, until: datetime) -> None:
        self._cast, self._clock, self._chance, self._until = cast, clock, chance, until
        self._leaders: deque[tuple[int, Life, datetime]] = deque(maxlen=400)

    def tell(self, plan: Plan, letter_id: int, year_end: datetime) -> Life:
        """Return the life that ``plan`` asks for, as far as it has come when time ends."""
        chance = self._chance
        kind = self._kind(plan.fate)
        place, accused = self._received(kind)
        life = Life(kind, plan.received_at, place, self._until, accused_id=accused)
        try:
            if not self._ends_early(life, plan, year_end):
                self._answer(life, plan.ends_at, year_end)
                closed_at = life.closed_at
                if plan.fate in _LEADING and not life.reopened and closed_at is not None:
                    self._leaders.append((letter_id, life, closed_at))
                self._after(life, plan, year_end, chance)
        except Over:
            pass
        return life

    def _ends_early(self, life: Life, plan: Plan, year_end: datetime) -> bool:
        """End the letter without an answer of its own, where the plan and the year allow."""
        match plan.fate:
            case Fate.WITHDRAWN:
                life.take(Action.WITHDRAW, CITIZEN, plan.ends_at)
                return True
            case Fate.DECLINED:
                self._decline(life, plan.ends_at)
                return True
            case Fate.TIMED_OUT:
                return self._times_out(life, year_end)
            case Fate.MERGED:
                return self._follows(life, plan, year_end)
            case _:
                return False

    def _kind(self, fate: Fate) -> Kind:
        if fate is Fate.REPORT or (fate is Fate.OPEN and self._chance.random() < 0.02):
            return Kind.REPORT
        return self._chance.choices(_KINDS, _KIND_WEIGHTS)[0]

    def _received(self, kind: Kind) -> tuple[int, int | None]:
        """Return who receives the letter, and whom a report of wrongdoing accuses."""
        cast, chance, draw = self._cast, self._chance, self._chance.random()
        if draw < _TO_OFFICE and kind is not Kind.REPORT:
            return cast.root, None
        if draw < _TO_OFFICE + _TO_LOWER:
            chosen = cast.lower[int(chance.random() * len(cast.lower))]
        else:
            chosen = cast.member(chance)
        if kind is Kind.REPORT:
            return cast.parents[chosen] or cast.root, chosen
        return chosen, None

    def _by(self, life: Life, role: Role, number: int = 0) -> Actor:
        return self._cast.person(life.holder_id, role, number)

    def _decline(self, life: Life, at: datetime) -> None:
        code = self._chance.choices(_DECLINES, _DECLINE_WEIGHTS)[0]
        life.take(Action.DECLINE, self._by(life, Role.DISPATCHER), at, code=code)

    def _times_out(self, life: Life, year_end: datetime) -> bool:
        """Close for want of an answer by the citizen, where the year still has room for it."""
        asked = self._clock.ahead(self._chance, life.received_at, self._chance.randint(0, 2))
        closed = night_after(asked, SUPPLEMENT_DAYS + 1)
        if closed >= min(year_end, self._until):
            return False
        life.take(Action.ASK_CITIZEN, self._by(life, Role.HANDLER), asked)
        life.take(Action.TIME_OUT, SYSTEM, closed, code="no_supplement")
        return True

    def _follows(self, life: Life, plan: Plan, year_end: datetime) -> bool:
        """Merge into a letter that is still open and will be answered within the year."""
        begins = plan.received_at + timedelta(hours=1)
        fits = (each for each in self._leaders if begins < each[2] < year_end)
        found = next(fits, None)
        if found is None:
            return False
        number, leader, closes = found
        at = self._clock.between(self._chance, plan.received_at, closes)
        life.take(Action.MERGE, self._by(life, Role.DISPATCHER), at, reason="反映同一问题")
        life.parent_id = number
        life.take(Action.CLOSE_MERGED, SYSTEM, closes, answered_by=leader.closing_id)
        life.closing_id = leader.closing_id
        return True

    def _answer(self, life: Life, ends_at: datetime, year_end: datetime) -> None:
        """Bring the letter to whom it concerns, and have it answered; a few are done again."""
        chance, clock = self._chance, self._clock
        if chance.random() < _REDONE and ends_at - life.received_at > timedelta(days=4):
            first, again = clock.spread(chance, life.received_at, ends_at, 2)
            # What is to be open at the end of the year must not stand closed in between.
            if not first < year_end <= again:
                self._handle(life, first)
                life.take(Action.REDO, CITIZEN, again, reason="问题没有解决，请重新办理。")
                self._draft(life, clock.between(chance, again, ends_at), ends_at)
                return
        self._handle(life, ends_at)

    def _handle(self, life: Life, ends_at: datetime) -> None:
        chance, clock = self._chance, self._clock
        begun = life.received_at + (ends_at - life.received_at) * (0.15 + 0.3 * chance.random())
        self._place(life, clock.between(chance, life.received_at, begun), ends_at)
        at = life.acts[-1].at
        drafted = clock.between(chance, at + (ends_at - at) * 0.5, ends_at)
        if chance.random() < _ASKED:
            asked, told = clock.spread(chance, at, drafted, 2)
            life.take(Action.ASK_CITIZEN, self._by(life, Role.HANDLER), asked)
            life.take(Action.SUPPLEMENT, CITIZEN, told)
            at = told
        if chance.random() < _EXTENDED:
            wished, granted = clock.spread(chance, at, drafted, 2)
            days = chance.randint(2, 5)
            life.take(
                Action.REQUEST_EXTENSION, self._by(life, Role.HANDLER), wished,
                reason="情况复杂，需要现场核实", days=days,
            )  # fmt: skip
            life.take(Action.GRANT_EXTENSION, self._by(life, Role.DISPATCHER), granted, days=days)
            life.extension_days = days
        self._draft(life, drafted, ends_at)

    def _place(self, life: Life, at: datetime, ends_at: datetime) -> None:
        """Accept the letter where it belongs, with the hops that it takes to get there."""
        cast, chance, draw = self._cast, self._chance, self._chance.random()
        if ends_at - life.received_at < _TOO_SHORT:
            life.take(Action.ACCEPT, self._by(life, Role.DISPATCHER), at)
        elif life.holder_id == cast.root and life.accused_id is None:
            self._from_office(life, at, draw)
        elif draw < _PASSED_DOWN and cast.below.get(life.holder_id) and life.accused_id is None:
            below = cast.below[life.holder_id]
            self._dispatch(life, at, below[int(chance.random() * len(below))], at)
        else:
            life.take(Action.ACCEPT, self._by(life, Role.DISPATCHER), at)
            if draw > 1 - _TRANSFERRED and life.accused_id is None:
                to = cast.other_member(chance, life.holder_id)
                moved, signed = at + timedelta(minutes=7), at + timedelta(minutes=31)
                handler = self._by(life, Role.HANDLER)
                life.move(Action.TRANSFER, handler, moved, to, _WRONG_PLACE)
                life.take(Action.SIGN_FOR, self._by(life, Role.DISPATCHER), signed)

    def _from_office(self, life: Life, at: datetime, draw: float) -> None:
        cast, chance = self._cast, self._chance
        returns = RETURN_LIMIT if draw < _DISPUTED else 1 if draw < _RETURNED else 0
        step = timedelta(minutes=11)
        for _ in range(returns):
            dispatcher = self._by(life, Role.DISPATCHER)
            life.move(Action.DISPATCH, dispatcher, at, cast.member(chance), "请办理")
            back = self._by(life, Role.DISPATCHER)
            life.move(Action.RETURN, back, at + step, cast.root, _WRONG_PLACE)
            at += 2 * step
        if returns == RETURN_LIMIT:
            life.ruling_id = cast.root
            supervisor = self._by(life, Role.SUPERVISOR)
            life.move(Action.RULE, supervisor, at, cast.member(chance), "请按职责办理")
            life.take(Action.SIGN_FOR, self._by(life, Role.DISPATCHER), at + step)
        else:
            self._dispatch(life, at, cast.member(chance), at + step)

    def _dispatch(self, life: Life, at: datetime, to: int, signed: datetime) -> None:
        life.move(Action.DISPATCH, self._by(life, Role.DISPATCHER), at, to, "请办理")
        life.take(
            Action.SIGN_FOR, self._by(life, Role.DISPATCHER), max(signed, at + timedelta(minutes=9))
        )

    def _draft(self, life: Life, drafted: datetime, ends_at: datetime) -> None:
        """Draft, now and then be sent back, and have the reply signed at ``ends_at``."""
        chance, clock = self._chance, self._clock
        drafted = max(drafted, life.acts[-1].at)
        handler, reviewer = self._by(life, Role.HANDLER), self._by(life, Role.REVIEWER)
        life.take(Action.REQUEST_SIGNOFF, handler, drafted)
        if chance.random() < _SENT_BACK:
            back, again = clock.spread(chance, drafted, ends_at, 2)
            life.take(Action.SEND_BACK, reviewer, back, reason="请补充办理依据和时间安排")
            life.take(Action.REQUEST_SIGNOFF, handler, again)
        life.take(Action.SIGN, reviewer, max(ends_at, life.acts[-1].at))

    def _after(self, life: Life, plan: Plan, year_end: datetime, chance: Random) -> None:
        """Rate and publish, as far as the plan has it; what is open publishes when it is done."""
        limit = year_end if plan.fate is not Fate.OPEN else self._until
        end = min(limit, life.acts[-1].at + timedelta(days=9))
        fate = plan.fate
        if fate is Fate.OPEN:
            fate = Fate.PUBLISHED if chance.random() < 0.7 else Fate.PRIVATE
        if life.kind is Kind.REPORT:
            fate = Fate.PRIVATE
        rated = chance.random() < _RATED
        moments = self._clock.spread(chance, life.acts[-1].at, end, 3 + rated)
        if rated:
            life.take(Action.RATE, CITIZEN, moments.pop(0))
        self._publish(life, fate, moments)

    def _publish(self, life: Life, fate: Fate, moments: list[datetime]) -> None:
        if fate not in (Fate.PUBLISHED, Fate.REFUSED, Fate.UNPUBLISHED):
            return
        handler, reviewer = self._by(life, Role.HANDLER), self._by(life, Role.REVIEWER, 1)
        life.take(Action.PROPOSE, handler, moments[0])
        if fate is Fate.REFUSED:
            code = self._chance.choices(_REFUSALS, _REFUSAL_WEIGHTS)[0]
            life.take(Action.REFUSE, reviewer, moments[1], code=code)
            return
        life.take(Action.PUBLISH, reviewer, moments[1])
        if fate is Fate.UNPUBLISHED:
            life.take(
                Action.UNPUBLISH, reviewer, moments[2],
                code=RefusalReason.THIRD_PARTY, reason="第三方提出异议",
            )  # fmt: skip
