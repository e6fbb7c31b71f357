"""Passkeys: completing a login with one, adding and removing them under my account."""

from __future__ import annotations

from functools import partial
from secrets import token_bytes
from urllib.parse import urlsplit

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from portal.domain.errors import InvalidInput
from portal.models import db
from portal.queries.office.people import own_account, passkeys_of
from portal.services.office.passkeys import (
    NAME_MAX,
    Site,
    add_passkey,
    ask_passkey,
    offer_passkey,
    pass_with_passkey,
    remove_passkey,
)
from portal.web.console.account import ProofForm, account, logged_in
from portal.web.console.versioned_forms import NamedForm
from portal.web.core import Answer, Page
from portal.web.core.clock import now
from portal.web.core.fields import HiddenTextField, LineField
from portal.web.core.language import say
from portal.web.core.people import PENDING_FOR, current_actor, pending_login, public, staff_only
from portal.web.core.rate_limits import address, first_use
from portal.web.core.settings import code_key, settings

_CHALLENGE = "passkey"
"""Key of the session of what a device is to sign; it counts once."""


class PasskeyForm(ProofForm):
    """A key that the browser has made, and what it is called."""

    name = LineField(_l("给它起个名字"), _l("请起个名字，例如“办公室电脑”。"), NAME_MAX)
    answer = HiddenTextField()


class RemovalForm(NamedForm, ProofForm):
    """The password, before a passkey goes."""


def passkey_question(user_id: int) -> str | None:
    """Return what a browser needs to sign for a login; ``None`` for a user without passkeys."""
    known = passkeys_of(db.session(), user_id)
    return ask_passkey(_site(), known, _new_challenge()) if known else None


def passkey_offer(user_id: int) -> str:
    """Return what a browser needs to make a passkey for the user."""
    user, known = own_account(db.session(), user_id), passkeys_of(db.session(), user_id)
    return offer_passkey(_site(), user, known, _new_challenge())


@account.post("/second/passkey", endpoint="complete_with_passkey")
@public
def complete_with_passkey() -> Answer:
    """Complete a login with what a passkey has signed."""
    pending = pending_login()
    if pending is None:
        return redirect(url_for("account.login"))
    answer, challenge = request.form.get("answer", ""), _challenge()
    # Many devices count nothing, and a copy of the cookie holds the challenge still.
    fresh = first_use(("passkey", challenge.hex()), PENDING_FOR)
    if not pass_with_passkey(
        pending.user_id, answer if fresh else "", _site(), challenge, now(), address()
    ):
        flash(_("通行密钥没有通过，请再试一次，或填写验证码。"), "warning")
        return redirect(url_for("account.second"))
    return logged_in(pending.user_id, pending.username, pending.wanted)


@account.get("/passkeys")
@staff_only
def passkeys() -> Answer:
    """List the passkeys of the person, and offer to add one."""
    return _page(PasskeyForm(formdata=None))


@account.post("/passkeys", endpoint="add_passkey")
@staff_only
def add() -> Answer:
    """Keep a passkey that the browser has made."""
    form, challenge = PasskeyForm(), _challenge()
    if refused := form.refused(partial(_page, form)):
        return refused
    answer = form.answer.data or ""
    try:
        codes = add_passkey(
            current_user.id,
            form.name.data,
            answer,
            _site(),
            challenge,
            code_key(),
            now(),
            current_actor(),
        )
    except InvalidInput as error:
        form.form_errors.append(say(error.message))
        return _page(form, 422)
    if codes:
        return render_template("console/recovery_codes.html", codes=codes)
    flash(_("通行密钥已添加。"), "success")
    return redirect(url_for("account.passkeys"))


@account.post("/passkeys/<int:passkey_id>/remove", endpoint="remove_passkey")
@staff_only
def remove(passkey_id: int) -> Answer:
    """Forget a passkey of the person, who proves the password first."""
    form = RemovalForm(f"passkey-{passkey_id}")
    if refused := form.refused(lambda status: _page(PasskeyForm(formdata=None), status, form)):
        return refused
    remove_passkey(passkey_id, current_user.id, now(), current_actor())
    flash(_("通行密钥已删除。"), "success")
    return redirect(url_for("account.passkeys"))


def _page(form: PasskeyForm, status: int = 200, sent: RemovalForm | None = None) -> Page:
    # A key that was not taken is made again.
    form.answer.data = ""
    rows = [(row, _removal(row.id, sent)) for row in passkeys_of(db.session(), current_user.id)]
    offer = passkey_offer(current_user.id)
    return render_template("console/passkeys.html", form=form, rows=rows, offer=offer), status


def _removal(passkey_id: int, sent: RemovalForm | None) -> RemovalForm:
    slug = f"passkey-{passkey_id}"
    return sent if sent and sent.slug == slug else RemovalForm(slug, formdata=None)


def _site() -> Site:
    origin = settings().base_url or request.host_url.rstrip("/")
    return Site(urlsplit(origin).hostname or "", origin, settings().site_name)


def _new_challenge() -> bytes:
    made = token_bytes(32)
    session[_CHALLENGE] = bytes_to_base64url(made)
    return made


def _challenge() -> bytes:
    """Return what was to be signed, which is forgotten by this; nothing fits where there is none."""
    kept = session.pop(_CHALLENGE, None)
    return base64url_to_bytes(kept) if kept else token_bytes(32)
