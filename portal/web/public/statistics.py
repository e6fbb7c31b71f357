"""Public statistics: the two rates, their trend, organisations, and the same figures as data."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from portal.domain.errors import NotFound
from portal.domain.periods import civil_date
from portal.domain.rates import DEFINITIONS, Figures
from portal.models import db
from portal.queries.rates.overview import Overview, overview
from portal.queries.rates.tree import tree_on
from portal.web.shared.clock import now
from portal.web.shared.people import public
from portal.web.shared.statistics import Wish, page_values, read_wish

statistics = Blueprint("statistics", __name__, url_prefix="/statistics")
Answer = tuple[str, int]
_COUNTS = tuple(Figures.__dataclass_fields__)


@statistics.get("", endpoint="overview")
@public
def overview_page() -> Answer:
    """Show the figures of the whole house, or of the organisation that ``organisation`` names."""
    return _page(request.args.get("organisation", "")[:64])


@statistics.get("/<code>")
@public
def organisation(code: str) -> Answer:
    """Show the figures of one organisation with everything below it."""
    return _page(code)


@statistics.get("/data.json")
@public
def open_json() -> Response:
    """Give the figures of a page with numerators, denominators, definitions and formulas."""
    wish = _asked()
    if wish.errors:
        response = jsonify(errors=wish.errors)
        response.status_code = 400
        return response
    found = overview(db.session(), wish.asked)
    return jsonify(
        period=wish.asked.period.code, as_of=wish.asked.as_of.day.isoformat(),
        basis=wish.asked.basis, view=wish.asked.view, kind=wish.asked.kind,
        organisation=found.node.code if found.node else None,
        formula={
            "closure_rate": "closed / received", "publication_rate": "published / closed",
            "on_time_rate": "on_time / closed",
        },
        definitions={name: DEFINITIONS[name].text for name in _COUNTS},
        total=asdict(found.total),
        parts=[{"period": p.code, **asdict(f)} for p, f in found.trend],
        kinds=[{"kind": k, **asdict(f)} for k, f in found.kinds],
        organisations=[
            {"code": r.node.code, "name": r.node.name, "own": r.own, **asdict(r.figures)}
            for r in found.rows
        ],
    )  # fmt: skip


@statistics.get("/data.csv")
@public
def open_csv() -> Response:
    """Give the same figures as a table: one row for the total, each part, kind and organisation."""
    wish = _asked()
    if wish.errors:
        said = [f"{name}: {words}" for name, words in wish.errors.items()]
        return Response("\n".join(said) + "\n", 400, mimetype="text/plain")
    found = overview(db.session(), wish.asked)
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(("period", "as_of", "basis", "view", "table", "row", *_COUNTS))
    asked = wish.asked
    head = (asked.period.code, asked.as_of.day.isoformat(), asked.basis, asked.view)
    for table, row, figures in _lines(found):
        writer.writerow((*head, table, row, *(getattr(figures, name) for name in _COUNTS)))
    body = b"\xef\xbb\xbf" + file.getvalue().encode()
    name = f"letters-{asked.period.code}.csv"
    return Response(
        body, mimetype="text/csv", headers={"Content-Disposition": f"attachment; filename={name}"}
    )


def _lines(found: Overview) -> list[tuple[str, str, Figures]]:
    """Name rows by codes alone: no words of ours, nothing a spreadsheet could take for more."""
    return [
        ("total", found.node.code if found.node else "", found.total),
        *(("part", p.code, f) for p, f in found.trend),
        *(("kind", k.value, f) for k, f in found.kinds),
        *(("own" if r.own else "organisation", r.node.code, r.figures) for r in found.rows),
    ]


def _organisation_id(code: str) -> int | None:
    if not code:
        return None
    node = tree_on(db.session(), civil_date(now())).by_code(code)
    if node is None:
        raise NotFound
    return node.id


def _asked() -> Wish:
    """Read the address of a file, which is never about something else than was asked for."""
    return read_wish(now(), _organisation_id(request.args.get("organisation", "")[:64]))


def _address(**changes: Any) -> str:
    """Return the address of this page with words changed; an organisation is part of the path."""
    words: dict[str, Any] = {**request.args, **(request.view_args or {})}
    words["organisation"] = words.pop("code", words.get("organisation"))
    words |= changes
    code = words.pop("organisation", None)
    known = {name: value for name, value in words.items() if value not in (None, "")}
    if code:
        return url_for("statistics.organisation", code=code, **known)
    return url_for("statistics.overview", **known)


def _page(code: str) -> Answer:
    wish = read_wish(now(), _organisation_id(code))
    values = page_values(wish, now(), _address)
    words: dict[str, Any] = {**request.args, "organisation": code or None}
    values["data"] = lambda form: url_for(f"statistics.open_{form}", **words)
    return render_template("public/statistics.html", page=values), wish.status
