"""Which pages a proxy may keep, and compression of what everybody may read.

A page is kept for :data:`FRESH` seconds at most, so that what is unpublished is gone from every
cache by then; afterwards its ETag saves the transfer. An answer to somebody with a session, or one
that begins a session, is never kept. It is not compressed either: the length of a compressed page
that holds a secret and a reader's words would betray the secret (BREACH).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from flask import Flask, Response, current_app, request, session

if TYPE_CHECKING:

    class Compress:
        """The used part of Flask-Compress."""

        def init_app(self, app: Flask) -> None: ...
        def after_request(self, response: Response) -> Response: ...

else:
    from flask_compress import Compress

P = ParamSpec("P")
R = TypeVar("R")
FRESH = 5
"""Seconds for which a page may be shown without asking again."""
_compress = Compress()


def cacheable(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view whose page is the same for everybody without a session."""
    view.cacheable = True  # type: ignore[attr-defined]
    return view


def set_up_caching(app: Flask) -> None:
    """Allow proxies to keep the pages of ``app`` that are marked, and compress what is public."""
    app.config.update(
        COMPRESS_REGISTER=False,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_ALGORITHM_STREAMING=["br", "gzip"],
        COMPRESS_BR_LEVEL=5,
    )
    _compress.init_app(app)
    app.after_request(_deliver)
    app.jinja_env.globals.update(is_cacheable=is_cacheable)


def is_cacheable() -> bool:
    """Return whether the page of this request is one that proxies and search engines may keep."""
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, "cacheable", False)) and request.method in ("GET", "HEAD")


def _deliver(response: Response) -> Response:
    if _same_for_everybody(response):
        response.headers["Cache-Control"] = f"public, max-age={FRESH}"
        response.vary.add("Cookie")
        response.add_etag()
    if not response.cache_control.public:
        return response
    sent = _compress.after_request(response)
    return sent.make_conditional(request)  # type: ignore[return-value]


def _same_for_everybody(response: Response) -> bool:
    cookie = current_app.session_interface.get_cookie_name(current_app)
    return (
        is_cacheable()
        and response.status_code == 200
        and cookie not in request.cookies
        and not session.modified
    )
