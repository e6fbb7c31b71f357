"""Two periods or organisations side by side, with their differences and a chart of both."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from itertools import zip_longest
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from portal.domain.periods import Period
from portal.domain.statistics.differences import count_difference, points_text, signed
from portal.domain.statistics.measures import View
from portal.domain.statistics.quality_measures import BEYOND
from portal.domain.statistics.rates import DEFINITIONS, NO_RATE, Figures, Rate, round_half_up
from portal.queries.statistics.comparison import Side, opposite, side
from portal.queries.statistics.detail import Detail, Mean
from portal.queries.statistics.overview import Asked
from portal.queries.statistics.suppression import of_many
from portal.queries.statistics.tree import Tree
from portal.web.core.language import label, say
from portal.web.statistics.addresses import Letters
from portal.web.statistics.charts import axis, counts, percent_top, percents, short
from portal.web.statistics.quality import days_text, mean_text
from portal.web.statistics.query import Wish

_COUNTS = ("received", "closed", "published")
_DAYS = ("response_median", "closing_median", "closing_p90")


def comparison(session: Session, wish: Wish, now: datetime, letters: Letters) -> dict[str, Any]:
    """Return both columns, the rows with their differences, and the charts of a comparison."""
    sides = [
        side(session, wish.asked),
        side(session, opposite(wish.asked, wish.other_period, wish.other_id, now)),
    ]
    names = _names(sides)
    behind = [letters(each.asked, _code(each)) for each in sides]
    closure = wish.asked.view is View.RECEIVING
    mine, theirs = (
        each.detail if address else of_many(each.detail)[0]
        for each, address in zip(sides, behind, strict=True)
    )
    return {
        "columns": [
            {"name": name, "day": each.asked.as_of.day, "behind": address}
            for name, each, address in zip(names, sides, behind, strict=True)
        ],
        "rows": _rows(sides[0].total, sides[1].total, mine, theirs, closure),
        "chart": _chart(sides, names, "closure" if closure else "publication"),
    }


def scope_name(asked: Asked, tree: Tree) -> str:
    """Name what figures speak of: the whole house under the name of no office."""
    node = tree.nodes.get(asked.organisation_id or 0)
    if node is not None and (node.parent_id is not None or asked.unit):
        return str(_("%(name)s（本级）", name=node.name)) if asked.unit else node.name
    return label(asked.group) if asked.group else str(_("全部单位"))


def _names(sides: list[Side]) -> list[str]:
    """Name each side by what makes it differ from the other."""
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


def _rows(
    one: Figures, other: Figures, mine: Detail, theirs: Detail, closure: bool
) -> list[dict[str, Any]]:
    rows = [_count(name, getattr(one, name), getattr(other, name)) for name in _COUNTS]
    shown = (("closure",) if closure else ()) + ("publication", "timeliness")
    rows += [_rate(name, getattr(one, name), getattr(other, name)) for name in shown]
    for key in _DAYS:
        which, value = key.split("_")
        rows.append(_duration(key, *(getattr(getattr(d, which), value) for d in (mine, theirs))))
    return rows + [
        _mean(key, getattr(mine, key), getattr(theirs, key)) for key in ("attitude", "efficiency")
    ]


def _count(name: str, one: int, other: int) -> dict[str, Any]:
    gap = count_difference(one, other)
    difference = str(ngettext("%(n)s 件", "%(n)s 件", abs(one - other), n=gap))
    change = Fraction(one - other, other) * 100 if other else None
    return {
        "name": _(DEFINITIONS[name].name),
        "measure": name,
        "values": (one, other),
        "texts": (f"{one:,}", f"{other:,}"),
        "difference": difference,
        "change": None
        if change is None
        else f"({signed(f'{round_half_up(abs(change), 2)}%', change)})",
    }


def _rate(name: str, one: Rate, other: Rate) -> dict[str, Any]:
    gap = points_text(one, other)
    return {
        "name": _(DEFINITIONS[name].name),
        "texts": (one.text, other.text),
        "difference": gap if gap == NO_RATE else _("%(n)s 个百分点", n=gap),
    }


def _duration(key: str, one: int | None, other: int | None) -> dict[str, Any]:
    known = one is not None and other is not None
    gap = (one or 0) - (other or 0)
    return {
        "name": _(BEYOND[key].name),
        "texts": (days_text(one), days_text(other)),
        "difference": signed(days_text(abs(gap)), gap) if known else NO_RATE,
    }


def _mean(key: str, one: Mean, other: Mean) -> dict[str, Any]:
    gap = NO_RATE
    if one.value is not None and other.value is not None:
        change = one.value - other.value
        gap = signed(str(round_half_up(abs(change), 2)), change)
    return {
        "name": _(BEYOND[key].name),
        "texts": (mean_text(one), mean_text(other)),
        "difference": gap,
    }


def _chart(sides: list[Side], names: list[str], rate: str) -> dict[str, Any] | None:
    """Return the series of both, part by part; None where their parts are not alike."""
    if len({each.asked.period.granularity for each in sides}) > 1 or not sides[0].trend:
        return None
    length = max(len(each.trend) for each in sides)
    pairs = zip_longest(*([period for period, _f in each.trend] for each in sides))
    figures = [f for each in sides for _p, f in each.trend]
    return {
        "labels": [_label(index, *pair) for index, pair in enumerate(pairs, start=1)],
        "counts": [_padded(_received(name, each), length) for name, each in _both(names, sides)],
        "rates": [
            _padded(percents(name, [getattr(f, rate) for _p, f in each.trend]), length)
            for name, each in _both(names, sides)
        ],
        "rate": _(DEFINITIONS[rate].name),
        "top": percent_top([getattr(f, rate) for f in figures]),
        **axis(max((f.received for f in figures), default=0)),
    }


def _both(names: list[str], sides: list[Side]) -> zip[tuple[str, Side]]:
    return zip(names, sides, strict=True)


def _received(name: str, each: Side) -> dict[str, Any]:
    begun = [period.first_day <= each.asked.as_of.day for period, _f in each.trend]
    return counts(name, [f.received for _p, f in each.trend], begun)


def _padded(series: dict[str, Any], length: int) -> dict[str, Any]:
    missing = length - len(series["values"])
    return series | {
        "values": series["values"] + [None] * missing,
        "texts": series["texts"] + [NO_RATE] * missing,
    }


def _label(index: int, one: Period | None, other: Period | None) -> str:
    names = {short(period) for period in (one, other) if period is not None}
    return names.pop() if len(names) == 1 else str(index)
