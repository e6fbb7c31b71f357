"""Staff accounts: to look through, create, give roles, disable, hand a new password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.domain.access import Permission
from portal.domain.errors import InvalidInput, NotFound
from portal.models import Organisation, User, db
from portal.queries.office.administration import (
    PeopleQuery,
    PersonState,
    people_table,
    person_state,
)
from portal.services.office import users
from portal.web.admin.blueprint import admin
from portal.web.admin.people_forms import GrantForm, NewPersonForm, PeopleFilterForm
from portal.web.core.clock import now
from portal.web.core.fields import page_asked
from portal.web.core.language import say
from portal.web.core.people import current_actor, needs
from portal.web.core.settings import settings
from portal.web.core.typed import WORDS_MAX

Answer = str | tuple[str, int] | Response
_EDIT = Permission.USERS_EDIT


@admin.get("/people")
@needs(_EDIT)
def people() -> Answer:
    """Show one page of accounts, with the filters of the address."""
    form = PeopleFilterForm(request.args)
    part, rows = people_table(db.session(), _asked(form), now(), page_asked(), settings().page_size)
    return render_template(
        "admin/people.html",
        form=form,
        part=part,
        rows=rows,
        state_of=_state_of,
        page_address=_page_address,
    )


def _asked(form: PeopleFilterForm) -> PeopleQuery:
    place = form.organisation.data
    return PeopleQuery(
        words=form.q.data[:WORDS_MAX],
        role=form.role.data,
        organisation=db.session.get(Organisation, place) if place else None,
        state=form.state.data,
    )


def _state_of(user: User) -> PersonState:
    return person_state(user, now())


def _page_address(number: int) -> str:
    filters: dict[str, Any] = {
        name: request.args.get(name) for name in ("q", "role", "state", "organisation")
    }
    return url_for("admin.people", **filters, page=number)


@admin.route("/people/new", methods=["GET", "POST"])
@needs(_EDIT)
def people_new() -> Answer:
    """Create an account; its password is shown on the page that answers, and never again."""
    form = NewPersonForm()
    if request.method == "GET":
        return render_template("admin/person_new.html", form=form)
    password = users.one_time_password()
    made: list[int] = []
    if form.carry_out(lambda: made.append(_create(form, password))):
        return _person_page(made[0], password=password)
    return render_template("admin/person_new.html", form=form), 422


def _create(form: NewPersonForm, password: str) -> int:
    grants = [(form.role.value, form.organisation.value)]
    return users.create_user(
        form.username.data, form.name.data, password, grants, current_actor(), now()
    )


@admin.get("/people/<int:user_id>")
@needs(_EDIT)
def people_one(user_id: int) -> Answer:
    """Show an account with its roles."""
    return _person_page(user_id)


def _person_page(user_id: int, status: int = 200, **more: Any) -> tuple[str, int]:
    user = db.session.get(User, user_id)
    if user is None:
        raise NotFound
    words = {"form": GrantForm(formdata=None), "password": "", "problem": ""} | more
    page = render_template("admin/person.html", user=user, state_of=_state_of, **words)
    return page, status


@admin.post("/people/<int:user_id>/grants")
@needs(_EDIT)
def people_grant(user_id: int) -> Answer:
    """Give one more role."""
    form = GrantForm()
    done = form.carry_out(
        lambda: users.add_grant(
            user_id, form.role.value, form.organisation.value, current_actor(), now()
        )
    )
    if not done:
        return _person_page(user_id, 422, form=form)
    flash(_("角色已调整，对方下一次打开页面时生效。"), "success")
    return redirect(url_for("admin.people_one", user_id=user_id))


@admin.post("/people/<int:user_id>/grants/<int:grant_id>/remove")
@needs(_EDIT)
def people_revoke(user_id: int, grant_id: int) -> Answer:
    """Take one role away."""
    return _changed(
        user_id,
        lambda: users.remove_grant(user_id, grant_id, current_actor(), now()),
        _("角色已调整，对方下一次打开页面时生效。"),
    )


@admin.post("/people/<int:user_id>/disable")
@needs(_EDIT)
def people_disable(user_id: int) -> Answer:
    """Disable an account."""
    return _changed(
        user_id,
        lambda: users.disable(user_id, current_actor(), now()),
        _("账号已停用，登录已退出。"),
    )


@admin.post("/people/<int:user_id>/enable")
@needs(_EDIT)
def people_enable(user_id: int) -> Answer:
    """Enable a disabled or locked account."""
    return _changed(
        user_id, lambda: users.enable(user_id, current_actor(), now()), _("账号已启用，可以登录。")
    )


@admin.post("/people/<int:user_id>/password")
@needs(_EDIT)
def people_password(user_id: int) -> Answer:
    """Give another password, shown once."""
    password = users.one_time_password()
    users.reset_password(user_id, password, current_actor(), now())
    return _person_page(user_id, password=password)


def _changed(user_id: int, act: Callable[[], None], done: str) -> Answer:
    """Run ``act`` and redirect to the account, whose page shows a refusal of the service."""
    try:
        act()
    except InvalidInput as error:
        return _person_page(user_id, 409, problem=say(error.message))
    flash(done, "success")
    return redirect(url_for("admin.people_one", user_id=user_id))
