"""The switch between languages."""

from __future__ import annotations

from flask import Blueprint, redirect, request, session, url_for
from werkzeug.wrappers import Response

from portal.domain.languages import LANGUAGES, SOURCE
from portal.web.core.people import public
from portal.web.core.safety import local_path

language_switch = Blueprint("language", __name__)


@language_switch.post("/language")
@public
def switch() -> Response:
    """Remember the language chosen and go back to the page."""
    wanted = request.form.get("locale", "")
    session["locale"] = wanted if wanted in LANGUAGES else SOURCE
    return redirect(local_path(request.form.get("next")) or url_for("public.home"))
