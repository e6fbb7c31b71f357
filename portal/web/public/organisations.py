"""The directory of organisations: to browse, to choose from while typing, to write to."""

from __future__ import annotations

from flask import Response, jsonify, render_template, request
from flask_babel import gettext as _

from portal.domain.disclosure.application import takes_requests
from portal.domain.errors import NotFound
from portal.domain.statistics.rates import DEFINITIONS
from portal.models import Organisation, db
from portal.queries.office.directory import (
    Place,
    find_organisations,
    helpful_entries,
    latest_entries,
    members,
    office_figures,
    subordinates,
    superiors,
)
from portal.services.core.typed_text import clean
from portal.web.core.clock import now, today
from portal.web.core.people import public
from portal.web.core.typed import WORDS_MAX
from portal.web.delivery.caching import cacheable
from portal.web.public.blueprint import public_pages

ANSWERS = 5
"""Answers shown of an organisation, of the newest and of the most helpful."""


@public_pages.get("/organisations.json")
@public
@cacheable
def organisations_json() -> Response:
    """Return ``{"items": [{"id", "name", "path"}]}`` for the words of ``q``."""
    found = find_organisations(db.session(), _words(), today())
    return jsonify(items=[{"id": p.id, "name": p.name, "path": _path(p)} for p in found])


def _path(place: Place) -> str:
    """Return the path of a choice, which says where letters go if nobody works there."""
    if place.staffed:
        return place.path
    return str(_("%(path)s · 由上级单位代收", path=place.path))


@public_pages.get("/organisations")
@public
@cacheable
def organisations() -> str:
    """Show the members of level 1 by kind, or the organisations that match ``q``."""
    words = _words()
    return render_template(
        "public/organisations.html",
        words=words,
        found=find_organisations(db.session(), words, today()) if words else [],
        members=members(db.session(), today()),
    )


@public_pages.get("/organisations/<int:organisation_id>")
@public
@cacheable
def organisation(organisation_id: int) -> str:
    """Show one organisation: contacts, figures, answers, place in the tree, and links for it."""
    found = db.session.get(Organisation, organisation_id)
    if found is None:
        raise NotFound
    # Below the office at the top is everything: the order alone answers, without the tree.
    path = found.path if found.parent_id else ""
    latest = latest_entries(db.session(), ANSWERS, path)
    helpful = helpful_entries(db.session(), 2 * ANSWERS, path)
    return render_template(
        "public/organisation.html",
        organisation=found,
        figures=office_figures(db.session(), found, now()),
        definitions=DEFINITIONS,
        latest=latest,
        helpful=[entry for entry in helpful if entry not in latest][:ANSWERS],
        superiors=superiors(db.session(), found),
        subordinates=subordinates(db.session(), found, today()),
        open=found.open_on(today()),
        discloses=takes_requests(found.kind),
    )


def _words() -> str:
    return clean(request.args.get("q", "")[:WORDS_MAX], lines=False)
