"""Following an entry, a search or an organisation by mail: the form, the page of what one follows."""

from __future__ import annotations

from dataclasses import replace

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.domain.messages.links import opened
from portal.domain.messages.states import Channel
from portal.domain.whole_numbers import whole_number
from portal.models import Subscription, db
from portal.models.base import fingerprint
from portal.queries.archive.search import known_organisation
from portal.queries.archive.table import ArchiveQuery, archive_entry
from portal.queries.messages.subscriptions import of_same_address, subscription
from portal.services.messages.composing import SUBSCRIPTION
from portal.services.messages.new_entries import read, written
from portal.services.messages.subscriptions import Followed, cancel, cancel_all, confirm, subscribe
from portal.web.core import Answer
from portal.web.core.clock import now
from portal.web.core.fields import MailboxField
from portal.web.core.forms import Form
from portal.web.core.guards.guard import Guard
from portal.web.core.language import label, page_locale
from portal.web.core.people import public
from portal.web.core.rate_limits import Key, minutes, retry_later
from portal.web.core.rate_limits import address as client_address
from portal.web.core.settings import code_key
from portal.web.core.typed import EMAIL_MAX
from portal.web.public.archive.results import address, feed_address, follow_address, read_query
from portal.web.public.blueprint import public_pages
from portal.web.submission.message_choice import outlets

FROM_ONE_ADDRESS, TO_ONE_MAILBOX = "20 per hour", "5 per hour"


class SubscribeForm(Form):
    """The address to which messages go."""

    email = MailboxField(_l("电子邮箱"), _l("请填写电子邮箱。"), EMAIL_MAX)


@public_pages.route("/subscribe", methods=["GET", "POST"])
@public
def subscribing() -> Answer:
    """Ask for an address; the answer is the same whether it follows this already or not."""
    entry_id = whole_number(request.args.get("entry", "")[:20])
    entry = archive_entry(db.session(), entry_id) if entry_id is not None else None
    if "entry" in request.args and (entry is None or entry.unpublished_at is not None):
        abort(404)
    asked = replace(read_query(request.args, db.session()), page=1)
    if entry is not None:
        path = url_for("archive.entry", entry_id=entry.id)
        followed, what = Followed(path, entry.id), entry.title
    else:
        followed, what = Followed(address(asked), search=written(asked)), described(asked)
    form, sends = SubscribeForm(), Channel.MAIL in outlets().channels
    guard, status = _guard(form.email.data), 200
    if form.is_submitted() and sends:
        if not form.validate():
            status = 422
        elif wait := guard.take():
            said = _("要得太频繁了，请等页面确认后再试，或者 %(n)s 分钟后再试。", n=minutes(wait))
            form.form_errors.append(said)
            return retry_later(_form_page(form, entry_id, asked, what, 429), wait)
        else:
            subscribe(form.email.data, followed, page_locale(), now())
            return render_template("public/subscribed.html", what=what)
    else:
        guard.offer()
    return _form_page(form, entry_id, asked, what, status)


def _form_page(
    form: SubscribeForm, entry_id: int | None, asked: ArchiveQuery, what: str, status: int
) -> Answer:
    is_entry = entry_id is not None
    page = render_template(
        "public/subscribe.html",
        form=form,
        what=what,
        sends=Channel.MAIL in outlets().channels,
        feed=url_for("archive.entry_feed", entry_id=entry_id) if is_entry else feed_address(asked),
        here=url_for("public.subscribing", entry=entry_id) if is_entry else follow_address(asked),
    )
    return page, status


@public_pages.route("/subscriptions/<token>", methods=["GET", "POST"])
@public
def subscriptions(token: str) -> Answer:
    """Show what an address follows, to its owner who has the link; confirm, cancel one or all."""
    key = opened(code_key(), SUBSCRIPTION, token[:200])
    if key is None:
        abort(404)
    row = subscription(db.session(), key)
    if request.method == "POST" and row is not None:
        _change(row, key)
        return redirect(url_for("public.subscriptions", token=token))
    rows = of_same_address(db.session(), row) if row is not None else []
    shown = [(each.key, _name(each), each.path, each.confirmed_at) for each in rows]
    waits = row is not None and row.confirmed_at is None
    return render_template(
        "public/subscriptions.html", rows=shown, waits=waits, own=row and _name(row), link=token
    )


def _change(row: Subscription, key: str) -> None:
    step, which = request.form.get("step"), request.form.get("which", "")
    if step == "confirm":
        confirm(key, now())
        flash(_("订阅已开始，有新内容的那天给您发一封邮件。"), "success")
    elif step == "all":
        cancel_all(key)
        flash(_("全部订阅已取消，您的邮箱已从本站删除。"), "success")
    elif which in {each.key for each in of_same_address(db.session(), row)}:
        cancel(which)
        flash(_("订阅已取消。"), "success")


def _name(row: Subscription) -> str:
    if row.entry_id is None:
        return described(read(row.wanted))
    entry = archive_entry(db.session(), row.entry_id)
    return entry.title if entry is not None and entry.unpublished_at is None else _("一份公示件")


def described(asked: ArchiveQuery) -> str:
    """Return in words what a search looks for."""
    organisation = known_organisation(db.session(), asked.organisation_id)
    parts = [
        f"“{asked.text}”" if asked.text else "",
        organisation.name if organisation else "",
        label(asked.kind),
        asked.topic or "",
        label(asked.rating),
        str(asked.year or ""),
    ]
    return " · ".join(filter(None, parts)) or _("全部公示件")


def _guard(email: str) -> Guard:
    limits: list[tuple[str, Key]] = [(FROM_ONE_ADDRESS, ("subscribe-from", client_address()))]
    if email:
        limits.append((TO_ONE_MAILBOX, ("subscribe-to", fingerprint(email.casefold()))))
    return Guard("subscribe", tuple(limits))
