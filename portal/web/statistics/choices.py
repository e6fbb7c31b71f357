"""What can be chosen in the form on top of a page of statistics, and what is chosen now."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from portal.domain.errors import InvalidInput
from portal.domain.letters.kinds import Kind
from portal.domain.periods import GRANULARITY_LABELS, Granularity, Period
from portal.domain.statistics.as_of import parse_day
from portal.domain.statistics.measures import VIEW_LABELS, View
from portal.domain.statistics.rates import BASIS, DEFINITIONS, Basis
from portal.queries.statistics.overview import PARTS, Asked, Overview, categories
from portal.web.core.language import day, label, say, subject
from portal.web.statistics.addresses import category_word
from portal.web.statistics.comparison import scope_name
from portal.web.statistics.query import LAST_YEAR, PREVIOUS, RANKS, SAME, WHOLE, Wish, word

Options = list[tuple[Any, str]]


def choices(session: Session, wish: Wish, found: Overview) -> dict[str, Any]:
    """Return options as pairs of word and text, and the words chosen."""
    asked = wish.asked
    return {
        "said": _said(wish, found),
        "unfit": _unfit(asked),
        "year_options": [(year, str(year)) for year in _years(wish)],
        "parts": _parts(asked.period, ""),
        "part": asked.period.code[4:],
        "kind_options": [("", _("全部"))] + [(k.value, label(k)) for k in Kind],
        "category_options": _categories(session, asked, found),
        "category": category_word(asked.category) or "",
        "by_options": _by(asked),
        "by": asked.parts.value if asked.parts else "",
        "basis_options": [(b.value, _(BASIS[b].name)) for b in Basis],
        "view_options": [(v.value, _(VIEW_LABELS[v])) for v in View],
        "rank_options": [(r, _(DEFINITIONS[r].name)) for r in RANKS],
        "as_of": _as_of(wish),
        **_comparing(wish),
        "with_options": _others(wish, found),
        "with_chosen": found.tree.nodes[wish.other_id].code if wish.other_id else "",
    }


def _as_of(wish: Wish) -> tuple[str, str]:
    """Return what stands in the field of the day, and the type of field that can show it.

    Browsers leave a field for dates empty where its value is none.
    """
    if "as_of" not in wish.errors:
        seen = wish.asked.as_of
        return seen.day.isoformat() if seen.asked else "", "date"
    text = word("as_of")
    try:
        day = parse_day(text)
    except InvalidInput:
        return text, "text"
    return day.isoformat() if day else "", "date"


def _said(wish: Wish, found: Overview) -> list[str]:
    """Say in a line what is shown; what is not said is as usual.

    A single organisation is left to the heading above.
    """
    asked = wish.asked
    whole = found.node is None or (found.node.parent_id is None and not asked.unit)
    return [
        say(asked.period.message),
        *([scope_name(asked, found.tree)] if whole else []),
        *([label(asked.kind)] if asked.kind else []),
        *([] if asked.category is None else [subject(asked.category)]),
        *([_by_name(asked.parts)] if asked.parts else []),
        *([_("截至%(day)s", day=day(asked.as_of.day))] if asked.as_of.asked else []),
        *([] if asked.basis is Basis.COHORT else [_(BASIS[asked.basis].name)]),
        *([] if asked.view is View.RECEIVING else [_(VIEW_LABELS[asked.view])]),
        *([_("有比较")] if wish.compares else []),
    ]


def _unfit(asked: Asked) -> str:
    """Say that the period cannot be shown by the parts wished for, and by which it can."""
    if asked.by is None or asked.by == asked.parts:
        return ""
    usual = PARTS.get(asked.period.granularity, ())
    words = {"period": say(asked.period.message), "wished": _by_name(asked.by)}
    if asked.parts is None:
        return str(_("%(period)s不能再“%(wished)s”分段，所以没有图表。", **words))
    said = _(
        "%(period)s的图表不能“%(wished)s”分段，现在是“%(shown)s”；可以选的有：%(usual)s。",
        shown=_by_name(asked.parts),
        usual=_("、").join(map(_by_name, usual)),
        **words,
    )
    longest = list(Granularity)
    finer = longest.index(asked.by) > longest.index(asked.parts)
    return str(said + _("要看得更细，请先选短一些的时段。") if finer else said)


def _by_name(part: Granularity) -> str:
    return str(_("按%(part)s", part=_(GRANULARITY_LABELS[part])))


def _years(wish: Wish) -> list[int]:
    others = {wish.other_period.year} if wish.other_period else set()
    return sorted({*wish.years, wish.asked.period.year, *others}, reverse=True)


def _parts(period: Period, whole: str) -> Options:
    """Return the parts of a year, and a week or day that was asked for by its address."""
    year = Period(period.year)
    found = [(whole, _("全年"))]
    for parts in (year.split(Granularity.QUARTER), year.split(Granularity.MONTH)):
        found += [(p.code[4:], _part_name(p)) for p in parts]
    code = period.code[4:]
    if code and code not in dict(found):
        found.append((code, say(period.message)))
    return found


def _part_name(part: Period) -> str:
    if part.quarter is not None:
        return str(_("第 %(quarter)s 季度", quarter=part.quarter))
    return str(_("%(month)s 月份", month=part.month))


def _by(asked: Asked) -> Options:
    usual = PARTS.get(asked.period.granularity, ())
    return [(each.value, _by_name(each)) for each in usual]


def _categories(session: Session, asked: Asked, found: Overview) -> Options:
    names = categories(session, asked, found.tree)
    if asked.category is not None and asked.category not in names:
        names = [*names, asked.category]
    named = [(category_word(name), subject(name)) for name in names]
    return [("", str(_("全部"))), *named]


def _comparing(wish: Wish) -> dict[str, Any]:
    """Return the periods to compare with: a relation, or a year with one of its parts."""
    period, other = wish.asked.period, wish.other_period
    yearly = period.granularity is Granularity.YEAR
    relations = [(LAST_YEAR, _("上一年") if yearly else _("去年同期"))]
    if not yearly:
        relations.append((PREVIOUS, _("上一个时段")))
    years = [(str(year), _("%(year)s年", year=year)) for year in _years(wish)]
    chosen = word("compare") if word("compare") in (LAST_YEAR, PREVIOUS) else ""
    part = request.args.get("compare_part", "")
    if other is not None and not chosen:
        chosen = str(other.year)
        part = part or other.code[4:] or WHOLE
    return {
        "compare_options": [("", _("不比较")), *relations, *years],
        "compare": chosen,
        "compare_parts": [(SAME, _("与上面相同")), *_parts(other or period, WHOLE)],
        "compare_part": part or SAME,
    }


def _others(wish: Wish, found: Overview) -> Options:
    """Return organisations to compare with: neighbours first, then the members of level 1.

    Where words fitted several names, those; any other is found by typing.
    """
    options: Options = [("", _("不比较"))]
    nodes = found.tree.nodes
    if wish.alike:
        return options + [(nodes[p.id].code, p.path) for p in wish.alike if p.id in nodes]
    ids: list[int] = []
    if found.node is not None and found.node.parent_id is not None:
        ids += found.tree.below.get(found.node.parent_id, [])
    ids += found.tree.below.get(found.tree.root_id or 0, [])
    if wish.other_id is not None:
        ids.append(wish.other_id)
    own = found.node.id if found.node else None
    known = [nodes[i] for i in dict.fromkeys(ids) if i != own]
    return options + [(n.code, n.name) for n in known if n.present or n.id == wish.other_id]
