"""Another query code for who has lost it: a link by mail or a code by text message."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field
from wtforms.validators import ValidationError

from portal.domain.letters.numbers import format_code, parse_number
from portal.domain.messages.links import opened, sign
from portal.domain.messages.states import Channel
from portal.models import Letter
from portal.models.base import fingerprint
from portal.services.messages.composing import LOST
from portal.services.messages.renewals import Renewed, ask_for_code, renew_code
from portal.web.core import Answer
from portal.web.core.clock import now
from portal.web.core.fields import LineField
from portal.web.core.forms import Form
from portal.web.core.guards.guard import Guard
from portal.web.core.language import page_locale
from portal.web.core.people import public, remember_opened
from portal.web.core.rate_limits import Key, address, minutes, retry_later, take
from portal.web.core.settings import code_key, settings
from portal.web.core.typed import (
    EMAIL_MAX,
    is_email,
    is_mobile,
    plain_email,
    plain_phone,
)
from portal.web.public.blueprint import public_pages
from portal.web.submission.message_choice import outlets

TO_ONE_CONTACT = "3 per hour"
"""Requests for one contact, from whatever address, before a challenge is to be solved."""
TO_ONE_CONTACT_AT_MOST = "10 per day"
_PAGE = "lost-code-page"
"""The purpose of the address at which a code is typed; it is in no message."""


class LostCodeForm(Form):
    """The contact of a letter, and its number if it is known."""

    contact = LineField(
        _l("来信时留下的邮箱或手机号码"), _l("请填写来信时留下的邮箱或手机号码。"), EMAIL_MAX
    )
    number = LineField(_l("信件编号"), most=40)

    @property
    def channel(self) -> Channel:
        """The channel on which the contact is reached."""
        return (
            Channel.MAIL if "@" in self.contact.data or "＠" in self.contact.data else Channel.SMS
        )

    @property
    def plain(self) -> str:
        """The contact in the form in which letters keep it."""
        make = plain_email if self.channel is Channel.MAIL else plain_phone
        return make(self.contact.data)

    def validate_contact(self, field: Field) -> None:
        """Refuse what no message reaches; whether a letter has the contact plays no part."""
        by_mail = self.channel is Channel.MAIL
        if not (is_email(self.plain) if by_mail else is_mobile(self.plain)):
            raise ValidationError(_("请填写完整的邮箱，或者能收短信的 11 位手机号码。"))
        if self.channel not in outlets().channels:
            raise ValidationError(
                _("本站现在不发邮件，请填手机号码。")
                if by_mail
                else _("本站现在不发短信，请填邮箱。")
            )


class CodeForm(Form):
    """The digits of a text message."""

    digits = LineField(_l("短信里的 6 位验证码"), _l("请填写短信里的验证码。"), 20)


@public_pages.route("/track/lost", methods=["GET", "POST"])
@public
def lost_code() -> Answer:
    """Ask for the contact; the answer is the same whether there is such a letter or not."""
    form = LostCodeForm(number=request.args.get("number", "")[:40])
    if not form.is_submitted():
        _guard().offer()
        return _page(form)
    number = None
    complete = form.validate()
    if form.number.data:
        with form.errors_shown():
            number = parse_number(form.number.data)
        complete = complete and number is not None
    if not complete:
        return _page(form, 422)
    guard = _guard(form.plain)
    if wait := guard.take():
        said = _("要得太频繁了，请等页面确认后再试，或者 %(n)s 分钟后再试。", n=minutes(wait))
        form.form_errors.append(said)
        return retry_later(_page(form, 429), wait)
    if wait := take(
        TO_ONE_CONTACT_AT_MOST, ("lost-to-at-most", fingerprint(form.plain.casefold()))
    ):
        form.form_errors.append(_("今天已经发过多次，请明天再试。"))
        return retry_later(_page(form, 429), wait)
    key = ask_for_code(number, form.plain, form.channel, page_locale(), now())
    token = sign(code_key(), _PAGE, f"{form.channel}-{key}")
    return redirect(url_for("public.lost_code_sent", token=token))


@public_pages.route("/track/lost/<token>", methods=["GET", "POST"])
@public
def lost_code_sent(token: str) -> Answer:
    """Show what was sent if there is such a letter; show the other code for the digits of a text message."""
    channel, _dash, key = _opened(_PAGE, token).partition("-")
    form, by_sms = CodeForm(), channel == Channel.SMS
    if by_sms and form.validate_on_submit():
        typed = "".join(form.digits.data.split())
        renewed = renew_code(key, typed, code_key(), outlets(), now())
        if renewed is not None:
            return _shown(renewed)
        form.digits.errors = [_("验证码不对，或者已经过期。试错五次后要重新申请。")]
    status = 422 if form.errors else 200
    return render_template(
        "public/lost_code_sent.html", form=form, token_of_page=token, by_sms=by_sms
    ), status


@public_pages.route("/track/renew/<token>", methods=["GET", "POST"])
@public
def renew_by_link(token: str) -> Answer:
    """Show the other code to who follows the link of a mail and asks for it; looking changes nothing."""
    key, is_over = _opened(LOST, token), False
    if request.method == "POST":
        renewed = renew_code(key, None, code_key(), outlets(), now())
        if renewed is not None:
            return _shown(renewed)
        is_over = True
    page = render_template("public/renew_code.html", token_of_page=token, is_over=is_over)
    return page, 410 if is_over else 200


def _opened(purpose: str, token: str) -> str:
    """Return what a signed address is about, or answer 404."""
    found = opened(code_key(), purpose, token[:200])
    if found is None:
        abort(404)
    return found


def _shown(renewed: Renewed) -> Answer:
    remember_opened(Letter, renewed.letter_id)
    code = format_code(renewed.code)
    return render_template("public/renewed_code.html", number=renewed.number, code=code)


def _page(form: LostCodeForm, status: int = 200) -> Answer:
    return render_template("public/lost_code.html", form=form, on=outlets().channels), status


def _guard(contact: str = "") -> Guard:
    """Return what limits requests: by address, and by the contact that gets the message."""
    limits: list[tuple[str, Key]] = [(settings().track_limit, ("lost-from", address()))]
    if contact:
        limits.append((TO_ONE_CONTACT, ("lost-to", fingerprint(contact.casefold()))))
    return Guard("lost", tuple(limits))
