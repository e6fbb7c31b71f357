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


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of lines from 0 up to ``top``, its ticks from top to bottom with their texts."""

    labels: Sequence[str]
    lines: Sequence[Series]
    top: float
    ticks: Sequence[tuple[float, str]]


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


def trend_charts(
    labels: Sequence[str],
    trend: Sequence[tuple[Period, Figures]],
    day: date,
    letters: LetterAddress | None = None,
) -> tuple[Chart, Chart]:
    """Return the counts and the rates of a trend as it stood on ``day``.

    Each count leads to the letters of that part, seen from the same moment.
    """
    counts = []
    for name in COUNTS:
        urls = [
            letters(name, period=period.code, as_of=day.isoformat())
            if letters and getattr(f, name)
            else None
            for period, f in trend
        ]
        line = count_line(_(DEFINITIONS[name].name), trend, day, name)
        counts.append(replace(line, urls=urls))
    rates = [
        rate_line(_(DEFINITIONS[name].name), [getattr(f, name) for _p, f in trend])
        for name in RATES
    ]
    return count_chart(labels, counts), rate_chart(labels, rates)


def count_line(
    name: str, trend: Sequence[tuple[Period, Figures]], day: date, count: str = "received"
) -> Series:
    """Return the line of a ``count``.

    A part that begins after ``day`` is a gap, which is not the same as 0.
    """
    known = [getattr(f, count) if period.first_day <= day else None for period, f in trend]
    return Series(name, known, [NO_RATE if value is None else f"{value:,}" for value in known])


def rate_line(name: str, rates: Sequence[Rate]) -> Series:
    """Return a line of rates; where there is no rate there is a gap."""
    known = [rate.percent() for rate in rates]
    values = [None if percent is None else float(percent) for percent in known]
    return Series(name, values, [rate.text for rate in rates])


def count_chart(labels: Sequence[str], lines: Sequence[Series]) -> Chart:
    """Return a chart of counts on an axis on which all of them have room."""
    top = nice(int(_most(lines)))
    return Chart(labels, lines, top, [(top, f"{top:,}"), (top // 2, f"{top // 2:,}"), (0, "0")])


def rate_chart(labels: Sequence[str], lines: Sequence[Series]) -> Chart:
    """Return a chart of rates up to 100 %, or more on the period basis."""
    top = max(100.0, _most(lines))
    return Chart(labels, lines, top, [(y, f"{round(y)}%") for y in (top, top / 2, 0)])


def _most(lines: Sequence[Series]) -> float:
    return max((value for line in lines for value in line.values if value is not None), default=0)


def nice(most: int) -> int:
    """Return the next round even number from ``most`` on, for the upper end of an axis."""
    if most <= 10:
        return 10
    size: int = 10 ** (len(str(most)) - 1)
    return next(
        size * k // 10 for k in (10, 12, 16, 20, 30, 40, 60, 80, 100) if size * k >= most * 10
    )


def organisation_bars(
    found: Overview, address: Address, letters: LetterAddress | None = None
) -> list[Bar]:
    """Return the busiest organisations below for a comparison chart.

    The office at the top is left out with its own letters: it takes in those of all others, whose
    bars would be too short to compare.
    """
    shown = [row for row in found.rows if not (row.own and row.node.id == found.tree.root_id)]
    rows = sorted(shown, key=lambda row: -row.figures.received)[:MOST_BARS]
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
