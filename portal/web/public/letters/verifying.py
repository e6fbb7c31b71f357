"""Proving one's contacts: on the page of the opened letter, and by the link of a mail."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.domain.messages.states import Channel
from portal.domain.redaction.hints import email_hint, phone_hint
from portal.models import Letter
from portal.services.messages.verifying import ask_to_verify, verify_by_digits, verify_by_link
from portal.web.core import Answer
from portal.web.core.clock import now
from portal.web.core.fields import LineField
from portal.web.core.forms import Form
from portal.web.core.language import page_locale
from portal.web.core.people import public
from portal.web.core.rate_limits import minutes, retry_later, take
from portal.web.core.settings import code_key
from portal.web.core.typed import is_mobile
from portal.web.public.blueprint import public_pages
from portal.web.public.letters.letter import LetterPage
from portal.web.submission.message_choice import outlets

SENT, TRIED = "3 per hour; 6 per day", "5 per hour"
"""How often a contact of a letter is sent something, and how often digits may be tried."""


class DigitsForm(Form):
    """The digits of a text message."""

    digits = LineField(_l("短信里的 6 位验证码"), _l("请填写短信里的验证码。"), 20)


@public_pages.route("/letters/<number>/verify", methods=["GET", "POST"])
@public
def verify_contacts(number: str) -> Answer:
    """Send a link or digits to a contact of the letter, and take the digits."""
    page = LetterPage(number)
    found = page.find()
    if found is None:
        return page.closed()
    if request.method == "GET":
        return _page(found, DigitsForm(formdata=None))
    step = request.form.get("step", "")
    if step in provable(found):
        form = DigitsForm(formdata=None)
        if wait := take(SENT, ("verify", str(found.id), step)):
            form.form_errors.append(_("要得太频繁了，请 %(n)s 分钟后再试。", n=minutes(wait)))
            return retry_later(_page(found, form, 429), wait)
        ask_to_verify(found.id, Channel(step), page_locale(), now())
        said = (
            _("验证邮件已发出，请打开里面的链接。") if step == Channel.MAIL else _("验证码已发出。")
        )
        flash(said, "success")
        return redirect(url_for("public.verify_contacts", number=number))
    form = DigitsForm()
    if not form.validate():
        return _page(found, form, 422)
    if wait := take(TRIED, ("verify-digits", str(found.id))):
        form.digits.errors = [_("试错的次数太多了，请 %(n)s 分钟后再试。", n=minutes(wait))]
        return retry_later(_page(found, form, 429), wait)
    if not verify_by_digits(found.id, "".join(form.digits.data.split()), code_key(), now()):
        form.digits.errors = [_("验证码不对，或者已经过期。")]
        return _page(found, form, 422)
    flash(_("手机号码已验证。"), "success")
    return redirect(page.address(found))


@public_pages.route("/verify/<token>", methods=["GET", "POST"])
@public
def verify_address(token: str) -> Answer:
    """Offer to prove the address to which the link was sent; looking changes nothing."""
    done = None
    if request.method == "POST":
        done = verify_by_link(token[:200], code_key(), now())
    status = 410 if done is False else 200
    return render_template("public/verify_address.html", link=token, done=done), status


def provable(letter: Letter) -> dict[str, tuple[str, bool]]:
    """Return each channel on which a contact of ``letter`` can be proven: the contact, covered, and whether it is."""
    on, found = outlets().channels, {}
    if letter.sender_phone and Channel.SMS in on and is_mobile(letter.sender_phone):
        covered = phone_hint(letter.sender_phone)
        found[str(Channel.SMS)] = (covered, letter.phone_verified_at is not None)
    if letter.sender_email and Channel.MAIL in on:
        covered = email_hint(letter.sender_email)
        found[str(Channel.MAIL)] = (covered, letter.email_verified_at is not None)
    return found


def _page(letter: Letter, form: DigitsForm, status: int = 200) -> tuple[str, int]:
    page = render_template(
        "public/verify_contacts.html", letter=letter, form=form, provable=provable(letter)
    )
    return page, status
