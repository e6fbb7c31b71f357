"""The report as plain text, Markdown, JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict
from unicodedata import east_asian_width

from portal.domain.annual_report import AnnualReport, Table, Value
from portal.domain.disclosure.requests import DISCLOSURE_DEFINITION
from portal.domain.statistics.rates import Basis, Figures, Rate
from portal.reporting.cells import safe_cell
from portal.reporting.tables import annex, disclosure_sentence, tables


def as_text(report: AnnualReport) -> bytes:
    """Return the report for a terminal: the sentence first, then the tables."""
    parts = [line for text in report.paragraphs for line in (text, "")]
    if report.notice:
        parts += [report.notice, ""]
    for table in tables(report):
        parts += [table.title, *_lined(table), ""]
    parts += [disclosure_sentence(report), "", report.basis_text, report.as_of_text]
    return _bytes(parts)


def as_markdown(report: AnnualReport) -> bytes:
    """Return the report as a Markdown document with its annex."""
    parts = [f"# {report.title}", "", "## 一、公开信箱", ""]
    parts += [line for text in report.paragraphs for line in (text, "")]
    if report.notice:
        parts += [f"> {report.notice}", ""]
    for table in tables(report)[:-1]:
        parts += [f"### {table.title}", "", *_piped(table), ""]
        parts += [table.note, ""] if table.note else []
    parts += ["## 二、依申请公开", "", disclosure_sentence(report), ""]
    parts += [*_piped(tables(report)[-1]), "", DISCLOSURE_DEFINITION.text, ""]
    parts += ["## 附件：指标定义", "", report.as_of_text + "。", "", report.basis_text, ""]
    parts += [f"- **{name}**：{text}" for name, text in annex(report)]
    return _bytes(parts)


def as_json(report: AnnualReport) -> bytes:
    """Return every figure with its parts; rates carry numerator and denominator."""
    found = {
        "title": report.title,
        "period": report.year.code,
        "basis": Basis.COHORT.value,
        "as_of": report.as_of.day.isoformat(),
        "sentence": report.sentence,
        "members": {kind.value: count for kind, count in report.members.items()},
        "total": figures_json(report.total),
        "avoided": {
            "total": report.deflected.total,
            "months": {period.code: count for period, count in report.deflected.months},
            "organisations": {code: count for code, _, count in report.deflected.organisations},
        },
        "months": {period.code: figures_json(f) for period, f in report.months},
        "kinds": {kind.value: figures_json(f) for kind, f in report.kinds},
        "categories": {name: figures_json(f) for name, f in report.categories},
        "organisations": [
            {
                "code": line.code,
                "name": line.name,
                "kind": line.kind.value,
                **figures_json(line.figures),
                "answered_here": line.answered,
                "published_of_answered": line.shown,
            }
            for line in report.lines
        ],
        "measures": [asdict(measure) for measure in report.measures],
        "declines": {reason.value: count for reason, count in report.declines.items()},
        "withheld": sorted(report.withheld),
        "refusals": {reason.value: count for reason, count in report.refusals.items()},
        "disclosure": {
            "received": report.disclosure.received,
            "answered": report.disclosure.answered,
            "not_due": report.disclosure.not_due,
            "outcomes": {o.value: n for o, n in report.disclosure.outcomes.items()},
        },
        "definitions": dict(annex(report)),
    }
    return (json.dumps(found, ensure_ascii=False, indent=2) + "\n").encode()


def figures_json(figures: Figures) -> dict[str, object]:
    """Return counts as integers and rates as numerator, denominator and printed percentage."""
    return {
        **asdict(figures),
        "closure_rate": _rate(figures.closure),
        "publication_rate": _rate(figures.publication),
        "on_time_rate": _rate(figures.timeliness),
    }


def _rate(rate: Rate) -> dict[str, object]:
    percent = rate.percent()
    return {
        "numerator": rate.numerator,
        "denominator": rate.denominator,
        "percent": None if percent is None else str(percent),
    }


def as_csv(report: AnnualReport) -> bytes:
    """Return one row for each figure: table, row, column, value; UTF-8 with a byte order mark."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(("period", "as_of", "table", "row", "column", "value"))
    head = (report.year.code, report.as_of.day.isoformat())
    for table in tables(report):
        for row in table.rows:
            for column, value in zip(table.columns[1:], row[1:], strict=True):
                writer.writerow((*head, table.name, safe_cell(row[0]), column, safe_cell(value)))
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def _bytes(parts: list[str]) -> bytes:
    return ("\n".join(parts).rstrip() + "\n").encode()


def _shown(value: Value) -> str:
    return f"{value:,}" if isinstance(value, int) else value


def _width(text: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def _lined(table: Table) -> list[str]:
    """Return the table in columns of even width; Chinese characters take two places."""
    rows = [table.columns, *(tuple(_shown(v) for v in row) for row in table.rows)]
    widths = [max(_width(row[i]) for row in rows) for i in range(len(table.columns))]
    lines = []
    for row in rows:
        first = row[0] + " " * (widths[0] - _width(row[0]))
        rest = (" " * (w - _width(v)) + v for v, w in zip(row[1:], widths[1:], strict=True))
        lines.append("  " + "  ".join((first, *rest)).rstrip())
    return lines


def _piped(table: Table) -> list[str]:
    aligned = " | ".join([":--", *["--:"] * (len(table.columns) - 1)])
    rows = [" | ".join(_shown(v).replace("|", "\\|") for v in row) for row in table.rows]
    return [f"| {line} |" for line in (" | ".join(table.columns), aligned, *rows)]
