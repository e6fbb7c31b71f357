"""The second factor: the step of the login that asks for it, and its page under my account."""

from __future__ import annotations

from functools import partial
from secrets import token_urlsafe

import segno
from flask import flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from portal.models import User, db
from portal.queries.office.people import own_account, recovery_codes_left
from portal.services.office.second_factor import (
    add_totp,
    address_for,
    pass_second,
    remove_totp,
    secret_for,
)
from portal.web.console.account import ProofForm, account, logged_in
from portal.web.console.passkeys import passkey_question
from portal.web.core import Answer, Page
from portal.web.core.clock import now
from portal.web.core.fields import LineField
from portal.web.core.forms import Form
from portal.web.core.guards.devices import device_of
from portal.web.core.people import current_actor, pending_login, public, staff_only
from portal.web.core.rate_limits import address, give_back, minutes, retry_later, take
from portal.web.core.settings import code_key, settings

_NONCE = "totp"
"""Key of the session of what the offered secret is made of."""
_CODE_MOST = 64


class CodeForm(Form):
    """A code of the device, or a recovery code."""

    code = LineField(_l("验证码"), _l("请填写验证码。"), _CODE_MOST)


class AddForm(CodeForm, ProofForm):
    """A code of the device that is added, and the password."""


@account.get("/second")
@public
def second() -> Answer:
    """Ask for the code that completes a login."""
    if pending_login() is None:
        return redirect(url_for("account.login"))
    return _second_page(CodeForm(), 200)


@account.post("/second", endpoint="complete")
@public
def complete() -> Answer:
    """Complete a login with a code; wrong ones are limited, and no challenge lets more through."""
    pending = pending_login()
    if pending is None:
        return redirect(url_for("account.login"))
    form = CodeForm()
    if not form.validate():
        return _second_page(form, 422)
    rule = f"{settings().login_failures} per {settings().lock_minutes} minutes"
    tried = ("second", str(pending.user_id), device_of(pending.username) or "-")
    if wait := take(rule, tried):
        form.code.errors = [_("验证码输错的次数过多，请 %(n)s 分钟后再试。", n=minutes(wait))]
        return retry_later(_second_page(form, 429), wait)
    if not pass_second(pending.user_id, form.code.data, code_key(), now(), address()):
        form.code.errors = [_("验证码不对，或已经用过，请等下一个。")]
        return _second_page(form, 401)
    give_back(rule, tried)
    return logged_in(pending.user_id, pending.username, pending.wanted)


def _second_page(form: CodeForm, status: int) -> Page:
    pending = pending_login()
    question = passkey_question(pending.user_id) if pending else None
    return render_template("console/second.html", form=form, question=question), status


@account.get("/factor")
@staff_only
def factor() -> Answer:
    """Show the second factor, or offer one."""
    return _factor_page(AddForm(formdata=None), ProofForm(formdata=None))


@account.post("/factor", endpoint="add_factor")
@staff_only
def add_factor() -> Answer:
    """Begin to ask for codes of a device; the recovery codes are shown on the page that answers."""
    form = AddForm()
    page = partial(_factor_page, form, ProofForm(formdata=None))
    if refused := form.refused(page):
        return refused
    with form.errors_shown():
        codes = add_totp(
            current_user.id, _offered(), form.code.data, code_key(), now(), current_actor()
        )
        session.pop(_NONCE, None)
        return render_template("console/recovery_codes.html", codes=codes)
    return page(422)


@account.post("/factor/remove", endpoint="remove_factor")
@staff_only
def remove_factor() -> Answer:
    """Remove the second factor of the person, who proves the password first."""
    form = ProofForm()
    if refused := form.refused(partial(_factor_page, AddForm(formdata=None), form)):
        return refused
    remove_totp(current_user.id, now(), current_actor())
    flash(_("两步验证已关闭。"), "success")
    return redirect(url_for("account.factor"))


def _offered() -> str:
    nonce = session.setdefault(_NONCE, token_urlsafe(16))
    return secret_for(current_user.id, nonce, code_key())


def _factor_page(form: AddForm, removing: ProofForm, status: int = 200) -> Page:
    user: User = own_account(db.session(), current_user.id)
    if user.totp_secret is not None:
        left = recovery_codes_left(db.session(), user.id)
        page = render_template("console/factor.html", user=user, removing=removing, left=left)
        return page, status
    secret = _offered()
    address = address_for(secret, user.username, settings().site_name)
    picture = segno.make(address, error="m").svg_data_uri(scale=5, border=4, light="#fff")
    groups = " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
    page = render_template(
        "console/factor.html",
        user=user,
        form=form,
        picture=picture,
        secret=groups,
        needed=current_user.needs_factor,
    )
    return page, status
