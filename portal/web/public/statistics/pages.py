"""Public statistics: the two rates, their trend, their parts, all years."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from flask import Blueprint, render_template, request, url_for

from portal.adapters.district_grid import district_places
from portal.domain.errors import NotFound
from portal.domain.periods import civil_date
from portal.models import Organisation, db
from portal.queries.office.directory import find_organisations
from portal.queries.statistics.cache import channels, figures_state, tree_on
from portal.web.core import Page
from portal.web.core.addresses import with_words
from portal.web.core.clock import now
from portal.web.core.people import public
from portal.web.core.pickers import marked_path
from portal.web.core.settings import settings
from portal.web.delivery.caching import cacheable, cacheable_while
from portal.web.statistics.districts import DistrictGrid, district_grid
from portal.web.statistics.page import (
    StatisticsPage,
    no_letters,
    statistics_page,
    years_page,
)
from portal.web.statistics.query import StatisticsQuery, word

statistics = Blueprint("statistics", __name__, url_prefix="/statistics")


def _state() -> Hashable:
    """Return what the pages of figures are made of, beside their address."""
    return figures_state(db.session(), civil_date(now()))


@statistics.get("", endpoint="overview")
@public
@cacheable_while(_state)
def overview_page() -> Page:
    """Show the figures of all organisations, or of the one that ``organisation`` names."""
    return _page("")


@statistics.get("/<code>")
@public
@cacheable_while(_state)
def organisation(code: str) -> Page:
    """Show the figures of one organisation with everything below it."""
    return _page(code)


@statistics.get("/years")
@public
@cacheable_while(_state)
def years() -> Page:
    """Show all years side by side, of all organisations or of one."""
    query = parse_query()
    page = years_page(query, now(), _address, no_letters)
    layout = "layouts/public.html"
    return render_template("statistics/years.html", layout=layout, page=page), query.status


@statistics.get("/organisations.json")
@public
@cacheable
def organisations_json() -> dict[str, Any]:
    """Return ``{"items": [{"id", "name", "path"}]}`` for ``q``; the id is the code of addresses."""
    tree = tree_on(db.session(), civil_date(now()))
    found = find_organisations(db.session(), word("q"), civil_date(now()))
    return {
        "items": [
            {"id": tree.nodes[place.id].code, "name": place.name, "path": marked_path(place)}
            for place in found
            if place.id in tree.nodes
        ]
    }


def parse_query(code: str = "") -> StatisticsQuery:
    """Read the address for the organisation of ``code``, or of the word ``organisation``.

    Raises :class:`NotFound` for an unknown code.
    """
    code = code or word("organisation")
    if not code:
        return StatisticsQuery.parse(now())
    node = tree_on(db.session(), civil_date(now())).by_code(code)
    if node is None:
        raise NotFound
    return StatisticsQuery.parse(now(), node.id, top=node.parent_id is None)


def _address(**changes: Any) -> str:
    """Return the address of this page with words changed; an organisation is part of the path."""
    words: dict[str, Any] = {**request.args, **(request.view_args or {})}
    words["organisation"] = words.pop("code", words.get("organisation"))
    words |= changes
    code = words.pop("organisation", None)
    if words.get("period"):
        words |= {"year": None, "part": None}
    path = url_for("statistics.organisation", code=code) if code else url_for("statistics.overview")
    return with_words(path, words)


def _districts(page: StatisticsPage) -> DistrictGrid:
    """Return the grid of the districts; without tiles where the page has none."""
    measure = "closure" if page.closure_shown else "publication"
    return district_grid(
        db.session(), page.found.rows, measure, district_places(settings().instance)
    )


def _page(code: str) -> Page:
    query = parse_query(code)
    page = statistics_page(query, now(), _address)
    code = code or word("organisation")
    place = (
        db.session.get_one(Organisation, page.found.node.id) if code and page.found.node else None
    )
    words: dict[str, Any] = {**request.args, "organisation": code or None}
    cleared: dict[str, Any] = dict.fromkeys(request.args)
    return render_template(
        "public/statistics.html",
        page=page,
        channels=channels(db.session(), page.found.question),
        districts=_districts(page),
        place=place,
        place_open=place and place.open_on(civil_date(now())),
        data=lambda form: with_words(url_for(f"statistics.open_{form}"), words),
        action=_address(**{**cleared, "organisation": code or None}),
    ), query.status
