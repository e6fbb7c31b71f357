"""Tokens with which other systems submit and track letters: to make, look through, withdraw."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.domain.access import Permission
from portal.domain.tokens import NAME_MAX
from portal.models import db
from portal.queries.office.tokens import all_tokens
from portal.services.office.tokens import create_token, withdraw_token
from portal.web.admin.blueprint import admin
from portal.web.core import Answer, Page
from portal.web.core.clock import now
from portal.web.core.fields import LineField
from portal.web.core.forms import Form
from portal.web.core.people import current_actor, needs
from portal.web.core.settings import code_key

_EDIT = Permission.TOKENS_EDIT


class TokenForm(Form):
    """A new token."""

    name = LineField(
        _l("用途"),
        _l("请写明给哪个系统用。"),
        NAME_MAX,
        description=_l("例如：市民热线小程序。承办人员在来信的详情里看得到。"),
    )


@admin.get("/tokens")
@needs(_EDIT)
def tokens() -> Page:
    """Show every token."""
    return _page(TokenForm(formdata=None))


@admin.post("/tokens")
@needs(_EDIT)
def tokens_new() -> Answer:
    """Make a token, shown on the page that answers and never again."""
    form = TokenForm()
    if form.validate():
        with form.errors_shown():
            made = create_token(form.name.data, code_key(), current_actor(), now())
            return _page(TokenForm(formdata=None), made=made)
    return _page(form, 422)


@admin.post("/tokens/<int:token_id>/withdraw")
@needs(_EDIT)
def tokens_withdraw(token_id: int) -> Answer:
    """Withdraw a token."""
    withdraw_token(token_id, current_actor(), now())
    flash(_("令牌已收回，用它的系统不能再提交来信。"), "success")
    return redirect(url_for("admin.tokens"))


def _page(form: TokenForm, status: int = 200, made: str = "") -> Page:
    rows = all_tokens(db.session())
    return render_template("admin/tokens.html", form=form, rows=rows, made=made), status
