"""The tables of the annual report, once for all formats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from portal.domain.annual_report import AnnualReport, Line, Table, Value
from portal.domain.organisations import OrganisationKind
from portal.domain.statistics.rates import DEFINITIONS, Figures, Rate

_RATES = ("收到", "办结", "办结率", "公示", "挂网率")
_GROUPS = {
    OrganisationKind.MUNICIPAL_DEPARTMENT: "departments",
    OrganisationKind.DISTRICT_GOVERNMENT: "districts",
    OrganisationKind.KEY_ENTERPRISE: "enterprises",
    OrganisationKind.CITY_OFFICE: "office",
}
"""Kinds of organisations in the order of the document, with the names of their tables."""
TOTAL = "合计"
"""The name of the row that sums up a table."""


def tables(report: AnnualReport) -> list[Table]:
    """Return the tables in the order of the document."""
    months = ((f"{period.month}月", figures) for period, figures in report.months)
    kinds = ((kind.label, figures) for kind, figures in report.kinds)
    categories = ((name or "未分类", figures) for name, figures in report.categories)
    declines = ((reason.label, count) for reason, count in report.declines.items())
    refusals = ((reason.label, count) for reason, count in report.refusals.items())
    return [
        _overview(report),
        _rates(report, "months", "按月份", "来信月份", months),
        _rates(report, "kinds", "按信件类别", "类别", kinds),
        _rates(report, "categories", "按主题分类", "分类", categories),
        _rates(report, "groups", "按单位类型", "单位类型", _groups(report)),
        *_organisations(report),
        _measures(report),
        *(
            [_shares("declines", "不予受理的原因", declines)]
            if "declines" not in report.withheld
            else []
        ),
        *(
            [_shares("refusals", "不予公示的原因", refusals)]
            if "refusals" not in report.withheld
            else []
        ),
        *_deflected(report),
        _disclosure(report),
    ]


def _rates(
    report: AnnualReport, name: str, title: str, head: str, parts: Iterable[tuple[str, Figures]]
) -> Table:
    """Return the rates of ``parts``, which add up to the whole."""
    rows = [(label, *_cells(figures)) for label, figures in parts]
    return Table(name, title, (head, *_RATES), (*rows, (TOTAL, *_cells(report.total))))


def _cells(figures: Figures) -> tuple[Value, ...]:
    return (
        figures.received,
        figures.closed,
        figures.closure.text,
        figures.published,
        figures.publication.text,
    )


def _overview(report: AnnualReport) -> Table:
    total = report.total
    names = ("declined", "timed_out", "on_time", "extended", "returned", "redone", "withdrawn")
    rates = {name: getattr(total, name).text for name in ("closure", "publication", "timeliness")}
    figures = {
        **{name: getattr(total, name) for name in ("received", "closed", "published")},
        **rates,
        **{name: getattr(total, name) for name in names},
    }
    figures["avoided"] = report.deflected.total
    rows = [(DEFINITIONS[name].name, value) for name, value in figures.items()]
    return Table("overview", "总体情况", ("指标", "数值"), tuple(rows))


def _groups(report: AnnualReport) -> Iterator[tuple[str, Figures]]:
    """Yield the sum of the organisations of each kind."""
    for kind in _GROUPS:
        figures = [line.figures for line in report.lines if line.kind is kind]
        if figures:
            yield kind.label, sum(figures, Figures())


def _organisations(report: AnnualReport) -> list[Table]:
    found = []
    for kind, name in _GROUPS.items():
        lines = [line for line in report.lines if line.kind is kind]
        if lines:
            found.append(
                Table(
                    name,
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


def _shares(name: str, title: str, counts: Iterable[tuple[str, int]]) -> Table:
    known = list(counts)
    total = sum(count for _, count in known)
    rows = [(reason, count, Rate(count, total).text) for reason, count in known]
    rows.append((TOTAL, total, Rate(total, total).text))
    return Table(name, title, ("原因", "件数", "比例"), tuple(rows))


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
