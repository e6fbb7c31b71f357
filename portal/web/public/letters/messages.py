"""Messages about a letter: how its sender gets them, and the way out that needs no login."""

from __future__ import annotations

from typing import NamedTuple

from flask import abort, flash, redirect, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field

from portal.domain.errors import Unavailable
from portal.domain.messages.links import opened
from portal.models import Letter, db
from portal.queries.messages.choices import chosen
from portal.services.letters.message_choice import choose_messages, stop_messages
from portal.services.messages.addresses import stop_staff_messages
from portal.services.messages.composing import LETTER, STAFF, STOP, SUBSCRIPTION
from portal.services.messages.subscriptions import cancel
from portal.web.core import Answer
from portal.web.core.clock import now
from portal.web.core.fields import OneOfField
from portal.web.core.forms import Form
from portal.web.core.language import page_locale, say
from portal.web.core.people import public
from portal.web.core.safety import without_session
from portal.web.core.settings import code_key
from portal.web.public.blueprint import public_pages
from portal.web.public.letters.letter import LetterPage
from portal.web.submission.message_choice import (
    NO_MESSAGES,
    chosen_channel,
    offer_channels,
    refuse_without_contact,
)


class MessagesForm(Form):
    """How the sender of an opened letter gets messages."""

    messages = OneOfField(_l("办理有进展时通知您"), choices=[], validate_choice=False)

    def __init__(self, letter: Letter, **given: object) -> None:
        super().__init__(**given)
        self._letter = letter
        offer_channels(self.messages)

    def validate_messages(self, field: Field) -> None:
        """Require that the letter has the contact."""
        phone, email = self._letter.sender_phone or "", self._letter.sender_email or ""
        refuse_without_contact(field, phone, email)


@public_pages.get("/letters/<number>/messages")
@public
def letter_messages(number: str) -> Answer:
    """Show how the sender gets messages, to be changed."""
    page = LetterPage(number)
    found = page.find()
    if found is None:
        return page.closed()
    channel = chosen(db.session(), found.id).channel
    form = MessagesForm(found, formdata=None, data={"messages": str(channel or NO_MESSAGES)})
    return render_template("public/letter_messages.html", letter=found, form=form)


@public_pages.post("/letters/<number>/messages")
@public
def change_letter_messages(number: str) -> Answer:
    """Change how the sender gets messages."""
    page = LetterPage(number)
    found = page.find()
    if found is None:
        return page.closed()
    form = MessagesForm(found)
    if not form.validate():
        return render_template("public/letter_messages.html", letter=found, form=form), 422
    try:
        choose_messages(found.id, chosen_channel(form.messages), page_locale(), now())
    except Unavailable as error:
        flash(say(error.message), "warning")
        return render_template("public/letter_messages.html", letter=found, form=form), 503
    flash(_("已记下您选的通知方式。"), "success")
    return redirect(page.address(found))


@public_pages.get("/stop/<token>")
@public
def stop(token: str) -> Answer:
    """Offer to stop messages; nothing changes for programs that only look at links."""
    return render_template("public/stop.html", token=token, done=False, kind=_stopped(token).kind)


@public_pages.post("/stop/<token>")
@public
@without_session
def stop_now(token: str) -> Answer:
    """Stop messages: by the button, or by a mail program (RFC 8058), which knows no session."""
    stopped = _stopped(token)
    if stopped.kind == STAFF:
        stop_staff_messages(int(stopped.name))
    elif stopped.kind == SUBSCRIPTION:
        cancel(stopped.name)
    else:
        stop_messages(stopped.name)
    return render_template("public/stop.html", token=token, done=True, kind=stopped.kind)


class Stopped(NamedTuple):
    """Whose messages a link stops: about a letter, to a member of staff, or of a subscription."""

    kind: str
    name: str


def _stopped(token: str) -> Stopped:
    """Return whose messages a signed link stops, or answer 404."""
    subject = opened(code_key(), STOP, token[:200]) or ""
    kind, _dash, name = subject.partition("-")
    if kind not in (LETTER, STAFF, SUBSCRIPTION):
        abort(404)
    return Stopped(kind, name)
