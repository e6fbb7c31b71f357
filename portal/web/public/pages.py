"""Standing pages: about the site, privacy, accessibility; and the switch between languages."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from portal.domain.deadline_rules import letter_code
from portal.domain.languages import LANGUAGES, SOURCE
from portal.domain.letters.kinds import Kind
from portal.domain.statistics.rates import DEFINITIONS
from portal.models import db
from portal.queries.rules import deadline_rules
from portal.web.core.clock import today
from portal.web.core.people import public
from portal.web.core.safety import local_path

standing_pages = Blueprint("pages", __name__)
language_switch = Blueprint("language", __name__)


@standing_pages.get("/about")
@public
def about() -> str:
    """Explain how letters are handled and what the figures mean."""
    known, day = deadline_rules(db.session()), today()
    rules = [(kind, known.of(letter_code(kind), day)) for kind in Kind]
    return render_template("public/pages/about.html", definitions=DEFINITIONS, rules=rules)


@standing_pages.get("/privacy")
@public
def privacy() -> str:
    """Explain which data are collected, why, for how long, and with which rights."""
    return render_template("public/pages/privacy.html")


@standing_pages.get("/accessibility")
@public
def accessibility() -> str:
    """Explain how accessible the site is, and whom to contact about barriers."""
    return render_template("public/pages/accessibility.html")


@language_switch.post("/language")
@public
def switch() -> Response:
    """Remember the language chosen and go back to the page."""
    wanted = request.form.get("locale", "")
    session["locale"] = wanted if wanted in LANGUAGES else SOURCE
    return redirect(local_path(request.form.get("next")) or url_for("public.home"))
