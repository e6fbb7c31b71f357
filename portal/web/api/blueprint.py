"""The open data of the archive: the blueprint, and what every answer of the interfaces carries."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, Response, abort, jsonify, request

from portal.web.api.problems import problem
from portal.web.core.failures import answer_programs
from portal.web.core.safety import limiter
from portal.web.delivery.caching import revalidated

PREFIX = "/api/"
INTERFACES = (PREFIX, "/open311/", "/open-data/")
"""Beginnings of the addresses that scripts of other sites may read."""
open_data = Blueprint("api", __name__, url_prefix="/api/v1")
PER_MINUTE = 300
LIMIT = f"{PER_MINUTE} per minute"
limiter.limit(LIMIT)(open_data)
_HTML_TOO = ("api.index",)
_EXPOSED = "ETag, Link, Location, RateLimit, RateLimit-Policy, Retry-After"
_SENT = "Accept, Accept-Language, Authorization, Content-Type, Idempotency-Key, If-None-Match, Query-Code"
_PREFLIGHT_SECONDS = 86_400


def answer(body: dict[str, Any], status: int = 200) -> Response:
    """Return ``body`` as JSON."""
    response = jsonify(body)
    response.status_code = status
    response.vary.add("Accept")
    return revalidated(response)


def set_up_interfaces(app: Flask) -> None:
    """Answer errors of the open data as problems, and let scripts of other sites read it."""
    app.after_request(_complete)
    answer_programs(app, PREFIX, problem)


@open_data.before_request
def _as_json() -> None:
    """Refuse whoever does not take JSON."""
    accepted = request.accept_mimetypes
    if request.endpoint in _HTML_TOO and accepted["text/html"]:
        return
    if accepted.provided and not accepted["application/json"]:
        abort(406)


def _complete(response: Response) -> Response:
    if not request.path.startswith(INTERFACES):
        return response
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = _EXPOSED
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if request.method == "OPTIONS" and "Allow" in headers:
        headers["Access-Control-Allow-Methods"] = headers["Allow"]
        headers["Access-Control-Allow-Headers"] = _SENT
        headers["Access-Control-Max-Age"] = str(_PREFLIGHT_SECONDS)
    return response
