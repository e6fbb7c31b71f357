"""Registering a request for disclosure that came on paper."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.domain.access import Permission
from portal.domain.errors import InvalidInput, Unavailable
from portal.models import db
from portal.queries.disclosure.queues import handled_places
from portal.queries.office.directory import Place, places
from portal.queries.targets import find, organisation_of
from portal.services.disclosure.filing import register
from portal.web.console.blueprint import console
from portal.web.console.disclosure.forms import RegisterForm
from portal.web.console.disclosure.request_page import REGISTERED
from portal.web.core.clock import now, today
from portal.web.core.people import current_actor, needs
from portal.web.core.settings import settings

Answer = tuple[str, int] | Response


@console.get("/disclosure/new")
@needs(Permission.DISCLOSURE_HANDLE)
def disclosure_new() -> Answer:
    """Ask for what the paper says."""
    return _page(_form())


@console.post("/disclosure/new", endpoint="disclosure_register")
@needs(Permission.DISCLOSURE_HANDLE)
def disclosure_register() -> Answer:
    """Register the request, then show its page with the code for the applicant's receipt."""
    form = _form()
    if not form.validate():
        return _page(form, 422)
    key = form.submission_key()
    try:
        sent = register(
            form.application(),
            form.source.data,
            form.received_on.data,
            key,
            settings().key("code"),
            current_actor(),
            now(),
        )
    except InvalidInput as error:
        form.put(error)
        return _page(form, 422)
    except Unavailable as error:
        flash(_(str(error)), "warning")
        return _page(form, 503)
    session[REGISTERED] = {"number": sent.number, "key": key}
    return redirect(url_for("console.disclosure_request", request_number=sent.number))


def _form() -> RegisterForm:
    form, within = RegisterForm(), handled_places(current_actor(), today())
    offered = find(db.session(), within, "")
    if request.method == "GET" and len(offered) == 1:
        form.organisation.data = str(offered[0].id)
    form.prepare([(_("单位"), offered)], _chosen(form))
    return form


def _chosen(form: RegisterForm) -> Place | None:
    within = handled_places(current_actor(), today())
    chosen = organisation_of(db.session(), within, str(form.organisation.data or ""))
    return places(db.session(), [chosen])[0] if chosen else None


def _page(form: RegisterForm, status: int = 200) -> tuple[str, int]:
    return render_template("console/disclosure_register.html", form=form), status
