"""The specification of a simulation: the counts of each year, and how each letter ends."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import exp, log
from random import Random

from portal.domain.deadline_rules import NoDeadlineRule, rule_for
from portal.domain.disclosure.requests import ANSWER_RULE, DISCLOSURE_RULES
from portal.domain.errors import N_, InvalidInput
from portal.domain.periods import Period
from portal.domain.translatable import Message
from portal.tools.simulation.clock import OfficeClock

MOST_YEARS, MOST_LETTERS, MOST_REQUESTS = 20, 2_000_000, 100_000
_WITHDRAWN_SHARE, _SECOND_THOUGHTS = 0.004, timedelta(days=2)
_RECENT_DAYS, _STRAGGLERS, _LATE = 30.0, 0.02, 60.0


class Ending(StrEnum):
    """The status of a letter at the end of its year; all but the last two are closed."""

    PUBLISHED = "published"
    PRIVATE = "private"
    REFUSED = "refused"
    UNPUBLISHED = "unpublished"
    WRONGDOING = "wrongdoing"
    DECLINED = "declined"
    MERGED = "merged"
    TIMED_OUT = "timed_out"
    OPEN = "open"
    WITHDRAWN = "withdrawn"


_SHARES = {
    Ending.REFUSED: 0.06,
    Ending.DECLINED: 0.02,
    Ending.MERGED: 0.012,
    Ending.TIMED_OUT: 0.008,
    Ending.WRONGDOING: 0.02,
    Ending.UNPUBLISHED: 0.0015,
}
"""Share of closed letters, as far as those that are not published allow."""


@dataclass(frozen=True, slots=True)
class Specification:
    """The years to simulate and the exact counts of each at its end.

    ``disclosure`` are disclosure requests answered in each year, by outcome; none if empty.
    """

    years: tuple[int, ...]
    received: int
    closed: int
    published: int
    seed: int = 1
    disclosure: tuple[int, ...] = ()

    @property
    def withdrawn(self) -> int:
        """Letters of each year that their senders withdraw in time; they are not received."""
        return round(self.received * _WITHDRAWN_SHARE)

    @property
    def written(self) -> int:
        """Letters to store in all years, withdrawn ones included."""
        return (self.received + self.withdrawn) * len(self.years)

    @property
    def disclosure_requests(self) -> int:
        """Disclosure requests to store in all years."""
        return sum(self.disclosure) * len(self.years)

    def check(self, now: datetime) -> None:
        """Raise :class:`InvalidInput` that names the number at fault."""
        if not 1 <= len(self.years) <= MOST_YEARS:
            raise InvalidInput("years", Message(_YEARS, {"most": MOST_YEARS}))
        for year in self.years:
            if Period(year).ends_at > now:
                raise InvalidInput("year", Message(_FUTURE, {"year": year}))
        if self.received < 1 or self.received * len(self.years) > MOST_LETTERS:
            raise InvalidInput("received", Message(_SIZE, {"most": MOST_LETTERS}))
        for name, part, whole, text in (
            ("closed", self.closed, self.received, _CLOSED),
            ("published", self.published, self.closed, _PUBLISHED),
        ):
            if part < 0:
                raise InvalidInput(name, _NEGATIVE)
            if part > whole:
                raise InvalidInput(name, Message(text, {"part": part, "whole": whole}))
        self._check_requests()

    def _check_requests(self) -> None:
        if any(count < 0 for count in self.disclosure):
            raise InvalidInput("disclosure", _NEGATIVE)
        if self.disclosure_requests > MOST_REQUESTS:
            raise InvalidInput("disclosure", Message(_REQUESTS, {"most": MOST_REQUESTS}))
        for year in self.years if self.disclosure_requests else ():
            try:
                rule_for((ANSWER_RULE,), (), Period(year).first_day, DISCLOSURE_RULES)
            except NoDeadlineRule as error:
                raise InvalidInput("disclosure", Message(_LAWLESS, {"year": year})) from error


_YEARS = N_("请给出 1 至 %(most)s 个年份")
_FUTURE = N_("%(year)s年还没有结束，只能模拟已经过去的年份")
_SIZE = N_("收到件数应为正数，所有年份合计不超过 %(most)s")
_REQUESTS = N_("公开申请的件数，所有年份合计不超过 %(most)s")
_LAWLESS = N_(
    "《政府信息公开条例》从2008年5月1日起施行，公开申请最早可以模拟2009年的，不能模拟%(year)s年的"
)
_NEGATIVE = N_("件数不能是负数")
_CLOSED = N_("办结件数 %(part)s 多于收到件数 %(whole)s：办结的只能是收到的来信")
_PUBLISHED = N_("公示件数 %(part)s 多于办结件数 %(whole)s：公示的只能是办结的来信")


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of one letter: when it arrives, its ending, when its handling ends."""

    received_at: datetime
    ending: Ending
    ends_at: datetime


def plans(
    specification: Specification, year: int, clock: OfficeClock, chance: Random
) -> list[Plan]:
    """Return the letters of ``year`` in the order of their arrival.

    Exactly ``specification.received`` count as received at the end of the year, of which ``specification.closed``
    are closed and of those ``specification.published`` published; a few more were withdrawn in time.
    """
    withdrawn = specification.withdrawn
    arrivals = clock.arrivals(chance, year, specification.received + withdrawn)
    end = Period(year).ends_at
    natural = [clock.ahead(chance, at, _working_days(chance)) for at in arrivals]
    withdrawn_ones = set(chance.sample(range(len(arrivals)), withdrawn))
    kept = [i for i in range(len(arrivals)) if i not in withdrawn_ones]
    still = _still_open(specification, kept, arrivals, natural, end, chance)
    endings = _endings(specification, [i for i in kept if i not in still], chance)
    found = []
    for i, at in enumerate(arrivals):
        if i in withdrawn_ones:
            soon = min(end, at + _SECOND_THOUGHTS)
            found.append(Plan(at, Ending.WITHDRAWN, clock.awake(chance, at, soon)))
        elif i in still:
            later = natural[i]
            if later < end:
                later = clock.ahead(chance, end, chance.randint(0, 20))
            found.append(Plan(at, Ending.OPEN, later))
        else:
            done = natural[i] if natural[i] < end else clock.between(chance, at, end)
            found.append(Plan(at, endings[i], done))
    return found


def _working_days(chance: Random) -> int:
    """Draw how long an answer takes: half within five working days, nine tenths within ten."""
    return min(45, max(0, round(chance.lognormvariate(log(5.0), 0.55))))


def _still_open(
    specification: Specification,
    kept: list[int],
    arrivals: list[datetime],
    natural: list[datetime],
    end: datetime,
    chance: Random,
) -> set[int]:
    """Choose the letters open at the end of the year: mostly late arrivals, a few old ones."""

    def key(i: int) -> float:
        waits = (end - arrivals[i]).total_seconds() / 86400
        weight = _LATE if natural[i] >= end else exp(-waits / _RECENT_DAYS) + _STRAGGLERS
        # Weighted sampling without replacement (Efraimidis and Spirakis, 2006), in logarithms.
        return log(1.0 - chance.random()) / weight

    keyed = [(key(i), i) for i in kept]
    return {i for _, i in heapq.nlargest(specification.received - specification.closed, keyed)}


def _endings(specification: Specification, closed: list[int], chance: Random) -> dict[int, Ending]:
    """Choose the endings of closed letters: specified counts exactly, the others plausible."""
    order = closed[:]
    chance.shuffle(order)
    dealt = iter(order)
    rest = specification.closed - specification.published
    wanted = [(ending, share * specification.closed) for ending, share in _SHARES.items()]
    scale = min(1.0, 0.8 * rest / (sum(n for _, n in wanted) or 1.0))
    found = dict.fromkeys(_next(dealt, specification.published), Ending.PUBLISHED)
    for ending, count in wanted:
        found |= dict.fromkeys(_next(dealt, int(count * scale)), ending)
    return found | dict.fromkeys(dealt, Ending.PRIVATE)


def _next(dealt: Iterator[int], count: int) -> list[int]:
    return [next(dealt) for _ in range(count)]


def last_moment(specification: Specification) -> datetime:
    """Return the moment at which the simulated time ends."""
    return Period(max(specification.years)).ends_at.astimezone(UTC)
