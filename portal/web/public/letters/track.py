"""Opening a letter or request with its number and query code, and leaving it again."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from portal.domain.disclosure.numbers import (
    looks_like_request_number,
    parse_any_number,
    read_receipt,
)
from portal.models import DisclosureRequest, Letter, db
from portal.queries.codes import opened_by
from portal.web.core import Answer, Page
from portal.web.core.fields import LineField
from portal.web.core.forms import Form
from portal.web.core.guards.guard import Guard
from portal.web.core.people import leave_opened, public, remember_opened
from portal.web.core.rate_limits import Key, address, minutes, retry_later
from portal.web.core.settings import code_key, settings
from portal.web.public.blueprint import public_pages
from portal.web.submission.message_choice import outlets


class TrackForm(Form):
    """Number and query code, which together open a letter or a request for disclosure."""

    number = LineField(_l("信件编号或申请编号"), _l("请填写回执上的编号。"))
    query_code = LineField(_l("查询码"), _l("请填写回执上的查询码。"))

    def take_receipt(self) -> None:
        """Fill both fields from what was copied from a receipt into either of them."""
        if found := read_receipt(f"{self.number.data} {self.query_code.data}"):
            self.number.data, self.query_code.data = found


@public_pages.route("/track", methods=["GET", "POST"])
@public
def track() -> Answer:
    """Ask for number and code; a wrong code is answered exactly like an unknown number."""
    form = TrackForm(number=request.args.get("number", "")[:40])
    if form.is_submitted():
        form.take_receipt()
        complete = form.validate()
        if form.number.data:
            with form.errors_shown():
                number = parse_any_number(form.number.data)
                if complete:
                    return _open(form, number)
    _guard().offer()
    return track_page(form, 422 if form.errors else 200)


@public_pages.post("/track/leave")
@public
def leave() -> Response:
    """Forget the letters and requests this browser has opened, for those who share a computer."""
    leave_opened()
    flash(_("已退出。再次查看需要编号和查询码。"), "success")
    return redirect(url_for("public.track"))


def track_page(form: TrackForm, status: int = 200, typed: str = "") -> Page:
    """Return the page with ``form``; ``typed`` is text that would be lost otherwise."""
    renewable = bool(outlets().channels)
    return render_template("public/track.html", form=form, typed=typed, renewable=renewable), status


def _guard(number: str = "") -> Guard:
    """Return what limits wrong codes: by address, and by address and number together.

    A number alone has no limit, so that nobody keeps its owner out by guessing.
    """
    keys: list[Key] = [("track-from", address())]
    if number:
        keys.append(("track", number, address()))
    rule = settings().track_limit
    return Guard("track", tuple((rule, key) for key in keys), growing=True)


def _open(form: TrackForm, number: str) -> Answer:
    guard = _guard(number)
    if wait := guard.take():
        said = _(
            "试错的次数太多了，为了保护信件，请等页面确认后再查，或者 %(n)s 分钟后再试。",
            n=minutes(wait),
        )
        form.query_code.errors = [said]
        return retry_later(track_page(form, 429), wait)
    is_request = looks_like_request_number(number)
    table = DisclosureRequest if is_request else Letter
    opened = opened_by(db.session(), table, number, form.query_code.data, code_key())
    if opened is None:
        guard.offer()
        form.query_code.errors = [_("编号和查询码对不上，请对照回执核对后再试。")]
        return track_page(form, 422)
    guard.give_back()
    remember_opened(table, opened)
    if is_request:
        return redirect(url_for("public.disclosure_request", request_number=number))
    return redirect(url_for("public.letter", number=number))
