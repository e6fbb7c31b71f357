"""Figures put into the shapes that charts draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask_babel import format_date
from flask_babel import gettext as _

from portal.domain.periods import Granularity, Period
from portal.domain.statistics.rates import DEFINITIONS, NO_RATE, Figures, Rate
from portal.queries.statistics.overview import Overview
from portal.web.core.language import say
from portal.web.statistics.query import Address, LetterAddress

MOST_BARS = 10
COUNTS = ("received", "closed", "published")
RATES = ("closure", "publication")


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a chart: values (``None`` for a gap), their texts, and their links."""

    name: str
    values: Sequence[float | None]
    texts: Sequence[str]
    urls: Sequence[str | None] = ()

    def padded(self, length: int) -> Series:
        """Return the series with gaps up to ``length``."""
        missing = length - len(self.values)
        return replace(
            self,
            values=[*self.values, *[None] * missing],
            texts=[*self.texts, *[NO_RATE] * missing],
        )


@dataclass(frozen=True, slots=True)
class Axis:
    """The upper end of an axis of counts, and its ticks from top to bottom with their texts."""

    most: int
    ticks: list[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Trend:
    """Both charts of a trend: counts on ``axis``, rates in per cent up to ``top``."""

    labels: list[str]
    counts: list[Series]
    axis: Axis
    rates: list[Series]
    top: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar with its label and value, a note, and where both lead.

    ``own`` is an organisation by itself, without those below.
    """

    label: str
    value: int
    text: str
    note: str
    own: bool = False
    url: str | None = None
    value_url: str | None = None


def short(period: Period) -> str:
    """Return the name of a part of a period for the foot of a chart."""
    match period.granularity:
        case Granularity.QUARTER:
            return str(_("%(quarter)s季度", quarter=period.quarter))
        case Granularity.MONTH:
            return str(format_date(period.first_day, "LLL"))
        case Granularity.WEEK:
            return str(_("%(week)s周", week=period.week))
        case Granularity.DAY:
            return str(_("%(day)s日", day=period.day))
        case _:
            return say(period.message)


def trend_chart(
    trend: Sequence[tuple[Period, Figures]], day: date, letters: LetterAddress | None = None
) -> Trend:
    """Return the charts of a trend as it stood on ``day``.

    Parts that begin later have no value, which is not the same as 0.
    """
    figures = [f for _period, f in trend]
    begun = [period.first_day <= day for period, _f in trend]
    return Trend(
        labels=[short(period) for period, _f in trend],
        counts=[
            replace(each, urls=_urls(trend, name, day, letters))
            for name, each in zip(COUNTS, count_lines(figures, begun), strict=True)
        ],
        axis=count_axis(figures),
        rates=rate_lines(figures),
        top=percent_top([getattr(f, name) for f in figures for name in RATES]),
    )


def _urls(
    trend: Sequence[tuple[Period, Figures]], name: str, day: date, letters: LetterAddress | None
) -> list[str | None]:
    """Return the link of each count: the letters of that part, seen from the same moment."""
    return [
        letters(name, period=period.code, as_of=day.isoformat())
        if letters and getattr(figures, name)
        else None
        for period, figures in trend
    ]


def count_lines(figures: Sequence[Figures], begun: Sequence[bool]) -> list[Series]:
    """Return the lines of letters received, closed and published."""
    return [
        counts(_(DEFINITIONS[name].name), [getattr(f, name) for f in figures], begun)
        for name in COUNTS
    ]


def rate_lines(figures: Sequence[Figures]) -> list[Series]:
    """Return the lines of both rates."""
    return [
        percents(_(DEFINITIONS[name].name), [getattr(f, name) for f in figures]) for name in RATES
    ]


def count_axis(figures: Sequence[Figures]) -> Axis:
    """Return an axis on which all of these counts have room."""
    return axis(max((getattr(f, name) for f in figures for name in COUNTS), default=0))


def axis(most: int) -> Axis:
    """Return an axis on which ``most`` has room."""
    end = nice(most)
    return Axis(end, [(end, f"{end:,}"), (end // 2, f"{end // 2:,}"), (0, "0")])


def percent_top(rates: list[Rate]) -> float:
    """Return the upper end of an axis of rates: 100, or more on the period basis."""
    return max([100.0, *(float(rate.percent() or 0) for rate in rates)])


def nice(most: int) -> int:
    """Return the next round even number from ``most`` on, for the upper end of an axis."""
    if most <= 10:
        return 10
    size: int = 10 ** (len(str(most)) - 1)
    return next(
        size * k // 10 for k in (10, 12, 16, 20, 30, 40, 60, 80, 100) if size * k >= most * 10
    )


def counts(name: str, values: Sequence[int], begun: Sequence[bool]) -> Series:
    """Return a line of counts; where nothing has begun there is a gap."""
    known = [value if came else None for value, came in zip(values, begun, strict=True)]
    return Series(name, known, [NO_RATE if value is None else f"{value:,}" for value in known])


def percents(name: str, rates: list[Rate]) -> Series:
    """Return a line of rates; where there is no rate there is a gap."""
    known = [rate.percent() for rate in rates]
    values = [None if percent is None else float(percent) for percent in known]
    return Series(name, values, [rate.text for rate in rates])


def organisation_bars(
    found: Overview, address: Address, letters: LetterAddress | None = None
) -> list[Bar]:
    """Return the busiest organisations below for a comparison chart."""
    rows = sorted(found.rows, key=lambda row: -row.figures.received)[:MOST_BARS]
    bars = []
    for row in rows:
        code, received, own = row.node.code, row.figures.received, 1 if row.own else None
        if received:
            bars.append(
                Bar(
                    label=row.node.name,
                    value=received,
                    text=f"{received:,}",
                    note=f"{_(DEFINITIONS['closure'].name)} {row.figures.closure.text}",
                    own=row.own,
                    url=None if own else address(organisation=code, group=None),
                    value_url=letters("received", organisation=code, group=None, own=own)
                    if letters
                    else None,
                )
            )
    return bars
