"""The figures of a page of statistics as open data, from which all published figures follow."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from flask import Response, jsonify
from flask_babel import gettext as _

from portal.domain.errors import NotFound
from portal.domain.statistics.quality_measures import (
    QUALITY_MEASURES,
    Durations,
    suppress_small_counts,
)
from portal.domain.statistics.rates import DEFINITIONS_ON, Figures
from portal.models import db
from portal.queries.statistics.cache import detail
from portal.queries.statistics.overview import Overview, overview
from portal.reporting.cells import safe_cell
from portal.web.core.clock import now
from portal.web.core.language import one_language
from portal.web.core.people import public
from portal.web.delivery.caching import cacheable
from portal.web.public.statistics.pages import parse_query, statistics
from portal.web.statistics.query import StatisticsQuery, category_word, word

_COUNTS = tuple(Figures.__dataclass_fields__)
_MEANS = ("hops", "attitude", "efficiency")
_BOM = b"\xef\xbb\xbf"
FORMULAS = {
    "closure_rate": "closed / received",
    "publication_rate": "published / closed",
    "on_time_rate": "on_time / closed",
    "response_median": "smallest d with sum(response_days[0..d]) >= ceil(0.5 * sum)",
    "response_p90": "smallest d with sum(response_days[0..d]) >= ceil(0.9 * sum)",
    "closing_median": "smallest d with sum(closing_days[0..d]) >= ceil(0.5 * sum)",
    "closing_p90": "smallest d with sum(closing_days[0..d]) >= ceil(0.9 * sum)",
    "hops": "hops.total / hops.count",
    "attitude": "attitude.total / attitude.count",
    "efficiency": "efficiency.total / efficiency.count",
    "undecided": "closed - published - sum(refusals)",
}
"""Formulas of the published measures from the counts; rates are rounded half up to two decimals."""


@statistics.get("/data.json")
@public
@cacheable
@one_language
def open_json() -> Response | tuple[dict[str, Any], int]:
    """Give the figures of a page with numerators, denominators, definitions and formulas."""
    query = _query()
    if query.errors:
        return {"errors": query.errors}, 400
    found = overview(db.session(), query.asked)
    known = {**DEFINITIONS_ON[query.asked.basis], **QUALITY_MEASURES}
    return jsonify(
        **_head(found),
        formula=FORMULAS,
        definitions={name: each.text for name, each in known.items()},
        total=_counts(found, found.total),
        avoided=found.deflected,
        beyond=_quality(found),
        parts=[{"period": p.code, **_counts(found, f)} for p, f in found.trend],
        kinds=[{"kind": k, **_counts(found, f)} for k, f in found.kinds],
        categories=[{"category": name, **_counts(found, f)} for name, f in found.categories],
        groups=[
            {"group": g.kind, "own": g.own, "organisations": g.count, **_counts(found, g.figures)}
            for g in found.groups
        ],
        organisations=[
            {"code": r.node.code, "name": r.node.name, "own": r.own, **_counts(found, r.figures)}
            for r in found.rows
        ],
    )


@statistics.get("/data.csv")
@public
@cacheable
@one_language
def open_csv() -> Response:
    """Give the same figures as a table: a row for each cell, and for each quality count."""
    query = _query()
    if query.errors:
        said = [f"{name}: {words}" for name, words in query.errors.items()]
        return Response("\n".join(said) + "\n", 400, mimetype="text/plain")
    found = overview(db.session(), query.asked)
    head = {name: "" if value is None else value for name, value in _head(found).items()}
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow((*head, "table", "row", "name", *_COUNTS, "letters", "sum"))
    for table, row, place, figures in _cells(found):
        known = _counts(found, figures).values()
        counts = ["" if count is None else count for count in known]
        writer.writerow((*map(safe_cell, (*head.values(), table, row, place)), *counts, "", ""))
    no_counts = [""] * len(_COUNTS)
    for line in _lines(found, _quality(found)):
        writer.writerow((*map(safe_cell, (*head.values(), *line[:2])), "", *no_counts, *line[2:]))
    name = f"letters-{found.asked.period.code}.csv"
    return Response(
        _BOM + file.getvalue().encode(),
        mimetype="text/csv",
        headers={"Content-Disposition": f"attachment; filename={name}"},
    )


def _query() -> StatisticsQuery:
    """Read the address, in which an unknown organisation is an error."""
    try:
        return parse_query()
    except NotFound:
        query = StatisticsQuery.parse(now())
        code = word("organisation")[:40]
        query.errors["organisation"] = _("没有代码为“%(code)s”的单位。", code=code)
        return query


def _head(found: Overview) -> dict[str, Any]:
    """Return the question by the parameters of addresses."""
    asked = found.asked
    return {
        "period": asked.period.code,
        "by": asked.part,
        "as_of": asked.as_of.day.isoformat(),
        "basis": asked.basis,
        "view": asked.view,
        "kind": asked.kind,
        "category": category_word(asked.category),
        "group": asked.group,
        "organisation": found.node.code if found.node else None,
    }


def _counts(found: Overview, figures: Figures) -> dict[str, int | None]:
    """Return the counts of a cell, None for those that the basis does not count."""
    names = DEFINITIONS_ON[found.asked.basis]
    return {name: getattr(figures, name) if name in names else None for name in _COUNTS}


def _cells(found: Overview) -> Iterator[tuple[str, str, str, Figures]]:
    """Yield table, row, the organisation's name as it was on the day of the figures, and counts."""
    node = found.node
    yield "total", node.code if node else "", node.name if node else "", found.total
    yield from (("part", p.code, "", f) for p, f in found.trend)
    yield from (("kind", k.value, "", f) for k, f in found.kinds)
    yield from (("category", category_word(c) or "", "", f) for c, f in found.categories)
    for group in found.groups:
        yield "group_own" if group.own else "group", group.kind.value, "", group.figures
    for row in found.rows:
        yield "own" if row.own else "organisation", row.node.code, row.node.name, row.figures


def _lines(
    found: Overview, quality: dict[str, Any]
) -> Iterator[tuple[str, str, int | str, int | str]]:
    """Yield table, row, how many letters, and for means the sum of their values."""
    yield from (("withheld", name, "", "") for name in quality["withheld"])
    yield "avoided", "", found.deflected, ""
    for table, counts in quality.items():
        if table in _MEANS and counts is not None:
            yield table, "", counts["count"], counts["total"]
        elif isinstance(counts, dict):
            yield from ((table, str(row), n, "") for row, n in counts.items())


def _quality(found: Overview) -> dict[str, Any]:
    """Return the counts of the quality measures by their names, None for those withheld."""
    known, withheld = suppress_small_counts(detail(db.session(), found.question))
    shown: dict[str, Any] = {
        "response_days": _days(known.response),
        "closing_days": _days(known.closing),
        **{name: asdict(getattr(known, name)) for name in _MEANS},
        "refusals": dict(known.refusals),
        "declines": dict(known.declines),
    }
    return shown | dict.fromkeys(withheld) | {"withheld": sorted(withheld)}


def _days(durations: Durations) -> dict[str, int]:
    return {str(days): count for days, count in sorted(durations.days.items())}
