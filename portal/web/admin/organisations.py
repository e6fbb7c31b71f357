"""The tree of organisations: to look through, found, rename, move and close."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.domain.access import Permission
from portal.domain.errors import NotFound
from portal.domain.whole_numbers import whole_number
from portal.models import Organisation, db
from portal.queries.office.administration import holders_at, open_within, organisation_table
from portal.queries.office.directory import places, subordinates, superiors
from portal.queries.targets import find
from portal.services.office import organisations as tree
from portal.web.admin.blueprint import admin
from portal.web.admin.organisation_forms import (
    CloseForm,
    MoveForm,
    NewOrganisationForm,
    OrganisationsFilterForm,
    RenameForm,
)
from portal.web.core.clock import now, today
from portal.web.core.fields import page_asked
from portal.web.core.forms import Form
from portal.web.core.people import current_actor, needs
from portal.web.core.settings import settings
from portal.web.core.typed import WORDS_MAX

Answer = str | tuple[str, int] | Response
_EDIT = Permission.ORGANISATIONS_EDIT


@admin.get("/organisations")
@needs(_EDIT)
def organisations() -> Answer:
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
    return render_template(
        "admin/organisations.html", form=form, part=part, rows=rows, page_address=_page_address
    )


def _page_address(number: int) -> str:
    filters: dict[str, Any] = {name: request.args.get(name) for name in ("q", "kind", "closed")}
    return url_for("admin.organisations", **filters, page=number)


@admin.get("/organisations.json")
@needs(_EDIT)
def organisations_json() -> dict[str, Any]:
    """Find organisations in use by name or code, for the pickers of administration."""
    words = request.args.get("q", "").strip()[:WORDS_MAX]
    found = places(db.session(), find(db.session(), open_within(), words))
    return {"items": [{"id": p.id, "name": p.name, "path": p.path} for p in found]}


def _organisation(organisation_id: int) -> Organisation:
    found = db.session.get(Organisation, organisation_id)
    if found is None:
        raise NotFound
    return found


@admin.get("/organisations/<int:organisation_id>")
@needs(_EDIT)
def organisation(organisation_id: int) -> Answer:
    """Show an organisation with its history, what is below it and who works there."""
    found = _organisation(organisation_id)
    return render_template(
        "admin/organisation.html",
        organisation=found,
        superiors=superiors(db.session(), found),
        subordinates=subordinates(db.session(), found, today()),
        holders=holders_at(db.session(), found.id),
        successor=db.session.get(Organisation, found.successor_id) if found.successor_id else None,
        parents=_parents(found),
    )


def _parents(found: Organisation) -> dict[int, str]:
    """Return the names of all superiors it ever had."""
    ids = {version.parent_id for version in found.versions if version.parent_id}
    return {i: db.session.get_one(Organisation, i).name for i in ids}


@admin.route("/organisations/new", methods=["GET", "POST"])
@needs(_EDIT)
def organisations_new() -> Answer:
    """Create an organisation."""
    form = NewOrganisationForm()
    if request.method == "GET":
        form.parent.data = whole_number(request.args.get("parent"))
        return _form_page(form, "new")
    made: list[int] = []
    if form.carry_out(lambda: made.append(_create(form))):
        flash(_("单位已新增。"), "success")
        return redirect(url_for("admin.organisation", organisation_id=made[0]))
    return _form_page(form, "new", status=422)


def _create(form: NewOrganisationForm) -> int:
    return tree.create_organisation(
        form.code.data,
        form.name.data,
        form.kind.value,
        form.parent.value,
        current_actor(),
        now(),
        short_name=form.short_name.data,
        founded_on=form.founded_on.data,
    )


def _form_page(
    form: Form, what: str, found: Organisation | None = None, status: int = 200
) -> tuple[str, int]:
    words = render_template(
        "admin/organisation_form.html", form=form, what=what, organisation=found
    )
    return words, status


@admin.route("/organisations/<int:organisation_id>/rename", methods=["GET", "POST"])
@needs(_EDIT)
def organisation_rename(organisation_id: int) -> Answer:
    """Give an organisation another name."""
    found = _organisation(organisation_id)
    form = RenameForm(obj=found)
    return _change(
        form,
        "rename",
        found,
        lambda: tree.rename(
            organisation_id,
            form.name.data,
            form.short_name.data,
            current_actor(),
            now(),
            form.on.data,
        ),
    )


@admin.route("/organisations/<int:organisation_id>/move", methods=["GET", "POST"])
@needs(_EDIT)
def organisation_move(organisation_id: int) -> Answer:
    """Put an organisation under another superior."""
    found = _organisation(organisation_id)
    form = MoveForm(found)
    return _change(
        form,
        "move",
        found,
        lambda: tree.move(organisation_id, form.parent.value, current_actor(), now(), form.on.data),
    )


@admin.route("/organisations/<int:organisation_id>/close", methods=["GET", "POST"])
@needs(_EDIT)
def organisation_close(organisation_id: int) -> Answer:
    """Take an organisation out of use."""
    found = _organisation(organisation_id)
    form = CloseForm(found)
    return _change(
        form,
        "close",
        found,
        lambda: tree.close(
            organisation_id, form.successor.data, current_actor(), now(), form.on.data
        ),
    )


def _change(form: Form, what: str, found: Organisation, run: Callable[[], object]) -> Answer:
    """Show ``form``; once it is sent, ``run`` and redirect, or show it with its errors."""
    organisation_id = found.id
    if request.method == "GET":
        return _form_page(form, what, found)
    if not form.carry_out(run):
        return _form_page(form, what, _organisation(organisation_id), 422)
    flash(_("修改已保存。"), "success")
    return redirect(url_for("admin.organisation", organisation_id=organisation_id))
