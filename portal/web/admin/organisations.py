"""The tree of organisations: to look through, found, rename, move and close."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from portal.domain.access import Permission
from portal.domain.errors import NotFound
from portal.domain.whole_numbers import whole_number
from portal.models import Organisation, db
from portal.queries.office.administration import holders_at, open_within, organisation_table
from portal.queries.office.directory import subordinates, superiors
from portal.queries.office.open_work import OpenWork, open_work
from portal.queries.targets import find
from portal.web.admin.blueprint import admin
from portal.web.admin.organisation_forms import (
    CHANGES,
    NewOrganisationForm,
    OrganisationsFilterForm,
)
from portal.web.core import Answer, Page
from portal.web.core.clock import now, today
from portal.web.core.fields import page_asked
from portal.web.core.forms import Form
from portal.web.core.people import current_actor, needs
from portal.web.core.pickers import Items, staff_choices
from portal.web.core.settings import settings
from portal.web.core.typed import WORDS_MAX

_EDIT = Permission.ORGANISATIONS_EDIT


@admin.get("/organisations")
@needs(_EDIT)
def organisations() -> str:
    """Show one page of the tree, with the filters of the address."""
    form = OrganisationsFilterForm(request.args)
    part, rows = organisation_table(
        db.session(),
        form.q.data[:WORDS_MAX],
        form.kind.data,
        closed=form.closed.data,
        page=page_asked(),
        size=settings().page_size,
    )
    return render_template("admin/organisations.html", form=form, part=part, rows=rows)


@admin.get("/organisations.json")
@needs(_EDIT)
def organisations_json() -> Items:
    """Find organisations in use by name or code, for the pickers of administration."""
    words = request.args.get("q", "").strip()[:WORDS_MAX]
    return staff_choices(find(db.session(), open_within(), words))


def _organisation(organisation_id: int) -> Organisation:
    found = db.session.get(Organisation, organisation_id)
    if found is None:
        raise NotFound
    return found


@admin.get("/organisations/<int:organisation_id>")
@needs(_EDIT)
def organisation(organisation_id: int) -> str:
    """Show an organisation with its history, what is below it and who works there."""
    found = _organisation(organisation_id)
    parents = {version.parent_id for version in found.versions if version.parent_id}
    return render_template(
        "admin/organisation.html",
        organisation=found,
        superiors=superiors(db.session(), found),
        subordinates=subordinates(db.session(), found, today()),
        holders=holders_at(db.session(), found.id),
        successor=db.session.get(Organisation, found.successor_id) if found.successor_id else None,
        parents={i: db.session.get_one(Organisation, i).name for i in parents},
    )


@admin.route("/organisations/new", methods=["GET", "POST"])
@needs(_EDIT)
def organisations_new() -> Answer:
    """Create an organisation."""
    form = NewOrganisationForm()
    if not form.is_submitted():
        form.parent.data = whole_number(request.args.get("parent"))
    elif form.validate():
        with form.errors_shown():
            made = form.create(current_actor(), now())
            flash(_("单位已新增。"), "success")
            return redirect(url_for("admin.organisation", organisation_id=made))
    return _form_page(form, "new")


def _form_page(
    form: Form, what: str, found: Organisation | None = None, work: OpenWork | None = None
) -> Page:
    page = render_template(
        "admin/organisation_form.html", form=form, what=what, organisation=found, work=work
    )
    return page, 422 if form.errors else 200


@admin.route(
    "/organisations/<int:organisation_id>/<any(rename,office,move,close):what>",
    methods=["GET", "POST"],
)
@needs(_EDIT)
def organisation_change(organisation_id: int, what: str) -> Answer:
    """Rename or describe an organisation, put it under another superior, or take it out of use."""
    form = CHANGES[what](_organisation(organisation_id))
    if form.validate_on_submit():
        with form.errors_shown():
            form.change(organisation_id, current_actor(), now())
            flash(_("修改已保存。"), "success")
            return redirect(url_for("admin.organisation", organisation_id=organisation_id))
    found = _organisation(organisation_id)
    return _form_page(
        form, what, found, open_work(db.session(), found) if what == "close" else None
    )
