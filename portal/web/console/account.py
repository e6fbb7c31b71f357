"""Logging in and out, and the account of the person logged in: roles, places, password."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms.validators import EqualTo, Length

from portal.domain.access import Actor, Permission, Role
from portal.domain.accounts.usernames import USERNAME_MAX, fold_username
from portal.domain.errors import InvalidInput
from portal.models import db
from portal.queries.office.people import own_account
from portal.queries.sessions import from_new_networks
from portal.services.office.accounts import (
    PASSWORD_MAX,
    PASSWORD_MIN,
    LoginFailed,
    change_password,
    check_password,
    log_in,
)
from portal.web.core import Answer, Page
from portal.web.core.clock import now
from portal.web.core.fields import LineField, SecretField
from portal.web.core.forms import Form
from portal.web.core.guards.devices import device_of, know_device, name_digest
from portal.web.core.guards.guard import Guard
from portal.web.core.people import (
    await_second,
    begin_session,
    current_actor,
    end_session,
    public,
    staff_only,
)
from portal.web.core.rate_limits import address, give_back, minutes, retry_later, take
from portal.web.core.safety import local_path
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
MORE_IN_ALL = 20
"""How many times the wrong passwords of one address a name may get from all of them in an hour."""


@account.get("/login")
@public
def login() -> Answer:
    """Ask for name and password."""
    if current_user.is_authenticated:
        return redirect(_destination())
    return _login_page(LoginForm(), 200)


@account.post("/login", endpoint="enter")
@public
def enter() -> Answer:
    """Begin a session; a wrong name and a wrong password get the same answer."""
    form = LoginForm()
    if not settings().staff_passwords:
        form.form_errors.append(_("这里不用密码登录。"))
        return _login_page(form, 403)
    if not form.validate():
        return _login_page(form, 422)
    name = fold_username(form.username.data)
    guard = _guard(name)
    if wait := guard.take():
        said = _("登录失败次数过多，请等页面确认后再试，或者 %(n)s 分钟后再试。", n=minutes(wait))
        form.form_errors.append(said)
        return retry_later(_login_page(form, 429), wait)
    try:
        user_id = log_in(name, form.password.value, now(), address())
    except LoginFailed as error:
        guard.offer()
        form.form_errors.append(_(str(error)))
        return _login_page(form, 401)
    guard.give_back()
    wanted = local_path(request.values.get("next"))
    if own_account(db.session(), user_id).has_factor:
        await_second(user_id, name, wanted)
        return redirect(url_for("account.second"))
    return logged_in(user_id, name, wanted)


def _guard(name: str) -> Guard:
    """Return what limits wrong passwords for ``name``, the same whether anybody is called that.

    From a device on which the person has logged in before they are counted for that device;
    otherwise by address, by address and name, and for the name in all, where a challenge is the
    most that is asked. So nobody who guesses keeps the owner of a name out.
    """
    few = f"{settings().login_failures} per {settings().lock_minutes} minutes"
    who = name_digest(name)
    if device := device_of(name):
        return Guard("login", ((few, ("login-device", who, device)),))
    many = f"{settings().login_failures * MORE_IN_ALL} per hour"
    return Guard(
        "login",
        (
            (LOGINS_PER_ADDRESS, ("login-from", address())),
            (few, ("login", who, address())),
            (many, ("login-name", who)),
        ),
    )


def logged_in(user_id: int, name: str, wanted: str | None) -> Response:
    """Begin a session, have the browser know that ``name`` has logged in on it, go to ``wanted``."""
    if begin_session(user_id, login=True):
        flash(_("这是您的账号第一次从这个网络登录。如果不是您，请马上修改密码。"), "warning")
    response = redirect(wanted or url_for(first_page(current_actor())))
    know_device(response, name)
    return response


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
    guess = Guess()
    if guess.wait:
        form.old.errors = [guess.said]
        return retry_later(_profile_page(form, 429), guess.wait)
    try:
        change_password(current_actor(), form.old.value, form.password.value, now())
    except InvalidInput as error:
        if error.field != "old":
            guess.was_right()
        form.put(error)
        return _profile_page(form, 422)
    guess.was_right()
    begin_session(current_user.id)
    flash(_("密码已修改。您在其他设备上的登录已全部退出。"), "success")
    return redirect(url_for(first_page(current_actor()) if forced else "account.profile"))


class Guess:
    """A password typed by somebody who is logged in, limited in each session.

    Whoever finds a session open must not try passwords there without end.
    """

    def __init__(self) -> None:
        self._rule = f"{settings().login_failures} per {settings().lock_minutes} minutes"
        self._key = ("own-password", str(current_user.session_id))
        self.wait = take(self._rule, self._key)
        """Seconds until the next try, 0 where this one is taken."""

    @property
    def said(self) -> str:
        """What the person reads who has to wait."""
        return str(_("密码输错的次数过多，请 %(n)s 分钟后再试。", n=minutes(self.wait)))

    def was_right(self) -> None:
        """Take the try back: a right password costs nothing."""
        give_back(self._rule, self._key)


class ProofForm(Form):
    """The password of who is logged in, typed again before a factor of the login comes or goes.

    Whoever finds a session open can neither remove the second factor nor bind a device of their own.
    """

    password = SecretField(_l("密码"), _l("请填写密码。"), [at_most(PASSWORD_MAX)])

    def refused(self, render: Callable[[int], Page]) -> Answer | None:
        """Return the page with what is wrong, made with its status; ``None`` for the right password."""
        if not self.validate():
            return render(422)
        guess = Guess()
        if guess.wait:
            self.password.errors = [guess.said]
            return retry_later(render(429), guess.wait)
        try:
            check_password(current_user.id, self.password.value)
        except InvalidInput as error:
            self.put(error)
            return render(422)
        guess.was_right()
        return None


def _profile_page(form: PasswordForm, status: int) -> tuple[str, int]:
    user = own_account(db.session(), current_user.id)
    new = from_new_networks(db.session(), current_user.id, now())
    return render_template("console/profile.html", form=form, user=user, new=new), status
