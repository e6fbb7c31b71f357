"""Errors as pages: the right status, a sentence that helps, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from flask import (
    Flask,
    current_app,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError, TimeoutError
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge, SecurityError
from werkzeug.wrappers import Response

from portal.domain.errors import (
    N_,
    ActionNotAllowed,
    Conflict,
    InvalidInput,
    LetterboxError,
    NotFound,
    NotPermitted,
    Unavailable,
)
from portal.domain.translatable import Message
from portal.models import db
from portal.web.core import Answer, Page
from portal.web.core.addresses import this_address
from portal.web.core.language import say
from portal.web.core.people import login_manager
from portal.web.core.safety import LARGEST_TEXTS

_STATUS: dict[type[LetterboxError], int] = {
    NotFound: 404,
    NotPermitted: 403,
    ActionNotAllowed: 409,
    Conflict: 409,
    InvalidInput: 400,
    Unavailable: 503,
}
_PAGES = frozenset({400, 401, 403, 404, 405, 409, 413, 429, 500, 503})
_SECRET = ("csrf_token", "password", "old", "new", "repeat", "query_code")
_TYPED = {
    "organisation_words": _l("单位名称"),
    "title": _l("标题"),
    "document_number": _l("文号"),
    "description": _l("内容描述"),
    "text": _l("正文"),
    "name": _l("姓名"),
    "applicant": _l("姓名或单位名称"),
    "identity": _l("证件号码"),
    "phone": _l("电话"),
    "email": _l("电子邮箱"),
    "address": _l("通信地址"),
    "comment": _l("想说的话"),
    "reason": _l("理由"),
    "words": _l("说明"),
    "note": _l("说明"),
    "number": _l("信件编号"),
}
"""Fields whose content is shown again; all others are hidden values."""
_BUSY = N_("系统暂时繁忙，您填写的内容没有丢失，请稍后再试。")
_PROGRAMS = "letterbox.programs"
_ABOUT_THE_BODY = ("content-type", "content-length")
_SAVED_BY_SCRIPT = {
    "csrf": N_("页面打开太久，没有保存；文字还在这里，请点“保存草稿”。"),
    "login": N_("登录已经过期，没有保存；文字还在这里。请登录后再点“保存草稿”。"),
    "disabled": N_("您的账号已经停用，没有保存。请把文字复制出来，并联系本单位的管理员。"),
}
"""Why what is saved by script was not saved, for the page on which it is being written."""
_log = structlog.get_logger("portal.web")


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as it is answered: its status, what is said of it, and headers that belong to it.

    ``parameter`` is the field or parameter at fault, ``""`` where there is none.
    """

    status: int
    message: Message | str = ""
    parameter: str = ""
    headers: dict[str, str] = field(default_factory=dict)


def answer_programs(app: Flask, prefix: str, answer: Callable[[Failure], Response]) -> None:
    """Have ``answer`` respond to errors under the addresses that begin with ``prefix``."""
    app.extensions.setdefault(_PROGRAMS, {})[prefix] = answer


def _fail(failure: Failure) -> Page | Response:
    programs: dict[str, Callable[[Failure], Response]] = current_app.extensions.get(_PROGRAMS, {})
    for prefix, answer in programs.items():
        if request.path.startswith(prefix):
            return answer(failure)
    page = error_page(failure.status, say(failure.message))
    if not failure.headers:
        return page
    response = make_response(page)
    response.headers.update(failure.headers)
    return response


def carried() -> list[tuple[str, str]]:
    """Return the input without secrets, for a page that shows it or sends it again.

    A form that was refused for its size is read for this, unless it is larger than any.
    """
    if request.method != "POST":
        return []
    request.max_content_length = request.max_form_memory_size = max(
        LARGEST_TEXTS, request.max_content_length or 0
    )
    try:
        pairs = list(request.form.items(multi=True))
    except (BadRequest, RequestEntityTooLarge):
        return []
    return [(name, value) for name, value in pairs if name not in _SECRET]


def typed_texts() -> list[tuple[str, str]]:
    """Return what was written, by label, to be copied where its form is gone."""
    return [(str(_TYPED[name]), value) for name, value in carried() if value and name in _TYPED]


def error_page(status: int, message: str = "") -> Page:
    """Render the page of ``status``, with the input if there is any.

    What failed for no fault of the sender can be sent again from the page.
    """
    page = status if status in _PAGES else (500 if status >= 500 else 400)
    if status >= 500:
        # The page must not ask a database that may be down who is logged in.
        g._login_user = login_manager.anonymous_user()
    return _page(f"errors/{page}.html", status, message=message, again=status >= 500)


def expired_page(reason: str, status: int) -> Page:
    """Render the page from which a stale form can be sent again."""
    return _page("errors/expired.html", status, reason=reason)


def _page(template: str, status: int, **values: object) -> Page:
    address = this_address()
    return render_template(
        template, carried=carried(), action=address, labels=_TYPED, **values
    ), status


def set_up_failures(app: Flask) -> None:
    """Answer every error of ``app`` with a page in the style of the site."""
    app.register_error_handler(CSRFError, lambda error: _no_token())
    app.register_error_handler(LetterboxError, _rule)
    app.register_error_handler(HTTPException, _http)
    for busy in (OperationalError, TimeoutError):
        app.register_error_handler(busy, _database)
    app.register_error_handler(Exception, _crash)
    login_manager.unauthorized_handler(_login)


def _login() -> Answer:
    if request.method == "POST":
        return _expired(g.get("session_ended", "login"), 401)
    return redirect(url_for("account.login", next=this_address()))


def _expired(reason: str, status: int) -> Answer:
    if request.accept_mimetypes.best == "application/json":
        login = url_for("account.login") if reason == "login" else None
        answer = jsonify(error=_(_SAVED_BY_SCRIPT[reason]), login=login)
        answer.status_code = status
        return answer
    return expired_page(reason, status)


def _no_token() -> Answer:
    # Whoever has lost the whole session must log in before anything else.
    staff = request.path.startswith(("/console/", "/admin/"))
    return _expired("login" if staff and not current_user.is_authenticated else "csrf", 400)


def status_of(error: LetterboxError) -> int:
    """Return the status with which ``error`` is answered."""
    return next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 400)


def _rule(error: LetterboxError) -> Page | Response:
    return _fail(Failure(status_of(error), error.message, getattr(error, "field", "")))


def _http(error: HTTPException) -> Page | Response | HTTPException:
    if error.code is None or error.code < 400:
        return error
    if isinstance(error, SecurityError):
        # Under a host name that is not ours no address can be made, so that no page can either.
        return Response("Unknown host name.\n", 400, content_type="text/plain; charset=utf-8")
    given = error.get_headers()
    headers = {name: value for name, value in given if name.lower() not in _ABOUT_THE_BODY}
    return _fail(Failure(error.code, headers=headers))


def _database(error: OperationalError | TimeoutError) -> Page | Response:
    db.session.rollback()
    cause = error.orig if isinstance(error, OperationalError) else error
    _log.error("database_unavailable", kind=type(cause).__name__)
    return _fail(Failure(503, _BUSY))


def _crash(error: Exception) -> Page | Response:
    db.session.rollback()
    _log.exception("unexpected_error", endpoint=request.endpoint)
    return _fail(Failure(500))
