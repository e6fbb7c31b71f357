"""Public statistics: the two rates, how they change, of what they are made, all years."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for

from portal.domain.errors import NotFound
from portal.domain.periods import civil_date
from portal.models import Organisation, db
from portal.queries.office.directory import find_organisations
from portal.queries.statistics.tree import tree_on
from portal.web.core.clock import now
from portal.web.core.people import public
from portal.web.statistics.addresses import with_words
from portal.web.statistics.page import nobody, page_values, years_values
from portal.web.statistics.query import Wish, read_wish, word

statistics = Blueprint("statistics", __name__, url_prefix="/statistics")
Answer = tuple[str, int]


@statistics.get("", endpoint="overview")
@public
def overview_page() -> Answer:
    """Show the figures of the whole house, or of the organisation that ``organisation`` names."""
    return _page(word("organisation"))


@statistics.get("/<code>")
@public
def organisation(code: str) -> Answer:
    """Show the figures of one organisation with everything below it."""
    return _page(code)


@statistics.get("/years")
@public
def years() -> Answer:
    """Show all years side by side, of the whole house or of an organisation."""
    wish = asked_for()
    values = years_values(wish, now(), _address, nobody)
    return render_template("public/statistics_years.html", page=values), wish.status


@statistics.get("/organisations.json")
@public
def organisations_json() -> dict[str, Any]:
    """Return ``{"items": [{"id", "name", "path"}]}`` for ``q``; the id is the code of addresses."""
    tree = tree_on(db.session(), civil_date(now()))
    found = find_organisations(db.session(), word("q"), civil_date(now()))
    return {
        "items": [
            {"id": tree.nodes[place.id].code, "name": place.name, "path": place.path}
            for place in found
            if place.id in tree.nodes
        ]
    }


def asked_for() -> Wish:
    """Read the address of something that is never about something else than was asked for."""
    return read_wish(now(), _organisation_id(word("organisation")))


def _organisation_id(code: str) -> int | None:
    if not code:
        return None
    node = tree_on(db.session(), civil_date(now())).by_code(code)
    if node is None:
        raise NotFound
    return node.id


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


def _page(code: str) -> Answer:
    wish = read_wish(now(), _organisation_id(code))
    values = page_values(wish, now(), _address)
    words: dict[str, Any] = {**request.args, "organisation": code or None}
    node = values["found"].node
    values["data"] = lambda form: url_for(f"statistics.open_{form}", **words)
    place = db.session.get_one(Organisation, node.id) if code and node else None
    values |= {"place": place, "place_open": place and place.open_on(civil_date(now()))}
    cleared: dict[str, Any] = dict.fromkeys(request.args)
    values["action"] = _address(**{**cleared, "organisation": code or None})
    return render_template("public/statistics.html", page=values), wish.status
