"""Opening a letter or request with its number and query code, and leaving it again."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms.validators import DataRequired

from portal.domain.disclosure.numbers import (
    RequestNumberError,
    looks_like_request_number,
    parse_request_number,
)
from portal.domain.letters.numbers import NumberError, parse_number
from portal.models import DisclosureRequest, Letter, db
from portal.queries.codes import opened_by
from portal.web.core.fields import LineField
from portal.web.core.forms import Form
from portal.web.core.people import close_letters, open_letter, open_request, public
from portal.web.core.rate_limits import address, count, wait_for
from portal.web.core.settings import code_key, settings
from portal.web.public.blueprint import public_pages

Answer = str | tuple[str, int] | Response


class TrackForm(Form):
    """Number and query code, which together open a letter or a request for disclosure."""

    number = LineField(_l("信件编号或申请编号"), [DataRequired(_l("请填写回执上的编号。"))])
    query_code = LineField(_l("查询码"), [DataRequired(_l("请填写回执上的查询码。"))])


@public_pages.route("/track", methods=["GET", "POST"])
@public
def track() -> Answer:
    """Ask for number and code; a wrong code is answered exactly like an unknown number."""
    form = TrackForm(number=request.args.get("number", "")[:40])
    if not form.is_submitted():
        return track_page(form)
    complete, number = form.validate(), _number(form)
    if not complete or number is None:
        return track_page(form, 422)
    return _open(form, number)


@public_pages.post("/track/leave")
@public
def leave() -> Response:
    """Forget the letters and requests this browser has opened, for those who share a computer."""
    close_letters()
    flash(_("已退出。再次查看需要编号和查询码。"), "success")
    return redirect(url_for("public.track"))


def track_page(form: TrackForm, status: int = 200, typed: str = "") -> tuple[str, int]:
    """Return the page with ``form``; ``typed`` is text that would be lost otherwise."""
    return render_template("public/track.html", form=form, typed=typed), status


def _number(form: TrackForm) -> str | None:
    if not form.number.data:
        return None
    meant = looks_like_request_number(form.number.data)
    try:
        return str((parse_request_number if meant else parse_number)(form.number.data))
    except (NumberError, RequestNumberError) as error:
        form.number.errors = [_(str(error))]
        return None


def _open(form: TrackForm, number: str) -> Answer:
    rule, keys = settings().track_limit, (("track-number", number), ("track-from", address()))
    if wait := wait_for(rule, *keys):
        return _busy(form, wait)
    opened = (_request if looks_like_request_number(number) else _letter)(number, form)
    if opened is None:
        count(rule, *keys)
        form.query_code.errors = [_("编号和查询码对不上，请对照回执核对后再试。")]
        return track_page(form, 422)
    return redirect(opened)


def _letter(number: str, form: TrackForm) -> str | None:
    """Open the letter and return its address, if the code fits."""
    letter_id = opened_by(db.session(), Letter, number, form.query_code.data, code_key())
    if letter_id is None:
        return None
    open_letter(letter_id)
    return url_for("public.letter", number=number)


def _request(number: str, form: TrackForm) -> str | None:
    """Open the request for disclosure and return its address, if the code fits."""
    request_id = opened_by(
        db.session(), DisclosureRequest, number, form.query_code.data, code_key()
    )
    if request_id is None:
        return None
    open_request(request_id)
    return url_for("public.disclosure_request", request_number=number)


def _busy(form: TrackForm, wait: int) -> Response:
    said = _("试错的次数太多了，为了保护信件，请 %(n)s 分钟后再试。", n=-(-wait // 60))
    form.query_code.errors = [said]
    response = make_response(track_page(form, 429))
    response.headers["Retry-After"] = str(wait)
    return response
