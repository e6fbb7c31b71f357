"""Counts, rates and their rounding, as the annual report of Chongqing for 2016 states them.

closure rate (办结率) = closed / received; publication rate (挂网率) = published / closed. Counts are
integers and rates exact fractions; rounding happens only where they are written, half up. Where
the denominator is 0 there is no rate: a dash, never 0 %. Received 124,655, closed 109,245 and
published 76,930 give the report's 12.47万, 10.92万, 87.64%, 7.69万 and 70.42%.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from fractions import Fraction
from math import sqrt
from operator import attrgetter
from typing import Any, Self, TypeVar

from portal.domain.errors import N_
from portal.domain.translatable import Labelled

NO_RATE = "—"
"""What stands where there is no rate."""

_WAN = 10_000
Key = TypeVar("Key")


def round_half_up(value: Fraction, places: int) -> Decimal:
    """Round a non-negative exact fraction half up to ``places`` decimals.

    Raises ValueError for a negative one, where half up would need a rule of its own.
    """
    if value < 0:
        raise ValueError("counts and rates are never negative")
    scaled = value * 10**places
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(units).scaleb(-places)


@dataclass(frozen=True)
class Rate:
    """``numerator`` of ``denominator``, both counts >= 0. Raises ValueError for negative ones.

    On the period basis a rate may exceed 100 %: what is closed in a month may be older than it.
    """

    numerator: int
    denominator: int

    def __post_init__(self) -> None:
        """Refuse negative counts."""
        if self.numerator < 0 or self.denominator < 0:
            raise ValueError(f"{self.numerator} of {self.denominator}: counts are never negative")

    @property
    def value(self) -> Fraction | None:
        """The exact rate, or None where the denominator is 0."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None

    def percent(self, places: int = 2) -> Decimal | None:
        """Return the rate in per cent, half up to ``places`` decimals, or None where there is none."""
        value = self.value
        return None if value is None else round_half_up(value * 100, places)

    @property
    def text(self) -> str:
        """The rate as it is printed: 87.64%, or — where there is none."""
        percent = self.percent()
        return NO_RATE if percent is None else f"{percent}%"


def wan(count: int) -> str:
    """Return a count in ten thousands (万) with two decimals, half up: 124,655 is 12.47."""
    return f"{round_half_up(Fraction(count, _WAN), 2)}"


def wan_text(count: int, counter: str = "件") -> str:
    """Return a count of letters in words: 12.47万件 from ten thousand on, below it the exact 532件."""
    return f"{wan(count)}万{counter}" if count >= _WAN else f"{count}{counter}"


@dataclass(frozen=True)
class Figures:
    """The counts of one cell (organisation, period, kind …) of the statistics; cells add up.

    ``declined``, ``timed_out``, ``on_time``, ``extended``, ``redone`` and ``returned`` are of the
    letters counted; ``withdrawn`` by their senders before acceptance stand beside ``received``, not
    in it. :data:`DEFINITIONS` says what each counts. Raises ValueError for a negative count.
    """

    received: int = 0
    closed: int = 0
    published: int = 0
    declined: int = 0
    timed_out: int = 0
    on_time: int = 0
    extended: int = 0
    redone: int = 0
    returned: int = 0
    withdrawn: int = 0

    def __post_init__(self) -> None:
        """Refuse negative counts."""
        if min(_counts(self)) < 0:
            raise ValueError(f"{self}: counts are never negative")

    def __add__(self, other: Self) -> Self:
        """Return both cells together, count by count."""
        return self.total((self, other))

    @classmethod
    def total(cls, cells: Iterable[Self]) -> Self:
        """Return all ``cells`` together, count by count."""
        return cls.sum_of(map(_counts, cells))

    @classmethod
    def sum_of(cls, rows: Iterable[Sequence[int]]) -> Self:
        """Return the sum of rows of counts in the order of the fields."""
        return cls(*map(sum, zip(*rows, strict=True)))

    @property
    def counts(self) -> tuple[int, ...]:
        """The counts in the order of the fields."""
        return _counts(self)

    @property
    def closure(self) -> Rate:
        """Closure rate (办结率): closed of received."""
        return Rate(self.closed, self.received)

    @property
    def publication(self) -> Rate:
        """Publication rate (挂网率): published of closed, not of received."""
        return Rate(self.published, self.closed)

    @property
    def timeliness(self) -> Rate:
        """Rate of closing in time (按时办结率): closed on time of closed."""
        return Rate(self.on_time, self.closed)


# Thousands of cells are added for one page, so that the names are looked up once.
_counts: Callable[[Any], tuple[int, ...]] = attrgetter(*(field.name for field in fields(Figures)))


def sums_by(rows: Mapping[Key, Sequence[Sequence[int]]]) -> dict[Key, Figures]:
    """Return for each key the sum of its rows of counts."""
    return {
        key: Figures(*each[0]) if len(each) == 1 else Figures.sum_of(each)
        for key, each in rows.items()
    }


def wilson(numerator: int, denominator: int, z: float = 1.96) -> tuple[float, float]:
    """Return the Wilson score interval of a share, (low, high) within 0 to 1; z = 1.96 means 95 %.

    Source: E. B. Wilson, Journal of the American Statistical Association 22 (1927). (0, 1) where
    the denominator is 0: nothing is known. Raises ValueError unless the numerator is a part of
    the denominator.
    """
    if not 0 <= numerator <= denominator:
        raise ValueError(f"{numerator} is no part of {denominator}")
    if denominator == 0:
        return 0.0, 1.0
    share, weight = numerator / denominator, z * z / denominator
    centre = (share + weight / 2) / (1 + weight)
    spread = z * sqrt(share * (1 - share) / denominator + weight / (4 * denominator)) / (1 + weight)
    # The bounds at none and at all are exactly 0 and 1; arithmetic leaves a rest of 1e-17.
    low = 0.0 if numerator == 0 else max(0.0, centre - spread)
    high = 1.0 if numerator == denominator else min(1.0, centre + spread)
    return low, high


class Basis(Labelled):
    """Which letters a figure of a period speaks of."""

    COHORT = (
        "cohort",
        N_("按来信统计"),
        N_("以时间段内收到的来信为对象，统计这些来信截至统计时点的办理和公示情况。"),
    )
    PERIOD = (
        "period",
        N_("按发生统计"),
        N_(
            "统计时间段内发生的收信、办结和公示，不论来信何时收到；"
            "办结和公示的可能是以前的来信，比率可能超过百分之百。"
        ),
    )


@dataclass(frozen=True)
class Definition:
    """What a measure is called and what it counts, in Chinese, shown beside the figure."""

    name: str
    text: str


DEFINITIONS: dict[str, Definition] = {
    "received": Definition(
        N_("收到"), N_("时间段内收到的来信件数，不含来信人在受理前自行撤回的来信。")
    ),
    "closed": Definition(
        N_("办结"),
        N_("截至统计时点处于已办结或不予受理（已告知来信人）状态的来信件数；重办中的不算办结。"),
    ),
    "published": Definition(
        N_("公示"), N_("办结的来信中，截至统计时点在互联网公示的件数；已撤下的不计。")
    ),
    "closure": Definition(N_("办结率"), N_("办结件数 ÷ 收到件数，四舍五入保留两位小数。")),
    "publication": Definition(N_("挂网率"), N_("公示件数 ÷ 办结件数，四舍五入保留两位小数。")),
    "timeliness": Definition(N_("按时办结率"), N_("在办理时限内办结的件数 ÷ 办结件数。")),
    "declined": Definition(N_("不予受理"), N_("办结的来信中，说明理由后不予受理的件数。")),
    "timed_out": Definition(
        N_("逾期未补充"), N_("办结的来信中，因来信人逾期未补充材料而办结的件数，另行列出。")
    ),
    "on_time": Definition(
        N_("按时办结"), N_("在办理时限（含批准的延期，扣除等待来信人补充的时间）内办结的件数。")
    ),
    "extended": Definition(N_("延期"), N_("经批准延长办理时限的来信件数。")),
    "redone": Definition(N_("曾重办"), N_("办结后应来信人要求重新办理的来信件数。")),
    "returned": Definition(N_("曾退回"), N_("承办单位退回重新交办的来信件数。")),
    "withdrawn": Definition(
        N_("撤回"), N_("来信人在受理前自行撤回的来信件数，不计入收到件数，另行列出。")
    ),
    "avoided": Definition(
        N_("查到答案未再写信"),
        N_(
            "时间段内，读者看过已公示的答复后，自己表示问题已经解决、不再写信的次数；"
            "不按浏览量推算。计入作出答复的单位，另行列出，不计入收到、办结、公示件数和各项比率。"
        ),
    ),
    "median": Definition(
        N_("中位数"), N_("按用时从短到长排列，位于正中的来信的用时，以工作日计。")
    ),
    "p90": Definition(N_("九成用时"), N_("九成来信的用时不超过这个数，以工作日计。")),
    "rating": Definition(
        N_("满意度"),
        N_("来信人在办结后对服务态度和办事效率的评分（1 至 5 分）的平均值及评价件数。"),
    ),
    "interval": Definition(
        N_("置信区间"),
        N_("百分之九十五的威尔逊区间：件数越少，比率的偶然波动越大，区间越宽。"),
    ),
}
"""Every measure on the cohort basis, each field of ``Figures`` among them, by its name in code."""

_ON_PERIOD_BASIS = {
    "closed": N_(
        "时间段内办结或不予受理（已告知来信人），截至统计时点仍然如此的件数，不论来信何时收到；"
        "重办中的不算办结。"
    ),
    "published": N_(
        "时间段内公示，截至统计时点仍在互联网公示、来信仍为办结的件数，不论来信何时收到。"
    ),
}
_NOT_ON_PERIOD_BASIS = frozenset({"extended", "redone", "returned"})


DEFINITIONS_ON: dict[Basis, dict[str, Definition]] = {
    Basis.COHORT: DEFINITIONS,
    Basis.PERIOD: {
        name: replace(each, text=_ON_PERIOD_BASIS.get(name, each.text))
        for name, each in DEFINITIONS.items()
        if name not in _NOT_ON_PERIOD_BASIS
    },
}
"""Every measure that is counted on a basis, with what it counts there, by its name in code."""
