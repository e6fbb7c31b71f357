"""The open data of the archive: the blueprint, its errors as JSON, what every answer carries."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError, TimeoutError
from werkzeug.exceptions import HTTPException

from portal.domain.errors import InvalidInput, NotFound
from portal.models import db
from portal.web.core.language import say
from portal.web.core.safety import limiter

open_data = Blueprint("api", __name__, url_prefix="/api/v1")
PER_MINUTE = 300
LIMIT = f"{PER_MINUTE} per minute"
limiter.limit(LIMIT)(open_data)

Failure = tuple[dict[str, Any], int]


class Gone(NotFound):
    """The entry was unpublished."""


def answer(body: dict[str, Any]) -> Response:
    """Return ``body`` as JSON that caches must revalidate for each request.

    An entry that is unpublished is then gone at the next request.
    """
    response = jsonify(body)
    response.headers["Cache-Control"] = "public, no-cache"
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]


def failure(status: int, message: str, **more: str) -> Failure:
    """Return an error as JSON: ``{"error": {"status", "title", "detail"[, "parameter"]}}``."""
    title = HTTPStatus(status).phrase
    return {"error": {"status": status, "title": title, "detail": message, **more}}, status


@open_data.after_request
def _open(response: Response) -> Response:
    """Allow scripts of other sites to read the answer, which is the same for everybody."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@open_data.errorhandler(InvalidInput)
def _wrong(error: InvalidInput) -> Failure:
    return failure(400, say(error.message), parameter=error.field)


@open_data.errorhandler(NotFound)
def _missing(error: NotFound) -> Failure:
    if isinstance(error, Gone):
        return failure(410, _("这份公示件已撤下。"))
    return failure(404, say(error.message))


@open_data.errorhandler(OperationalError)
@open_data.errorhandler(TimeoutError)
def _database(error: Exception) -> Failure:
    db.session.rollback()
    return failure(503, _("系统暂时繁忙，请稍后再试。"))


@open_data.errorhandler(HTTPException)
def _http(error: HTTPException) -> Failure:
    return failure(error.code or 500, error.description or "")
