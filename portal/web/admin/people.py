"""Staff accounts: to look through, create, give roles, disable, hand a new password."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from portal.domain.access import Actor, Permission
from portal.domain.errors import InvalidInput, NotFound
from portal.models import Organisation, User, db
from portal.queries.messages.staff import staff_messages
from portal.queries.office.administration import (
    PeopleQuery,
    people_table,
    person_state,
)
from portal.queries.office.grants import grants_waiting, is_only_administrator, waiting_grants
from portal.services.messages.addresses import set_address
from portal.services.office import users
from portal.services.office.second_factor import may_remove, removal_waits, reset_factor
from portal.web.admin.blueprint import admin
from portal.web.admin.people_forms import AddressForm, GrantForm, NewPersonForm, PeopleFilterForm
from portal.web.core import Answer, Page
from portal.web.core.clock import now
from portal.web.core.fields import page_asked
from portal.web.core.language import page_locale, say
from portal.web.core.people import current_actor, needs
from portal.web.core.rate_limits import minutes, retry_later, take
from portal.web.core.settings import settings
from portal.web.core.typed import WORDS_MAX

_EDIT = Permission.USERS_EDIT
_ROLE_ASKED = _l("已申请，等另一位管理员同意后生效。")
_ROLE_TAKEN = _l("角色已去掉，对方的登录已退出。")
_CHANGES: dict[str, tuple[Callable[[int, Actor, datetime], None], object]] = {
    "disable": (users.disable, _l("账号已停用，登录已退出。")),
    "enable": (users.enable, _l("账号已启用，可以登录。")),
}
_LINKS = "30 per hour"
"""How many links that confirm an address an administrator may have sent, and one person may get."""
_ADDRESS_ASKED = _l("已记下。对方打开邮件里的链接确认后，才开始发消息。")
_ADDRESS_KEPT = _l("已保存。")
_FACTOR_GONE = _l("两步验证已取消，对方凭密码登录。")
_FACTOR_ASKED = _l("已申请，另一位管理员在七天内同意后取消。")


@admin.get("/people")
@needs(_EDIT)
def people() -> str:
    """Show one page of accounts, with the filters of the address."""
    form = PeopleFilterForm(request.args)
    place = form.organisation.data
    asked = PeopleQuery(
        words=form.q.data[:WORDS_MAX],
        role=form.role.data,
        organisation=db.session.get(Organisation, place) if place else None,
        state=form.state.data,
    )
    part, rows = people_table(db.session(), asked, page_asked(), settings().page_size)
    return render_template(
        "admin/people.html",
        form=form,
        part=part,
        rows=rows,
        state_of=person_state,
        waiting=grants_waiting(db.session()),
    )


@admin.route("/people/new", methods=["GET", "POST"])
@needs(_EDIT)
def people_new() -> Answer:
    """Create an account; its password is shown on the page that answers, and never again."""
    form = NewPersonForm()
    if form.validate_on_submit():
        password = users.one_time_password()
        place = (form.role.value, form.organisation.value)
        with form.errors_shown():
            made = users.create_user(
                form.username.data, form.name.data, password, [place], current_actor(), now()
            )
            return _person_page(made, password=password)
    return render_template("admin/person_new.html", form=form), 422 if form.errors else 200


@admin.get("/people/<int:user_id>")
@needs(_EDIT)
def people_one(user_id: int) -> Answer:
    """Show an account with its roles."""
    return _person_page(user_id)


def _person_page(user_id: int, status: int = 200, **more: Any) -> Page:
    user = db.session.get(User, user_id)
    if user is None:
        raise NotFound
    row = staff_messages(db.session(), user_id)
    words = {"form": GrantForm(formdata=None), "password": "", "problem": ""} | more
    words.setdefault("address_form", AddressForm(formdata=None, obj=row))
    page = render_template(
        "admin/person.html",
        user=user,
        messages=row,
        state_of=person_state,
        waiting=waiting_grants(db.session(), user_id),
        unused=users.is_unused(user),
        removal_waits=removal_waits(user, now()),
        may_remove=may_remove(user, current_actor(), now()),
        alone=is_only_administrator(db.session()),
        **words,
    )
    return page, status


@admin.post("/people/<int:user_id>/address")
@needs(_EDIT)
def people_address(user_id: int) -> Answer:
    """Enter the address for messages about work, which its owner confirms."""
    form = AddressForm()
    if not form.validate():
        return _person_page(user_id, 422, address_form=form)
    if wait := take(
        _LINKS, ("address", str(current_actor().user_id)), ("address-of", str(user_id))
    ):
        form.address.errors = [_("确认邮件发得太多了，请 %(n)s 分钟后再试。", n=minutes(wait))]
        return retry_later(_person_page(user_id, 429, address_form=form), wait)
    is_other = set_address(user_id, form.address.data, page_locale(), current_actor(), now())
    return _done(user_id, _ADDRESS_ASKED if is_other else _ADDRESS_KEPT)


@admin.post("/people/<int:user_id>/grants")
@needs(_EDIT)
def people_grant(user_id: int) -> Answer:
    """Ask for one more role, which another administrator decides on."""
    form = GrantForm()
    if form.validate():
        place = (form.role.value, form.organisation.value)
        with form.errors_shown():
            users.add_grant(user_id, *place, current_actor(), now())
            return _done(user_id, _ROLE_ASKED)
    return _person_page(user_id, 422, form=form)


@admin.post("/people/<int:user_id>/grants/<int:grant_id>/remove")
@needs(_EDIT)
def people_revoke(user_id: int, grant_id: int) -> Answer:
    """Take one role away."""
    try:
        users.remove_grant(user_id, grant_id, current_actor(), now())
    except InvalidInput as error:
        return _person_page(user_id, 409, problem=say(error.message))
    return _done(user_id, _ROLE_TAKEN)


@admin.post("/people/<int:user_id>/factor")
@needs(_EDIT)
def people_factor(user_id: int) -> Answer:
    """Ask to remove the second factor of an account, or consent to what another one asked."""
    try:
        gone = reset_factor(user_id, current_actor(), now())
    except InvalidInput as error:
        return _person_page(user_id, 409, problem=say(error.message))
    return _done(user_id, _FACTOR_GONE if gone else _FACTOR_ASKED)


@admin.post("/people/<int:user_id>/<any(disable,enable):what>")
@needs(_EDIT)
def people_change(user_id: int, what: str) -> Answer:
    """Disable an account, or enable it again."""
    change, done = _CHANGES[what]
    try:
        change(user_id, current_actor(), now())
    except InvalidInput as error:
        return _person_page(user_id, 409, problem=say(error.message))
    return _done(user_id, done)


@admin.post("/people/<int:user_id>/password")
@needs(_EDIT)
def people_password(user_id: int) -> Answer:
    """Give another password, shown once."""
    password = users.one_time_password()
    try:
        users.reset_password(user_id, password, current_actor(), now())
    except InvalidInput as error:
        return _person_page(user_id, 409, problem=say(error.message))
    return _person_page(user_id, password=password)


def _done(user_id: int, message: object) -> Response:
    flash(str(message), "success")
    return redirect(url_for("admin.people_one", user_id=user_id))
