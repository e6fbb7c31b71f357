"""What an address of the statistics asks for, and how the answer is put into words and charts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import request
from flask_babel import gettext as _

from portal.domain.asof import STANDING_TEXTS, as_of, parse_day
from portal.domain.errors import InvalidInput
from portal.domain.letters import Kind
from portal.domain.measures import VIEW_LABELS, VIEW_TEXTS, View
from portal.domain.periods import Granularity, Period, PeriodError, civil_date
from portal.domain.rates import BASIS, DEFINITIONS, NO_RATE, Basis, Figures, Rate
from portal.models import db
from portal.queries.rates.comparing import opposite, side
from portal.queries.rates.overview import Asked, Overview, overview, years
from portal.queries.rates.tree import Node, tree_on
from portal.web.shared.language import label, say

RANKS = ("closure", "publication", "timeliness")
MOST_BARS = 15
_LONGEST = 40


@dataclass
class Wish:
    """The address as it was read: what is asked, and for each field at fault a sentence."""

    asked: Asked
    years: list[int]
    other_period: Period | None = None
    other_id: int | None = None
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """200, or 422 where the address could not be read as it was meant."""
        return 422 if self.errors else 200


def read_wish(now: datetime, organisation_id: int | None = None) -> Wish:
    """Read the address; what cannot be read falls back to the default and is named."""
    known = years(db.session())
    errors: dict[str, str] = {}
    today = civil_date(now)
    default = Period(min(known[-1], today.year) if known else today.year)
    period = _period(_period_text(), default, errors, "period") or default
    seen = as_of(period, now)
    try:
        seen = as_of(period, now, parse_day(_arg("as_of")))
    except InvalidInput as error:
        errors["as_of"] = say(getattr(error, "message", str(error)))
    kind = _word(Kind, "kind", None, errors)
    basis = _word(Basis, "basis", Basis.COHORT, errors)
    view = _word(View, "view", View.RECEIVING, errors)
    rank = _arg("rank") if _arg("rank") in RANKS else "closure"
    asked = Asked(period, seen, basis, view, organisation_id, kind, rank)
    wish = Wish(asked, known, errors=errors)
    if _arg("compare"):
        wish.other_period = _period(_arg("compare"), None, errors, "compare")
    if _arg("with"):
        node = tree_on(db.session(), seen.day).by_code(_arg("with"))
        if node is None:
            errors["with"] = _("没有这个单位，请重新选择。")
        else:
            wish.other_id = node.id
    return wish


def _arg(name: str) -> str:
    return request.args.get(name, "").strip()[:_LONGEST]


def _period_text() -> str:
    return _arg("period") or (_arg("year") + _arg("part") if _arg("year") else "")


def _period(text: str, default: Period | None, errors: dict[str, str], name: str) -> Period | None:
    if not text:
        return default
    try:
        return Period.parse(text)
    except PeriodError as error:
        errors[name] = say(error.message)
        return default


def _word(kind: Any, name: str, default: Any, errors: dict[str, str]) -> Any:
    text = _arg(name)
    if not text:
        return default
    try:
        return kind(text)
    except ValueError:
        errors[name] = _("没有“%(text)s”这个选项，请重新选择。", text=text)
        return default


Address = Callable[..., str]


def page_values(wish: Wish, now: datetime, address: Address) -> dict[str, Any]:
    """Return the template's values for the answer to ``wish``.

    ``address`` makes the address of the same page with some of its words changed.
    """
    session = db.session()
    found = overview(session, wish.asked)
    other = None
    if wish.other_period is not None or wish.other_id is not None:
        asked = opposite(wish.asked, wish.other_period, wish.other_id, now)
        other = side(session, asked).total
    standing = wish.asked.as_of.standing(wish.asked.period, civil_date(now))
    return {
        "wish": wish, "found": found, "asked": wish.asked, "other": other,
        "other_name": _other_name(wish, found), "scope": _scope(found.node), "address": address,
        "standing": STANDING_TEXTS[standing], "definitions": DEFINITIONS,
        "bases": BASIS, "views": VIEW_LABELS, "view_texts": VIEW_TEXTS,
        "trend": trend_values(found.trend, wish.asked.as_of.day), "bars": bar_rows(found, address),
        "closure_shown": wish.asked.view is View.RECEIVING, **_options(wish, found),
    }  # fmt: skip


def _options(wish: Wish, found: Overview) -> dict[str, Any]:
    """Return what can be chosen in the form on top of the page."""
    asked = wish.asked
    with_chosen = found.tree.nodes[wish.other_id].code if wish.other_id else ""
    return {
        "year_options": [(year, year) for year in _year_choices(wish)],
        "parts": _parts(asked.period.year), "part": asked.period.code[4:],
        "kind_options": [("", _("全部"))] + [(k.value, label(k)) for k in Kind],
        "basis_options": [(b.value, _(BASIS[b].name)) for b in Basis],
        "view_options": [(v.value, _(VIEW_LABELS[v])) for v in View],
        "rank_options": [(r, _(DEFINITIONS[r].name)) for r in RANKS],
        "with_options": [("", _("不比较"))] + _siblings(found), "with_chosen": with_chosen,
    }  # fmt: skip


def _siblings(found: Overview) -> list[tuple[str, str]]:
    """Return the organisations that this one can be compared with: its neighbours in the tree."""
    if found.node is None or found.node.parent_id is None:
        above = found.tree.root_id
    else:
        above = found.node.parent_id
    ids = found.tree.below.get(above or 0, [])
    nodes = [found.tree.nodes[i] for i in ids if found.node is None or i != found.node.id]
    return [(node.code, node.name) for node in nodes if node.present]


def _year_choices(wish: Wish) -> list[int]:
    return sorted({*wish.years, wish.asked.period.year}, reverse=True)


def _parts(year: int) -> list[tuple[str, str]]:
    whole = Period(year)
    quarters, months = whole.split(Granularity.QUARTER), whole.split(Granularity.MONTH)
    return [("", _("全年"))] + [(p.code[4:], say(p.message)) for p in (*quarters, *months)]


def _other_name(wish: Wish, found: Overview) -> str:
    other = wish.other_id
    node = found.tree.nodes[other] if other is not None else found.node
    period = wish.other_period or wish.asked.period
    return f"{_scope(node)} {say(period.message)}"


def _scope(node: Node | None) -> str:
    """Name what figures speak of: the whole house under the name of no office."""
    return node.name if node and node.parent_id is not None else str(_("全部单位"))


def short(period: Period) -> str:
    """Return the name of a part of a period for the foot of a chart."""
    match period.granularity:
        case Granularity.MONTH:
            return str(_("%(month)s月", month=period.month))
        case Granularity.WEEK:
            return str(_("%(week)s周", week=period.week))
        case Granularity.DAY:
            return str(_("%(day)s日", day=period.day))
        case _:
            return say(period.message)


def trend_values(trend: Sequence[tuple[Period, Figures]], day: date) -> dict[str, Any]:
    """Return labels and series of both trend charts: counts, and rates in per cent.

    What begins after ``day`` has no value: it has not come yet, which is not the same as 0.
    """
    begun = [period.first_day <= day for period, _f in trend]
    figures = [f for _p, f in trend]
    most = nice(max((max(f.received, f.closed, f.published) for f in figures), default=0))
    return {
        "most": most, "ticks": [(most, f"{most:,}"), (most // 2, f"{most // 2:,}"), (0, "0")],
        "labels": [short(period) for period, _f in trend],
        "counts": [
            _series(
                _(DEFINITIONS[name].name),
                [getattr(f, name) if came else None for f, came in zip(figures, begun, strict=True)],
            )
            for name in ("received", "closed", "published")
        ],
        "rates": [
            _rates(_(DEFINITIONS[name].name), [getattr(f, name) for f in figures])
            for name in ("closure", "publication")
        ],
        "top": max([100.0, *(float(r.percent() or 0) for f in figures
                             for r in (f.closure, f.publication))]),
    }  # fmt: skip


def nice(most: int) -> int:
    """Return the next round even number from ``most`` on, for the upper end of an axis."""
    if most <= 10:
        return 10
    size: int = 10 ** (len(str(most)) - 1)
    return next(
        size * k // 10 for k in (10, 12, 16, 20, 30, 40, 60, 80, 100) if size * k >= most * 10
    )


def _series(name: str, values: list[int | None]) -> dict[str, Any]:
    texts = [NO_RATE if value is None else f"{value:,}" for value in values]
    return {"name": name, "values": values, "texts": texts}


def _rates(name: str, rates: list[Rate]) -> dict[str, Any]:
    percents = [rate.percent() for rate in rates]
    values = [None if p is None else float(p) for p in percents]
    return {"name": name, "values": values, "texts": [rate.text for rate in rates]}


def bar_rows(found: Overview, address: Address) -> list[dict[str, Any]]:
    """Return the busiest organisations below for a comparison chart."""
    rows = sorted(found.rows, key=lambda row: -row.figures.received)[:MOST_BARS]
    return [
        {
            "label": _("%(name)s（本级）", name=row.node.name) if row.own else row.node.name,
            "value": row.figures.received, "text": f"{row.figures.received:,}",
            "note": f"{_(DEFINITIONS['closure'].name)} {row.figures.closure.text}",
            "url": None if row.own else address(organisation=row.node.code),
        }
        for row in rows if row.figures.received
    ]  # fmt: skip


def measure_names() -> dict[str, str]:
    """Return the names of the counts of ``Figures`` as pages show them."""
    return {name: _(DEFINITIONS[name].name) for name in Figures.__dataclass_fields__}
