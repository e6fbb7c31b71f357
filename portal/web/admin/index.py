"""The first page of administration: its sections with what each holds."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.models import db
from portal.queries.office.administration import overview
from portal.web.admin.blueprint import admin, sections
from portal.web.core.clock import now
from portal.web.core.people import staff_only


@admin.get("/")
@staff_only
def index() -> str | Response:
    """Show the sections, or redirect a person without any to the account, which names roles."""
    if not sections():
        return redirect(url_for("account.profile"))
    return render_template("admin/index.html", overview=overview(db.session(), now()))
