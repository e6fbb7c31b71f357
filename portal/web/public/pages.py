"""Standing pages: who runs the site, what becomes of personal data, how it can be used by all."""

from __future__ import annotations

from flask import Blueprint, render_template

from portal.domain.statistics.rates import DEFINITIONS
from portal.web.core.people import public

standing_pages = Blueprint("pages", __name__)


@standing_pages.get("/about")
@public
def about() -> str:
    """Say how letters are handled and what the figures mean."""
    return render_template("public/pages/about.html", definitions=DEFINITIONS)


@standing_pages.get("/privacy")
@public
def privacy() -> str:
    """Say what is collected, why, for how long, and which rights there are."""
    return render_template("public/pages/privacy.html")


@standing_pages.get("/accessibility")
@public
def accessibility() -> str:
    """Say how the site can be used, and where to turn if it cannot."""
    return render_template("public/pages/accessibility.html")
