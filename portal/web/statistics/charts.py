"""Figures put into the shapes that charts draw."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _

from portal.domain.periods import Granularity, Period
from portal.domain.statistics.rates import DEFINITIONS, NO_RATE, Figures, Rate
from portal.queries.statistics.overview import Overview
from portal.web.core.language import say
from portal.web.statistics.addresses import Address, Behind

MOST_BARS = 10
Trend = Sequence[tuple[Period, Figures]]


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


def trend_values(trend: Trend, day: date, behind: Behind | None = None) -> dict[str, Any]:
    """Return labels and series of both trend charts: counts, and rates in per cent.

    What begins after ``day`` has no value: it has not come yet, which is not the same as 0.
    """
    figures = [f for _p, f in trend]
    begun = [period.first_day <= day for period, _f in trend]
    rates = ("closure", "publication")
    return {
        "labels": [short(period) for period, _f in trend],
        **axis(max((max(f.received, f.closed, f.published) for f in figures), default=0)),
        "counts": [
            counts(_(DEFINITIONS[name].name), [getattr(f, name) for f in figures], begun)
            | {"urls": _urls(trend, name, day, behind)}
            for name in ("received", "closed", "published")
        ],
        "rates": [
            percents(_(DEFINITIONS[name].name), [getattr(f, name) for f in figures])
            for name in rates
        ],
        "top": percent_top([getattr(f, name) for f in figures for name in rates]),
    }


def _urls(trend: Trend, name: str, day: date, behind: Behind | None) -> list[str | None]:
    """Return where each count leads: the letters of that part, seen from the same moment."""
    return [
        behind(name, period=period.code, as_of=day.isoformat())
        if behind and getattr(figures, name)
        else None
        for period, figures in trend
    ]


def axis(most: int) -> dict[str, Any]:
    """Return the upper end of an axis of counts and its ticks."""
    end = nice(most)
    return {"most": end, "ticks": [(end, f"{end:,}"), (end // 2, f"{end // 2:,}"), (0, "0")]}


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


def counts(name: str, values: Sequence[int], begun: Sequence[bool]) -> dict[str, Any]:
    """Return a series of counts; where nothing has begun there is a gap."""
    known = [value if came else None for value, came in zip(values, begun, strict=True)]
    texts = [NO_RATE if value is None else f"{value:,}" for value in known]
    return {"name": name, "values": known, "texts": texts}


def percents(name: str, rates: list[Rate]) -> dict[str, Any]:
    """Return a series of rates; where there is no rate there is a gap."""
    known = [rate.percent() for rate in rates]
    values = [None if percent is None else float(percent) for percent in known]
    return {"name": name, "values": values, "texts": [rate.text for rate in rates]}


def bar_rows(
    found: Overview, address: Address, behind: Behind | None = None
) -> list[dict[str, Any]]:
    """Return the busiest organisations below for a comparison chart."""
    rows = sorted(found.rows, key=lambda row: -row.figures.received)[:MOST_BARS]
    return [
        {
            "label": row.node.name,
            "own": row.own,
            "value": row.figures.received,
            "text": f"{row.figures.received:,}",
            "note": f"{_(DEFINITIONS['closure'].name)} {row.figures.closure.text}",
            "url": None if row.own else address(organisation=row.node.code, group=None),
            "value_url": behind(
                "received", organisation=row.node.code, group=None, own=1 if row.own else None
            )
            if behind
            else None,
        }
        for row in rows
        if row.figures.received
    ]
