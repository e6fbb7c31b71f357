"""Measures of quality beside the two rates: days, hops, ratings and reasons, with their definitions.

All are on the cohort basis and by receiving organisation. Medians and percentiles come from exact
distributions; unlike counts they do not add up, but the distributions do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Self, TypeVar

from portal.domain.errors import N_
from portal.domain.letters.states import DeclineReason, RefusalReason
from portal.domain.statistics.rates import NO_RATE, Definition, round_half_up

Key = TypeVar("Key")

_RESPONSE = N_(
    "收到来信到工作人员第一次处理（受理、交办、请来信人补充等）的工作日数；当天处理的为 0。"
)
_CLOSING = N_(
    "收到来信（重办的，从提出重办）到办结的工作日数，扣除等待来信人补充的时间；"
    "来信人逾期未补充的不计入。"
)

QUALITY_MEASURES: dict[str, Definition] = {
    "response_median": Definition(N_("首次回应用时中位数"), _RESPONSE),
    "response_p90": Definition(N_("九成来信首次回应用时不超过"), _RESPONSE),
    "closing_median": Definition(N_("办结用时中位数"), _CLOSING),
    "closing_p90": Definition(N_("九成来信办结用时不超过"), _CLOSING),
    "hops": Definition(
        N_("平均转办次数"), N_("交办、转办、退回的总次数 ÷ 收到件数，保留两位小数。")
    ),
    "attitude": Definition(
        N_("服务态度平均分"), N_("来信人办结后所评分数（1 至 5 分）的总和 ÷ 评价件数。")
    ),
    "efficiency": Definition(
        N_("办事效率平均分"), N_("来信人办结后所评分数（1 至 5 分）的总和 ÷ 评价件数。")
    ),
    "refusals": Definition(
        N_("不予公示"), N_("办结的来信中，截至统计时点审核人决定不予公示的件数，按原因分列。")
    ),
    "declines": Definition(
        N_("不予受理"), N_("收到的来信中，截至统计时点不予受理的件数，按原因分列。")
    ),
    "undecided": Definition(
        N_("尚未公示"),
        N_("办结件数 − 公示件数 − 不予公示件数：不予受理、未申请公示、正在审核或者已经撤下的。"),
    ),
}
"""Names, and how each is computed, by the words of the open data."""

SMALLEST_PUBLIC = 5
"""Letters on which ratings and coded reasons must rest to be shown to everybody."""
_RATINGS = ("attitude", "efficiency")
_REASONS = ("refusals", "declines")


def percentile(counts: Mapping[int, int], percent: int) -> int | None:
    """Return the nearest-rank percentile of values given with their counts; None without any.

    That is the smallest value with ``percent`` % (1 to 100, 50 is the median) at or below it.
    """
    place = -(-percent * sum(counts.values()) // 100)
    for value in sorted(counts):
        place -= counts[value]
        if place <= 0:
            return value
    return None


@dataclass(frozen=True, slots=True)
class Durations:
    """How many letters took how many working days."""

    days: Mapping[int, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many letters there are."""
        return sum(self.days.values())

    @property
    def median(self) -> int | None:
        """The nearest-rank median in working days."""
        return percentile(self.days, 50)

    @property
    def p90(self) -> int | None:
        """The nearest-rank 90th percentile in working days."""
        return percentile(self.days, 90)

    def between(self, first: int, last: int | None) -> int:
        """Return how many letters took ``first`` to ``last`` days; an empty end is open."""
        return sum(
            count
            for days, count in self.days.items()
            if first <= days and (last is None or days <= last)
        )


@dataclass(frozen=True, slots=True)
class Mean:
    """An exact mean of ``count`` values; no value where there are none."""

    count: int = 0
    total: int = 0

    @property
    def value(self) -> Fraction | None:
        """The mean as a fraction."""
        return Fraction(self.total, self.count) if self.count else None

    @property
    def text(self) -> str:
        """The mean with two decimals, half up, or a dash."""
        return NO_RATE if self.value is None else str(round_half_up(self.value, 2))


@dataclass(frozen=True)
class Detail:
    """The quality measures of one cell of the statistics; the details of disjoint letters add up.

    ``refusals`` are of the letters closed; with those published they leave the rest of the closed,
    for which nobody has decided.
    """

    response: Durations = Durations()
    closing: Durations = Durations()
    hops: Mean = Mean()
    attitude: Mean = Mean()
    efficiency: Mean = Mean()
    refusals: Mapping[RefusalReason, int] = field(
        default_factory=lambda: dict.fromkeys(RefusalReason, 0)
    )
    declines: Mapping[DeclineReason, int] = field(
        default_factory=lambda: dict.fromkeys(DeclineReason, 0)
    )

    @classmethod
    def total(cls, parts: Iterable[Self]) -> Self:
        """Return the detail of the letters of all ``parts`` together."""
        known = [cls(), *parts]
        means = {
            name: Mean(
                sum(getattr(part, name).count for part in known),
                sum(getattr(part, name).total for part in known),
            )
            for name in ("hops", *_RATINGS)
        }
        return cls(
            response=Durations(_added(part.response.days for part in known)),
            closing=Durations(_added(part.closing.days for part in known)),
            refusals=_added(part.refusals for part in known),
            declines=_added(part.declines for part in known),
            **means,
        )


def _added(counts: Iterable[Mapping[Key, int]]) -> dict[Key, int]:
    found: Counter[Key] = Counter()
    for each in counts:
        found.update(each)
    return dict(found)


def suppress_small_counts(known: Detail) -> tuple[Detail, frozenset[str]]:
    """Return ``known`` without ratings and reasons of fewer than five letters, and their names.

    Counts, days and hops are the office's own; a rating and a reason are of one citizen's letter,
    and among few letters anybody who knows of one would recognise it.
    """
    resting_on = {
        **{name: getattr(known, name).count for name in _RATINGS},
        **{name: sum(getattr(known, name).values()) for name in _REASONS},
    }
    names = frozenset(name for name, n in resting_on.items() if 0 < n < SMALLEST_PUBLIC)
    empty: dict[str, Any] = {name: Mean() if name in _RATINGS else {} for name in names}
    return replace(known, **empty), names
