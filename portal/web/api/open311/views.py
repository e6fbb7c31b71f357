"""The resources of Open311 GeoReport v2, each as JSON and XML."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Flask, Response, request
from flask_babel import gettext as _
from werkzeug.exceptions import Forbidden, Gone

from portal.domain.errors import N_, InvalidInput, NotFound
from portal.domain.letters.kinds import Kind
from portal.domain.letters.numbers import format_code
from portal.domain.letters.states import TITLE_MAX, Source
from portal.domain.periods import civil_date
from portal.domain.whole_numbers import whole_number
from portal.models import db
from portal.queries.archive.reported import Reported, last_reported, reported
from portal.queries.archive.table import archive_entry
from portal.services.core.typed_text import clean
from portal.web.api.blueprint import LIMIT
from portal.web.api.handing_in import by_token, check_letter, commitment_of, hand_in
from portal.web.api.open311 import documents
from portal.web.api.open311.answers import answer, error, spoken
from portal.web.api.problems import preferred_locale
from portal.web.archive.documents import absolute
from portal.web.archive.parameters import read_moment
from portal.web.core.failures import answer_programs
from portal.web.core.language import one_language
from portal.web.core.people import public
from portal.web.core.safety import LARGEST_OF_PROGRAMS, limiter, takes_at_most

PREFIX = "/open311/"
open311 = Blueprint("open311", __name__, url_prefix=f"{PREFIX}v2")
limiter.limit(LIMIT)(open311)
SPAN, MOST, IDS = timedelta(days=90), 1000, 100
"""Days and requests of one answer, and ids that may be asked for at once."""
_STATUS = {"open": True, "closed": False}
_FORM = "<any(json,xml):form>"
_NOT_PUBLIC = N_("没有公示这封信。刚提交的信请凭编号和查询码在网页上查。")


def set_up_open311(app: Flask) -> None:
    """Answer errors under the addresses of Open311 in the form of the standard."""
    answer_programs(app, PREFIX, error)


@open311.get(f"/discovery.{_FORM}")
@public
@one_language
def discovery(form: str) -> Response:
    """Return where the interface is."""
    return answer("discovery", documents.discovery())


@open311.get(f"/services.{_FORM}")
@public
@one_language
@spoken
def services(form: str) -> Response:
    """Return every kind of letter as a service."""
    return answer("services", [documents.service(kind) for kind in Kind])


@open311.get(f"/services/<code>.{_FORM}")
@public
@one_language
@spoken
def service(code: str, form: str) -> Response:
    """Return the attributes of a service."""
    return answer("service_definition", documents.definition(_kind(code)))


@open311.get(f"/requests.{_FORM}")
@public
@one_language
@spoken
def requests(form: str) -> Response:
    """Return published letters by the filters of the standard, the last written first."""
    found = reported(db.session(), _asked())
    return answer("service_requests", [documents.service_request(each) for each in found])


@open311.get(f"/requests/<request_id>.{_FORM}")
@public
@one_language
@spoken
def service_request(request_id: str, form: str) -> Response:
    """Return one published letter; 410 where it was withdrawn."""
    number = whole_number(request_id)
    entry = archive_entry(db.session(), number) if number is not None else None
    if entry is None:
        raise NotFound(_NOT_PUBLIC)
    if entry.unpublished_at is not None:
        raise Gone
    return answer("service_requests", [documents.service_request(entry)])


def _key() -> str:
    return request.form.get("api_key") or request.args.get("api_key", "")


@open311.post(f"/requests.{_FORM}")
@takes_at_most(LARGEST_OF_PROGRAMS)
@by_token(_key, Forbidden())
@one_language
@spoken
def create(form: str) -> Response:
    """Submit a letter; its number is the id, and the notice has its query code."""
    parts = check_letter(_letter())
    receipt = hand_in(parts, Source.OPEN311, "", preferred_locale())
    place = absolute("public.letter", number=receipt.number)
    notice = _(
        "请记下查询码 %(code)s，凭编号和查询码查进度：%(place)s；登记凭证：%(commitment)s",
        code=format_code(receipt.code),
        place=place,
        commitment=commitment_of(receipt),
    )
    made = {"service_request_id": receipt.number, "service_notice": str(notice), "account_id": None}
    return answer("service_requests", [made], 201)


def _kind(code: str) -> Kind:
    if code not in {kind.value for kind in Kind}:
        raise NotFound(N_("没有这个来信类别。"))
    return Kind(code)


def _letter() -> dict[str, Any]:
    """Return the parts of a letter from the fields of the standard."""
    sent, code = request.form, request.form.get("service_code", "")
    if not code:
        raise InvalidInput("service_code", N_("缺少这一项。"))
    text = clean(sent.get("description"))
    if not text:
        raise InvalidInput("description", N_("缺少这一项。"))
    title = sent.get("attribute[title]") or re.split(r"[。！？!?\n]", text)[0][:TITLE_MAX]
    extra = [(N_("地点：%(what)s"), sent.get("address_string", ""))]
    where = [sent.get(name, "") for name in ("lat", "long")]
    extra += [(N_("坐标：%(what)s"), ", ".join(where) if all(where) else "")]
    extra += [(N_("图片：%(what)s"), sent.get("media_url", ""))]
    lines = [str(_(said, what=clean(what, lines=False)[:300])) for said, what in extra if what]
    names = [clean(sent.get(name), lines=False) for name in ("last_name", "first_name")]
    parts: dict[str, Any] = {
        "kind": _kind(code).value,
        "title": title,
        "text": "\n\n".join([text, *lines]),
        "name": _name(*names),
        "phone": sent.get("phone", ""),
        "email": sent.get("email", ""),
        "consent": sent.get("attribute[consent]") == "yes",
    }
    if chosen := sent.get("attribute[organisation]"):
        number = whole_number(chosen)
        if number is None:
            raise InvalidInput("attribute[organisation]", N_("没有这个单位。"))
        parts["organisation"] = number
    return parts


def _name(last: str, first: str) -> str:
    """Return a name in the order of its script."""
    return f"{first} {last}".strip() if (first + last).isascii() else last + first


def _asked() -> Reported:
    """Return the question of the address; raises :class:`InvalidInput` with the parameter."""
    given = request.args
    if ids := _listed("service_request_id"):
        # Those that are no number are none of the archive; 0 is the id of nothing.
        return Reported(ids=[whole_number(each) or 0 for each in ids[:IDS]])
    status = {each for each in _listed("status") if each}
    if not status <= set(_STATUS):
        raise InvalidInput("status", N_("只能是 open 或 closed。"))
    return replace(
        _days(),
        kinds=[_kind(code) for code in _listed("service_code")],
        under_revision=_STATUS[status.pop()] if len(status) == 1 else None,
        page=_number("page", given.get("page"), 10**6, 1),
        size=_number("page_size", given.get("page_size"), MOST, MOST),
    )


def _days() -> Reported:
    """Return the days asked for: the last 90 before the letter written last, unless given."""
    try:
        first, last = (_day(name) for name in ("start_date", "end_date"))
        if first is None:
            last = last or last_reported(db.session())
            first = last - SPAN if last else None
        elif last is None:
            last = first + SPAN
    except OverflowError:
        wrong = "end_date" if "end_date" in request.args else "start_date"
        raise InvalidInput(wrong, N_("请给出范围内的日期。")) from None
    if first and last and last - first > SPAN:
        raise InvalidInput("end_date", N_("起止日期最多相隔 90 天。"))
    return Reported(first=first, last=last)


def _day(name: str) -> date | None:
    given = request.args.get(name)
    return civil_date(read_moment(name, given)) if given else None


def _listed(name: str) -> list[str]:
    return [each.strip() for each in request.args.get(name, "").split(",") if each.strip()]


def _number(name: str, given: str | None, most: int, usual: int) -> int:
    number = whole_number(given, most) if given else usual
    if not number:
        raise InvalidInput(name, N_("请给出范围内的整数。"))
    return number
