"""Two periods or organisations side by side, with their differences and a chart of both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from itertools import zip_longest

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from portal.domain.periods import Period
from portal.domain.statistics.differences import count_difference, points_text, signed
from portal.domain.statistics.measures import View
from portal.domain.statistics.quality_measures import (
    QUALITY_MEASURES,
    Detail,
    Mean,
    suppress_small_counts,
)
from portal.domain.statistics.rates import DEFINITIONS, NO_RATE, Rate, round_half_up
from portal.queries.statistics.comparison import Side, opposite, side
from portal.web.core.language import say
from portal.web.statistics.charts import (
    COUNTS,
    Chart,
    count_chart,
    count_line,
    rate_chart,
    rate_line,
    short,
)
from portal.web.statistics.quality import days_text
from portal.web.statistics.query import (
    LetterAddress,
    LetterAddresses,
    StatisticsQuery,
    scope_name,
)


@dataclass(frozen=True, slots=True)
class Column:
    """One side: its name, its as-of day, and the links of its counts."""

    name: str
    day: date
    letters: LetterAddress | None


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """A measure of both sides in words, with the difference of the first from the second.

    Counts also have their values, by which they lead to letters, and the change in per cent.
    """

    name: str
    texts: tuple[str, str]
    difference: str
    measure: str = ""
    counts: tuple[int, int] = (0, 0)
    change: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both columns, the rows with their differences, and the charts where parts are alike.

    The charts are of the letters received, and of the rate with the name beside it.
    """

    columns: list[Column]
    rows: list[ComparedRow]
    charts: list[tuple[str, Chart]]


def comparison(
    session: Session, query: StatisticsQuery, now: datetime, addresses: LetterAddresses
) -> Comparison:
    """Return the figures of ``query`` beside those of its comparison."""
    other = opposite(query.asked, query.other_period, query.other_id, now)
    sides = [side(session, query.asked), side(session, other)]
    names = _names(sides)
    letters = [addresses(each.asked, _code(each)) for each in sides]
    one, two = (
        each.detail if address else suppress_small_counts(each.detail)[0]
        for each, address in zip(sides, letters, strict=True)
    )
    closure = ("closure",) if query.asked.view is View.RECEIVING else ()
    rates = (*closure, "publication", "timeliness")
    return Comparison(
        columns=[
            Column(name, each.asked.as_of.day, address)
            for name, each, address in zip(names, sides, letters, strict=True)
        ],
        rows=_rows(sides, one, two, rates),
        charts=_charts(sides, names, rates[0]),
    )


def _names(sides: list[Side]) -> list[str]:
    """Name each side by its difference from the other."""
    scopes = [scope_name(each.asked, each.tree) for each in sides]
    periods = [say(each.asked.period.message) for each in sides]
    if scopes[0] == scopes[1]:
        return periods
    if periods[0] == periods[1]:
        return scopes
    return [f"{scope} {period}" for scope, period in zip(scopes, periods, strict=True)]


def _code(each: Side) -> str | None:
    node = each.tree.nodes.get(each.asked.organisation_id or each.tree.root_id or 0)
    return node.code if node else None


def _rows(sides: list[Side], one: Detail, two: Detail, rates: tuple[str, ...]) -> list[ComparedRow]:
    first, second = (each.total for each in sides)
    return [
        *(_count(name, getattr(first, name), getattr(second, name)) for name in COUNTS),
        *(_rate(name, getattr(first, name), getattr(second, name)) for name in rates),
        _duration("response_median", one.response.median, two.response.median),
        _duration("closing_median", one.closing.median, two.closing.median),
        _duration("closing_p90", one.closing.p90, two.closing.p90),
        _mean("attitude", one.attitude, two.attitude),
        _mean("efficiency", one.efficiency, two.efficiency),
    ]


def _count(name: str, one: int, two: int) -> ComparedRow:
    gap = count_difference(one, two)
    change = Fraction(one - two, two) * 100 if two else None
    return ComparedRow(
        _(DEFINITIONS[name].name),
        (f"{one:,}", f"{two:,}"),
        str(ngettext("%(n)s 件", "%(n)s 件", abs(one - two), n=gap)),
        measure=name,
        counts=(one, two),
        change="" if change is None else f"({signed(f'{round_half_up(abs(change), 2)}%', change)})",
    )


def _rate(name: str, one: Rate, two: Rate) -> ComparedRow:
    gap = points_text(one, two)
    difference = gap if gap == NO_RATE else str(_("%(n)s 个百分点", n=gap))
    return ComparedRow(_(DEFINITIONS[name].name), (one.text, two.text), difference)


def _duration(key: str, one: int | None, two: int | None) -> ComparedRow:
    known = one is not None and two is not None
    gap = (one or 0) - (two or 0)
    difference = signed(days_text(abs(gap)), gap) if known else NO_RATE
    return ComparedRow(_(QUALITY_MEASURES[key].name), (days_text(one), days_text(two)), difference)


def _mean(key: str, one: Mean, two: Mean) -> ComparedRow:
    gap = NO_RATE
    if one.value is not None and two.value is not None:
        change = one.value - two.value
        gap = signed(str(round_half_up(abs(change), 2)), change)
    return ComparedRow(_(QUALITY_MEASURES[key].name), (one.text, two.text), gap)


def _charts(sides: list[Side], names: list[str], rate: str) -> list[tuple[str, Chart]]:
    """Return title and chart of both sides part by part; none where their parts are not alike."""
    if len({each.asked.period.granularity for each in sides}) > 1 or not sides[0].trend:
        return []
    pairs = zip_longest(*([period for period, _f in each.trend] for each in sides))
    labels = [_label(index, *pair) for index, pair in enumerate(pairs, start=1)]
    both = list(zip(names, sides, strict=True))
    received = [count_line(name, each.trend, each.asked.as_of.day) for name, each in both]
    rates = [rate_line(name, [getattr(f, rate) for _p, f in each.trend]) for name, each in both]
    return [
        (_("收到的件数"), count_chart(labels, received)),
        (_(DEFINITIONS[rate].name), rate_chart(labels, rates)),
    ]


def _label(index: int, one: Period | None, two: Period | None) -> str:
    names = {short(period) for period in (one, two) if period is not None}
    return names.pop() if len(names) == 1 else str(index)
