"""One's own messages: the address to which they go, and how often they come."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import Field
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from portal.domain.access import Role
from portal.domain.messages.occasions import TO_STAFF, Frequency
from portal.domain.messages.states import Channel
from portal.models import StaffMessages, db
from portal.queries.messages.staff import staff_messages
from portal.services.messages.addresses import (
    Wanted,
    ask_again,
    confirm_address,
    keep_own_messages,
)
from portal.services.messages.announcing import Outlets
from portal.web.console.account import account
from portal.web.core import Answer
from portal.web.core.clock import now
from portal.web.core.fields import ListField, MailboxField, TickField
from portal.web.core.forms import Form
from portal.web.core.language import label, page_locale
from portal.web.core.people import current_actor, staff_only
from portal.web.core.rate_limits import minutes, retry_later, take
from portal.web.core.settings import code_key, settings
from portal.web.core.typed import EMAIL_MAX

LINKS_AN_HOUR = "5 per hour"
"""How many links that confirm an address one person may have sent."""
_TOO_MANY = _l("确认邮件发得太多了，请 %(n)s 分钟后再试。")


def _frequency(name: object) -> ListField:
    return ListField(name, choices=[])


class StaffMessagesForm(Form):
    """The address for messages about work, and how often those of each occasion come."""

    address = MailboxField(_l("工作邮箱"), most=EMAIL_MAX)
    new_work = _frequency(_l("有新的来信要办"))
    sent_back = _frequency(_l("来信或答复被退回"))
    urged = _frequency(_l("来信被催办或者督办"))
    due_soon = _frequency(_l("来信即将到期"))
    overdue = _frequency(_l("来信已经超期"))
    weekly = TickField(_l("每周一份上周的办信数字"))

    def __init__(self, row: StaffMessages | None, **given: object) -> None:
        super().__init__(obj=row or _new(), **given)
        for occasion in TO_STAFF:
            choices = [SelectChoice(each.value, label(each)) for each in Frequency]
            self[str(occasion)].choices = choices
        roles = {grant.role for grant in current_actor().grants}
        if Role.SUPERVISOR not in roles:
            del self.weekly

    def validate_new_work(self, field: Field) -> None:
        """Refuse a frequency that there is not."""
        if any(self[str(each)].data not in list(Frequency) for each in TO_STAFF):
            raise ValidationError(_("没有这个选项，请重新选择。"))

    def wanted(self) -> Wanted:
        """Return what was chosen."""
        often = {each: Frequency(str(self[str(each)].data)) for each in TO_STAFF}
        return Wanted(often, "weekly" in self and self.weekly.data)


def _new() -> StaffMessages:
    """Return the choice of somebody who has made none."""
    columns = StaffMessages.__table__.c
    defaults = {str(each): columns[str(each)].default.arg for each in TO_STAFF}
    return StaffMessages(address="", weekly=True, **defaults)


@account.get("/messages")
@staff_only
def messages() -> Answer:
    """Show the address and the choice."""
    row = staff_messages(db.session(), current_user.id)
    return _page(StaffMessagesForm(row, formdata=None), row)


@account.post("/messages")
@staff_only
def change_messages() -> Answer:
    """Change address and choice; another address gets a link that confirms it."""
    row = staff_messages(db.session(), current_user.id)
    form, before = StaffMessagesForm(row), row.address if row else ""
    if not form.validate():
        return _page(form, row, 422)
    if form.address.data not in ("", before) and (wait := _links_used()):
        form.address.errors = [str(_TOO_MANY) % {"n": minutes(wait)}]
        return retry_later(_page(form, row, 429), wait)
    is_other = keep_own_messages(
        form.address.data, form.wanted(), page_locale(), current_actor(), now()
    )
    if is_other:
        flash(_("已保存。请打开刚发到这个邮箱的邮件里的链接，确认后才开始发。"), "success")
    else:
        flash(_("已保存。"), "success")
    return redirect(url_for("account.messages"))


@account.post("/messages/again")
@staff_only
def messages_again() -> Answer:
    """Send the link that confirms the address once more."""
    row = staff_messages(db.session(), current_user.id)
    if wait := _links_used():
        form = StaffMessagesForm(row, formdata=None)
        form.form_errors.append(str(_TOO_MANY) % {"n": minutes(wait)})
        return retry_later(_page(form, row, 429), wait)
    ask_again(current_actor(), now())
    flash(_("确认邮件已重新发出。"), "success")
    return redirect(url_for("account.messages"))


@account.get("/messages/confirm/<token>")
@staff_only
def confirm_messages(token: str) -> Response:
    """Mark the address as confirmed to which the link was sent; only its owner, who is logged in, can."""
    if confirm_address(token[:200], code_key(), current_actor(), now()):
        flash(_("邮箱已确认，消息会发到这里。"), "success")
    else:
        flash(_("这个链接不是发给您现在的邮箱的，没有确认。可以在下面重新发送。"), "warning")
    return redirect(url_for("account.messages"))


def _links_used() -> int:
    return take(LINKS_AN_HOUR, ("own-address", str(current_user.id)))


def _page(form: StaffMessagesForm, row: StaffMessages | None, status: int = 200) -> tuple[str, int]:
    sends = Channel.MAIL in Outlets.of(settings()).channels
    page = render_template(
        "console/staff_messages.html", form=form, row=row, sends=sends, occasions=TO_STAFF
    )
    return page, status
