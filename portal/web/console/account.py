"""Logging in and out, and the account of the person logged in: roles, places, password."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms.validators import EqualTo, Length

from portal.domain.access import USERNAME_MAX, Actor, Permission, Role
from portal.domain.errors import InvalidInput
from portal.models import db
from portal.queries.office.people import own_account
from portal.services.office.accounts import (
    PASSWORD_MAX,
    PASSWORD_MIN,
    AccountLocked,
    LoginFailed,
    change_password,
    log_in,
)
from portal.web.core import Answer
from portal.web.core.clock import now
from portal.web.core.fields import LineField, SecretField
from portal.web.core.forms import Form
from portal.web.core.people import begin_session, current_actor, end_session, public, staff_only
from portal.web.core.safety import limiter, local_path
from portal.web.core.settings import settings
from portal.web.core.typed import at_most


class LoginForm(Form):
    """Name and password."""

    username = LineField(_l("用户名"), _l("请填写用户名。"), USERNAME_MAX)
    password = SecretField(_l("密码"), _l("请填写密码。"), [at_most(PASSWORD_MAX)])


class PasswordForm(Form):
    """A new password for oneself."""

    old = SecretField(_l("原密码"), _l("请填写原密码。"), [at_most(PASSWORD_MAX)])
    password = SecretField(
        _l("新密码"),
        _l("请填写新密码。"),
        [
            Length(min=PASSWORD_MIN, message=_l("新密码至少 %(n)s 个字符。", n=PASSWORD_MIN)),
            at_most(PASSWORD_MAX),
        ],
        description=_l(
            "至少 %(n)s 个字符，不要使用常见的密码。修改后，其他设备上的登录会全部退出。",
            n=PASSWORD_MIN,
        ),
    )
    repeat = SecretField(
        _l("再输一遍新密码"),
        _l("请再输一遍新密码。"),
        [EqualTo("password", _l("两次输入的新密码不一致。"))],
    )


account = Blueprint("account", __name__, url_prefix="/account")
LOGINS_PER_ADDRESS = "30 per 10 minutes"


@account.get("/login")
@public
def login() -> Answer:
    """Ask for name and password."""
    if current_user.is_authenticated:
        return redirect(_destination())
    return _login_page(LoginForm(), 200)


@account.post("/login", endpoint="enter")
@public
@limiter.limit(LOGINS_PER_ADDRESS, deduct_when=lambda answer: answer.status_code != 302)
def enter() -> Answer:
    """Begin a session; a wrong name and a wrong password get the same answer."""
    form = LoginForm()
    if not form.validate():
        return _login_page(form, 422)
    lock = timedelta(minutes=settings().lock_minutes)
    try:
        user_id = log_in(
            form.username.data, form.password.value, now(), settings().login_failures, lock
        )
    except (LoginFailed, AccountLocked) as error:
        form.form_errors.append(_(str(error)))
        return _login_page(form, 423 if isinstance(error, AccountLocked) else 401)
    begin_session(user_id)
    return redirect(_destination())


def _login_page(form: LoginForm, status: int) -> tuple[str, int]:
    wanted = local_path(request.values.get("next"))
    return render_template("console/login.html", form=form, wanted=wanted), status


def _destination() -> str:
    """Return where the person wanted to go, else the first page of their work."""
    wanted = local_path(request.values.get("next"))
    return wanted or url_for(first_page(current_actor()))


def first_page(actor: Actor) -> str:
    """Return the endpoint where the work of ``actor`` begins.

    The inbox of a person who only supervises is empty; the day shows the urgent letters.
    """
    roles = {grant.role for grant in actor.grants}
    if Role.SUPERVISOR in roles and not roles & {Role.DISPATCHER, Role.HANDLER, Role.REVIEWER}:
        return "console.day"
    return "console.inbox" if actor.holds(Permission.LETTER_READ) else "admin.index"


@account.post("/logout")
@public
def logout() -> Answer:
    """End the session; also for somebody whose session has ended already."""
    end_session()
    flash(_("您已退出登录。"), "success")
    return redirect(url_for("account.login"))


@account.get("/")
@staff_only
def profile() -> Answer:
    """Show roles and places, and offer to change the password."""
    return _profile_page(PasswordForm(), 200)


@account.post("/", endpoint="password")
@staff_only
def password() -> Answer:
    """Change the password of the person logged in; this session goes on, all others end."""
    form, forced = PasswordForm(), current_user.must_change_password
    if not form.validate():
        return _profile_page(form, 422)
    try:
        change_password(current_user.id, form.old.value, form.password.value)
    except InvalidInput as error:
        form.put(error)
        return _profile_page(form, 422)
    begin_session(current_user.id)
    flash(_("密码已修改。您在其他设备上的登录已全部退出。"), "success")
    return redirect(url_for(first_page(current_actor()) if forced else "account.profile"))


def _profile_page(form: PasswordForm, status: int) -> tuple[str, int]:
    user = own_account(db.session(), current_user.id)
    return render_template("console/profile.html", form=form, user=user), status
