"""The register of refusals: how many closed letters were refused publication, where and why."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any

from flask import Response, jsonify, render_template, request, url_for

from portal.domain.letters.states import RefusalReason
from portal.domain.periods import Period, month_of
from portal.domain.statistics.quality_measures import QUALITY_MEASURES, SMALLEST_PUBLIC
from portal.domain.statistics.refusals import RefusalLine, reasons_of
from portal.models import db
from portal.queries.statistics.cache import cube, tree_on
from portal.queries.statistics.filters import Question
from portal.queries.statistics.refusals import Register, member, register
from portal.queries.statistics.tree import Node
from portal.reporting.cells import safe_cell
from portal.web.core import Page
from portal.web.core.addresses import with_words
from portal.web.core.language import one_language, say
from portal.web.core.people import public
from portal.web.delivery.caching import cacheable
from portal.web.public.statistics.pages import parse_query, statistics
from portal.web.statistics.charts import Bar
from portal.web.statistics.query import StatisticsQuery
from portal.web.statistics.register import line_code, month_text, register_document

_BOM = b"\xef\xbb\xbf"
COLUMNS = ("period", "as_of", "table", "organisation", "name", "month", "reason", "letters")
"""Columns of the table of open data."""


@dataclass(frozen=True)
class RefusalsPage:
    """The register of a period, or the part of it that belongs to the organisation ``node``.

    ``closed`` are the closed letters that the refused ones are a part of.
    """

    query: StatisticsQuery
    found: Register
    node: Node | None
    closed: int

    @property
    def lines(self) -> list[RefusalLine]:
        """The lines that are shown."""
        return [
            line
            for line in self.found.lines
            if self.node is None or line.organisation_id == self.node.id
        ]

    @property
    def total(self) -> int:
        """The refused letters, of the organisation if there is one."""
        return (
            self.found.total if self.node is None else self.found.organisations.get(self.node.id, 0)
        )

    @property
    def reasons(self) -> dict[RefusalReason, int]:
        """Their reasons, as far as they can be named."""
        return reasons_of(self.lines)

    @property
    def columns(self) -> list[RefusalReason]:
        """The reasons that occur."""
        return list(self.reasons)

    @property
    def organisations(self) -> list[tuple[Node, int, dict[RefusalReason, int]]]:
        """Each organisation with its letters and the reasons named for it, the most letters first."""
        rows = sorted(self.found.organisations.items(), key=lambda row: (-row[1], row[0]))
        return [
            (
                self.found.nodes[i],
                count,
                reasons_of(line for line in self.lines if line.organisation_id == i),
            )
            for i, count in rows
            if self.node is None or self.node.id == i
        ]

    @property
    def months(self) -> list[Bar]:
        """A bar for each month of the period up to the as-of moment, of all organisations."""
        known = self.found.months
        return [
            Bar(self.month_name(month), known.get(month, 0), f"{known.get(month, 0):,}", "")
            for month in self.found.period.months
            if month <= month_of(self.found.as_of.day)
        ]

    @staticmethod
    def month_name(month: int) -> str:
        """Return a month (``yyyymm``) in the language of the page."""
        return say(Period.of_month(month).message)

    @property
    def pooled(self) -> dict[RefusalReason, int]:
        """The reasons of letters of several organisations together."""
        return reasons_of(line for line in self.lines if line.organisation_id is None)


def _page() -> RefusalsPage:
    query = parse_query()
    asked, session = query.asked, db.session()
    found = register(session, asked.period, asked.as_of)
    total = cube(session, Question(asked.period, asked.as_of.before)).total
    tree, node = tree_on(session, asked.as_of.day), None
    if asked.organisation_id is not None:
        node = tree.nodes[member(tree, asked.organisation_id)]
    return RefusalsPage(query, found, node, total.closed)


def _address(name: str = "refusals", **changes: Any) -> str:
    """Return the address of the page, or of its data, with words changed."""
    words = {word: request.args.get(word) for word in ("period", "as_of", "organisation")}
    return with_words(url_for(f"statistics.{name}"), words | changes)


@statistics.get("/refusals")
@public
@cacheable
def refusals() -> Page:
    """Show the register of a period, of all organisations or of one of level 1."""
    page = _page()
    return render_template(
        "public/refusals.html",
        page=page,
        address=_address,
        definition=QUALITY_MEASURES["refusals"],
        smallest=SMALLEST_PUBLIC,
    ), page.query.status


@statistics.get("/refusals.json")
@public
@cacheable
@one_language
def refusals_json() -> Response | tuple[dict[str, Any], int]:
    """Give the register as JSON."""
    page = _page()
    if page.query.errors:
        return {"errors": page.query.errors}, 400
    return jsonify(register_document(page.found))


@statistics.get("/refusals.csv")
@public
@cacheable
@one_language
def refusals_csv() -> Response:
    """Give the register as a table: counts by month and organisation, and lines with reasons."""
    page = _page()
    if page.query.errors:
        said = [f"{name}: {words}" for name, words in page.query.errors.items()]
        return Response("\n".join(said) + "\n", 400, mimetype="text/plain")
    found, file = page.found, io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    head = (found.period.code, found.as_of.day.isoformat())
    for row in _rows(found):
        writer.writerow([safe_cell(cell) for cell in (*head, *row)])
    name = f"refusals-{found.period.code}.csv"
    return Response(
        _BOM + file.getvalue().encode(),
        mimetype="text/csv",
        headers={"Content-Disposition": f"attachment; filename={name}"},
    )


def _rows(found: Register) -> list[tuple[str, str, str, str, str, int]]:
    rows = [("total", "", "", "", "", found.total)]
    rows += [
        ("month", "", "", month_text(month), "", n) for month, n in sorted(found.months.items())
    ]
    rows += [
        ("organisation", found.nodes[i].code, found.nodes[i].name, "", "", n)
        for i, n in found.organisations.items()
    ]
    for line in found.lines:
        name = found.nodes[line.organisation_id].name if line.organisation_id else ""
        rows += [
            ("line", line_code(found, line) or "", name, month_text(line.month), reason, count)
            for reason, count in line.reasons.items()
        ]
    return rows
