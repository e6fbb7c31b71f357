"""The field in which a sender chooses how to get messages about a letter."""

from __future__ import annotations

from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from portal.domain.messages.states import Channel
from portal.services.messages.announcing import Outlets
from portal.web.core.fields import OneOfField, refuse_unsuitable
from portal.web.core.settings import settings
from portal.web.core.typed import is_email, is_mobile

NO_MESSAGES = "none"
"""The value of the choice of no messages."""


def outlets() -> Outlets:
    """Return the channels that are set."""
    return Outlets.of(settings())


def offer_channels(field: OneOfField) -> None:
    """Offer the channels that are set, below none; nothing where none is set."""
    names = {Channel.MAIL: _("发电子邮件"), Channel.SMS: _("发手机短信")}
    on = [channel for channel in names if channel in outlets().channels]
    offered = [SelectChoice(str(channel), names[channel]) for channel in on]
    field.choices = [SelectChoice(NO_MESSAGES, _("不用通知，我自己查"))] + offered if on else []


def chosen_channel(field: OneOfField) -> Channel | None:
    """Return the channel chosen, ``None`` for none and for one that is not offered."""
    offered = [choice.value for choice in field.choices if choice.value != NO_MESSAGES]
    return Channel(str(field.data)) if field.data in offered else None


def refuse_without_contact(field: OneOfField, phone: str, email: str) -> None:
    """Raise ``ValidationError`` where the contact is missing to which messages are to go."""
    channel = chosen_channel(field)
    if channel is Channel.MAIL and not is_email(email):
        raise ValidationError(_("要收电子邮件，请填写电子邮箱；或者选“不用通知”。"))
    if channel is Channel.MAIL:
        refuse_unsuitable(email)
    if channel is Channel.SMS and not is_mobile(phone):
        raise ValidationError(_("要收短信，请填写手机号码，座机收不到；或者选“不用通知”。"))
