"""The tables of the annual report, once for all formats."""

from __future__ import annotations

from collections.abc import Iterable

from portal.domain.annual_report import AnnualReport, Line, Table, Value
from portal.domain.organisations import OrganisationKind
from portal.domain.statistics.rates import DEFINITIONS, Figures, Rate

_RATES = ("收到", "办结", "办结率", "公示", "挂网率")
_ORDER = (
    OrganisationKind.MUNICIPAL_DEPARTMENT,
    OrganisationKind.DISTRICT_GOVERNMENT,
    OrganisationKind.KEY_ENTERPRISE,
    OrganisationKind.CITY_OFFICE,
)
_NAMES = {
    OrganisationKind.MUNICIPAL_DEPARTMENT: "departments",
    OrganisationKind.DISTRICT_GOVERNMENT: "districts",
    OrganisationKind.KEY_ENTERPRISE: "enterprises",
    OrganisationKind.CITY_OFFICE: "office",
}
TOTAL = "合计"
"""The name of the row that sums up a table."""


def tables(report: AnnualReport) -> list[Table]:
    """Return the tables in the order of the document."""
    return [
        _overview(report),
        _months(report),
        _kinds(report),
        _categories(report),
        _groups(report),
        *_organisations(report),
        _measures(report),
        _declines(report),
        _refusals(report),
        *_deflected(report),
        _disclosure(report),
    ]


def _cells(figures: Figures) -> tuple[Value, ...]:
    return (
        figures.received,
        figures.closed,
        figures.closure.text,
        figures.published,
        figures.publication.text,
    )


def _overview(report: AnnualReport) -> Table:
    counts = [
        (DEFINITIONS[name].name, getattr(report.total, name))
        for name in (
            "received",
            "closed",
            "published",
            "declined",
            "timed_out",
            "on_time",
            "extended",
            "returned",
            "redone",
            "withdrawn",
        )
    ]
    rates = [
        (DEFINITIONS[name].name, getattr(report.total, name).text)
        for name in ("closure", "publication", "timeliness")
    ]
    apart = (DEFINITIONS["avoided"].name, report.deflected.total)
    rows: list[tuple[Value, ...]] = [*counts[:3], *rates, *counts[3:], apart]
    return Table("overview", "总体情况", ("指标", "数值"), tuple(rows))


def _months(report: AnnualReport) -> Table:
    rows = [(f"{p.month}月", *_cells(f)) for p, f in report.months]
    total = (TOTAL, *_cells(report.total))
    return Table("months", "按月份", ("来信月份", *_RATES), (*rows, total))


def _kinds(report: AnnualReport) -> Table:
    rows = [(kind.label, *_cells(f)) for kind, f in report.kinds]
    total = (TOTAL, *_cells(report.total))
    return Table("kinds", "按信件类别", ("类别", *_RATES), (*rows, total))


def _categories(report: AnnualReport) -> Table:
    rows = [(name or "未分类", *_cells(f)) for name, f in report.categories]
    total = (TOTAL, *_cells(report.total))
    return Table("categories", "按主题分类", ("分类", *_RATES), (*rows, total))


def _groups(report: AnnualReport) -> Table:
    """Sum up the organisations of each kind; the rows add up to the whole."""
    rows = []
    for kind in _ORDER:
        figures = [line.figures for line in report.lines if line.kind is kind]
        if figures:
            rows.append((kind.label, *_cells(sum(figures, Figures()))))
    total = (TOTAL, *_cells(report.total))
    return Table("groups", "按单位类型", ("单位类型", *_RATES), (*rows, total))


def _organisations(report: AnnualReport) -> list[Table]:
    found = []
    for kind in _ORDER:
        lines = [line for line in report.lines if line.kind is kind]
        if lines:
            found.append(
                Table(
                    _NAMES[kind],
                    f"{kind.label}办理情况",
                    ("单位", *_RATES, "按时办结率", "本单位答复", "其中公示"),
                    (*(_line(line) for line in lines), _sum(lines)),
                    "收到、办结、公示计入最先收到来信的单位及其下级；"
                    "“本单位答复”计入最终答复的单位，不论来信由谁收到。",
                )
            )
    return found


def _line(line: Line) -> tuple[Value, ...]:
    return (
        line.name,
        *_cells(line.figures),
        line.figures.timeliness.text,
        line.answered,
        line.shown,
    )


def _sum(lines: Iterable[Line]) -> tuple[Value, ...]:
    known = list(lines)
    total = sum((line.figures for line in known), Figures())
    return (
        TOTAL,
        *_cells(total),
        total.timeliness.text,
        sum(line.answered for line in known),
        sum(line.shown for line in known),
    )


def _measures(report: AnnualReport) -> Table:
    rows = tuple((m.name, m.text, m.count) for m in report.measures)
    return Table("measures", "办理质量", ("指标", "数值", "统计件数"), rows)


def _shares(counts: Iterable[tuple[str, int]]) -> tuple[tuple[Value, ...], ...]:
    known = list(counts)
    total = sum(count for _, count in known)
    rows = [(name, count, Rate(count, total).text) for name, count in known]
    return (*rows, (TOTAL, total, Rate(total, total).text))


def _declines(report: AnnualReport) -> Table:
    rows = _shares((r.label, n) for r, n in report.declines.items())
    return Table("declines", "不予受理的原因", ("原因", "件数", "比例"), rows)


def _refusals(report: AnnualReport) -> Table:
    rows = _shares((r.label, n) for r, n in report.refusals.items())
    return Table("refusals", "不予公示的原因", ("原因", "件数", "比例"), rows)


def _deflected(report: AnnualReport) -> list[Table]:
    """Return the table of deflected letters by organisation, or nothing where there are none."""
    if not report.deflected.total:
        return []
    definition = DEFINITIONS["avoided"]
    rows = [(name, count) for _, name, count in report.deflected.organisations]
    total = (TOTAL, report.deflected.total)
    columns = ("作出答复的单位", "次数")
    return [Table("avoided", definition.name, columns, (*rows, total), definition.text)]


def _disclosure(report: AnnualReport) -> Table:
    found = report.disclosure
    rows: list[tuple[Value, ...]] = [
        ("收到申请", found.received, ""),
        ("已答复", found.answered, found.answer_rate.text),
    ]
    if found.not_due:
        rows.append(("还在答复期限内或等申请人补正", found.not_due, ""))
    rows += [
        (o.label, found.outcomes.get(o, 0), found.share(o).text) for o in found.reported_outcomes
    ]
    return Table("disclosure", "依申请公开", ("事项", "件数", "比例"), tuple(rows))


def disclosure_sentence(report: AnnualReport) -> str:
    """Return the paragraph of section three in the report's own form."""
    found = report.disclosure
    if not found.received:
        return f"{report.year.label}没有收到政府信息公开申请。"
    parts = "，".join(
        f"“{o.label}”{found.outcomes.get(o, 0)}件，占{found.share(o).text}"
        for o in found.reported_outcomes
    )
    waiting = f"，还在答复期限内或等申请人补正的{found.not_due}件" if found.not_due else ""
    return (
        f"{report.year.label}共收到政府信息公开申请{found.received}件，已答复{found.answered}件"
        f"{waiting}，答复率{found.answer_rate.text}。"
        + (f"已答复的申请中，{parts}。" if found.answered else "")
    )


def annex(report: AnnualReport) -> list[tuple[str, str]]:
    """Return the definitions of the annex, each with its name."""
    names = (
        "received",
        "closed",
        "published",
        "closure",
        "publication",
        "declined",
        "timed_out",
        "on_time",
        "timeliness",
        "extended",
        "returned",
        "redone",
        "withdrawn",
        "avoided",
        "median",
        "p90",
        "rating",
    )
    return [(DEFINITIONS[name].name, DEFINITIONS[name].text) for name in names]
