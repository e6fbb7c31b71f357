"""The switch between Chinese and English."""

from __future__ import annotations

from flask import Blueprint, redirect, request, session, url_for
from werkzeug.wrappers import Response

from portal.web.core.language import DEFAULT, LOCALES
from portal.web.core.people import public
from portal.web.core.safety import local_path

language_switch = Blueprint("language", __name__)


@language_switch.post("/language")
@public
def switch() -> Response:
    """Remember the language chosen and go back to the page."""
    wanted = request.form.get("locale", "")
    session["locale"] = wanted if wanted in LOCALES else DEFAULT
    return redirect(local_path(request.form.get("next")) or url_for("public.home"))
