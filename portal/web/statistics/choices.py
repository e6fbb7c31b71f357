"""Choices of the form on top of a page of statistics, and the current ones."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _

from portal.domain.errors import InvalidInput
from portal.domain.letters.kinds import Kind
from portal.domain.periods import Granularity, Period
from portal.domain.statistics.as_of import parse_day
from portal.domain.statistics.measures import View
from portal.domain.statistics.rates import DEFINITIONS, Basis
from portal.queries.statistics.overview import PARTS, Asked, Overview
from portal.web.core.language import day, label, say, subject
from portal.web.core.pickers import marked_path
from portal.web.statistics.query import (
    LAST_YEAR,
    PREVIOUS,
    RANKS,
    SAME,
    WHOLE,
    StatisticsQuery,
    category_word,
    scope_name,
    word,
)

Options = list[tuple[str, str]]
"""Pairs of a word of the address and its text."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The options of a field, and the word of the one that is chosen."""

    options: Options
    chosen: str


@dataclass(frozen=True, slots=True)
class Choices:
    """The fields of the form.

    ``summary`` describes the choices that are not the default; ``unfit`` is a message where the
    trend cannot be shown by the chosen parts; ``as_of`` is the value of the field of the day, and
    ``as_of_type`` the type of that field.
    """

    summary: list[str]
    unfit: str
    year: Choice
    part: Choice
    kind: Choice
    category: Choice
    compare: Choice
    compare_part: Choice
    other: Choice
    as_of: str
    as_of_type: str
    basis: Choice
    view: Choice
    by: Choice
    rank: Choice


def choices(query: StatisticsQuery, found: Overview, categories: list[str]) -> Choices:
    """Return the choices of the form; ``categories`` are the subjects with letters."""
    asked = query.asked
    as_of, as_of_type = _as_of(query)
    offered = _years(query)
    compare, compare_part = _comparing(query, offered)
    usual = PARTS.get(asked.period.granularity, ())
    return Choices(
        summary=_summary(query, found),
        unfit=_unfit(asked),
        year=Choice([(str(year), str(year)) for year in offered], str(asked.period.year)),
        part=Choice(_parts(asked.period, ""), asked.period.code[4:]),
        kind=Choice(_any([(k.value, label(k)) for k in Kind]), asked.kind or ""),
        category=_category(asked, categories),
        compare=compare,
        compare_part=compare_part,
        other=_other(query, found),
        as_of=as_of,
        as_of_type=as_of_type,
        basis=Choice([(b.value, label(b)) for b in Basis], asked.basis),
        view=Choice([(v.value, label(v)) for v in View], asked.view),
        by=Choice([(each.value, _by_name(each)) for each in usual], asked.part or ""),
        rank=Choice([(r, _(DEFINITIONS[r].name)) for r in RANKS], asked.rank),
    )


def _any(options: Options) -> Options:
    return [("", str(_("全部"))), *options]


def _as_of(query: StatisticsQuery) -> tuple[str, str]:
    """Return value and type of the field of the day.

    The type is ``text`` where the value is no date: browsers leave a field for dates empty then.
    """
    if "as_of" not in query.errors:
        seen = query.asked.as_of
        return seen.day.isoformat() if seen.asked else "", "date"
    text = word("as_of")
    try:
        day = parse_day(text)
    except InvalidInput:
        return text, "text"
    return day.isoformat() if day else "", "date"


def _summary(query: StatisticsQuery, found: Overview) -> list[str]:
    """Describe the choices that are not the default, for a single line.

    A single organisation is left to the heading above.
    """
    asked = query.asked
    whole = found.node is None or (found.node.parent_id is None and not asked.own)
    return [
        say(asked.period.message),
        *([scope_name(asked, found.tree)] if whole else []),
        *([label(asked.kind)] if asked.kind else []),
        *([] if asked.category is None else [subject(asked.category)]),
        *([_by_name(asked.part)] if asked.part else []),
        *([_("截至%(day)s", day=day(asked.as_of.day))] if asked.as_of.asked else []),
        *([] if asked.basis is Basis.COHORT else [label(asked.basis)]),
        *([] if asked.view is View.RECEIVING else [label(asked.view)]),
        *([_("有比较")] if query.compares else []),
    ]


def _unfit(asked: Asked) -> str:
    """Explain that the period cannot be shown by the chosen parts, and by which it can."""
    if asked.by is None or asked.by == asked.part:
        return ""
    usual = PARTS.get(asked.period.granularity, ())
    words = {"period": say(asked.period.message), "chosen": _by_name(asked.by)}
    if asked.part is None:
        return str(_("%(period)s不能再“%(chosen)s”分段，所以没有图表。", **words))
    said = _(
        "%(period)s的图表不能“%(chosen)s”分段，现在是“%(shown)s”；可以选的有：%(usual)s。",
        shown=_by_name(asked.part),
        usual=_("、").join(map(_by_name, usual)),
        **words,
    )
    longest = list(Granularity)
    finer = longest.index(asked.by) > longest.index(asked.part)
    return str(said + _("要看得更细，请先选短一些的时段。") if finer else said)


def _by_name(part: Granularity) -> str:
    return str(_("按%(part)s", part=label(part)))


def _years(query: StatisticsQuery) -> list[int]:
    others = {query.other_period.year} if query.other_period else set()
    return sorted({*query.years, query.asked.period.year, *others}, reverse=True)


def _parts(period: Period, whole: str) -> Options:
    """Return the parts of a year, and the week or day of the address."""
    year = Period(period.year)
    found = [(whole, str(_("全年")))]
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


def _category(asked: Asked, categories: list[str]) -> Choice:
    chosen = [] if asked.category is None or asked.category in categories else [asked.category]
    options = [(category_word(name) or "", subject(name)) for name in (*categories, *chosen)]
    return Choice(_any(options), category_word(asked.category) or "")


def _comparing(query: StatisticsQuery, years: list[int]) -> tuple[Choice, Choice]:
    """Return the periods to compare with: a relation, or a year with one of its parts."""
    period, other = query.asked.period, query.other_period
    yearly = period.granularity is Granularity.YEAR
    relations = [(LAST_YEAR, str(_("上一年") if yearly else _("去年同期")))]
    if not yearly:
        relations.append((PREVIOUS, str(_("上一个时段"))))
    chosen = word("compare") if word("compare") in (LAST_YEAR, PREVIOUS) else ""
    part = request.args.get("compare_part", "")
    if other is not None and not chosen:
        chosen = str(other.year)
        part = part or other.code[4:] or WHOLE
    options = [(str(year), str(_("%(year)s年", year=year))) for year in years]
    parts = [(SAME, str(_("与上面相同"))), *_parts(other or period, WHOLE)]
    return Choice([*_none(), *relations, *options], chosen), Choice(parts, part or SAME)


def _none() -> Options:
    return [("", str(_("不比较")))]


def _other(query: StatisticsQuery, found: Overview) -> Choice:
    """Return organisations to compare with: neighbours first, then the members of level 1.

    Where words fitted several names, those; any other is found by typing.
    """
    nodes, children = found.tree.nodes, found.tree.children
    if query.candidates:
        known = [(nodes[p.id].code, marked_path(p)) for p in query.candidates if p.id in nodes]
        return Choice([*_none(), *known], "")
    ids: list[int] = []
    if found.node is not None and found.node.parent_id is not None:
        ids += children.get(found.node.parent_id, [])
    ids += children.get(found.tree.root_id or 0, [])
    if query.other_id is not None:
        ids.append(query.other_id)
    here = found.node.id if found.node else None
    others = [nodes[i] for i in dict.fromkeys(ids) if i != here]
    options = [(n.code, n.name) for n in others if n.present or n.id == query.other_id]
    chosen = nodes[query.other_id].code if query.other_id else ""
    return Choice([*_none(), *options], chosen)
