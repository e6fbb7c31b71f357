"""Standing pages: about the site, privacy, accessibility, the map of the site."""

from __future__ import annotations

from flask import Blueprint, render_template

from portal.domain.deadline_rules import letter_code
from portal.domain.letters.kinds import Kind
from portal.domain.statistics.rates import DEFINITIONS
from portal.models import db
from portal.queries.rules import deadline_rules
from portal.web.core.clock import today
from portal.web.core.people import public
from portal.web.delivery.caching import cacheable

standing_pages = Blueprint("pages", __name__)


@standing_pages.get("/about")
@public
@cacheable
def about() -> str:
    """Explain how letters are handled and what the figures mean."""
    known, day = deadline_rules(db.session()), today()
    rules = [(kind, known.of(letter_code(kind), day)) for kind in Kind]
    return render_template("public/pages/about.html", definitions=DEFINITIONS, rules=rules)


@standing_pages.get("/privacy")
@public
@cacheable
def privacy() -> str:
    """Explain which data are collected, why, for how long, and with which rights."""
    return render_template("public/pages/privacy.html")


@standing_pages.get("/accessibility")
@public
@cacheable
def accessibility() -> str:
    """Explain how accessible the site is, and whom to contact about barriers."""
    return render_template("public/pages/accessibility.html")


@standing_pages.get("/site-map")
@public
@cacheable
def site_map() -> str:
    """List the pages of the site by what people come for."""
    return render_template("public/pages/site_map.html")
