"""Which pages a proxy may keep, and compression of what everybody may read.

A page is kept for :data:`FRESH` seconds at most, some of them in the process that made it and the
rest outside, so that what is unpublished is gone from every cache by then; afterwards its ETag
saves the transfer. An answer to somebody with a session, or one that begins a session, is never
kept. It is not compressed either: the length of a compressed page that holds a secret and a reader's
words would betray the secret (BREACH).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from time import monotonic
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from flask import Flask, Response, current_app, g, request, session

from portal.web.core.settings import settings
from portal.web.delivery.kept_pages import KeptPages

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
LONGEST = 60
"""Seconds for which the process keeps a page of a state that does not change."""
MOST_KEPT = 32_000_000
"""Bytes of pages that a process keeps."""
_compress = Compress()
_PLACE = "letterbox_kept_pages"


def cacheable(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view whose page is the same for everybody without a session."""
    view.cacheable = True  # type: ignore[attr-defined]
    return view


def cacheable_while(state: Callable[[], Hashable]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a cacheable view whose page is the same as long as ``state`` returns the same.

    The process then keeps it for :data:`LONGEST` seconds, asking for the state where it would have
    made another page, so that a change is seen as soon as on any page.
    """

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        view.made_of = state  # type: ignore[attr-defined]
        return cacheable(view)

    return mark


def revalidated(response: Response) -> Response:
    """Return ``response`` for caches to keep and to ask about at each request.

    What it shows is thus gone at the request after it was unpublished. One that the reader has
    already is answered with 304.
    """
    response.headers["Cache-Control"] = "public, no-cache"
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]


def set_up_caching(app: Flask) -> None:
    """Allow ``app`` and proxies to keep the pages that are marked, and compress what is public."""
    app.config.update(
        COMPRESS_REGISTER=False,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_ALGORITHM_STREAMING=["br", "gzip"],
        COMPRESS_BR_LEVEL=5,
        COMPRESS_EVALUATE_CONDITIONAL_REQUEST=False,
    )
    _compress.init_app(app)
    app.extensions[_PLACE] = KeptPages(MOST_KEPT)
    app.before_request(_kept)
    app.after_request(_deliver)
    app.jinja_env.globals.update(is_cacheable=is_cacheable)


def is_cacheable() -> bool:
    """Return whether the page of this request is one that proxies and search engines may keep."""
    return bool(getattr(_view(), "cacheable", False)) and request.method in ("GET", "HEAD")


def _view() -> object:
    return current_app.view_functions.get(request.endpoint or "")


def _kept() -> Response | None:
    """Answer with the page that this process made a moment ago for the same request."""
    if not (settings().page_cache_seconds and is_cacheable() and _is_stranger()):
        return None
    pages, moment = current_app.extensions[_PLACE], monotonic()
    page = pages.get(_key(), moment)
    state = getattr(_view(), "made_of", None)
    if page is None and state is not None:
        # Read before the page is made: what changes meanwhile makes it outdated.
        g.page_state = state()
        until = moment + settings().page_cache_seconds
        page = pages.renew(_key(), moment, until, g.page_state)
    if page is None:
        return None
    g.was_kept = True
    return Response(page.body, headers=page.headers)


def _key() -> str:
    """Return what a page depends on: host, address, and the encodings that the browser reads."""
    encodings = request.headers.get("Accept-Encoding", "")
    return "\n".join((request.host, request.script_root, request.full_path, encodings))


def _deliver(response: Response) -> Response:
    if g.get("was_kept"):
        return response.make_conditional(request)  # type: ignore[return-value]
    shared = (
        is_cacheable() and response.status_code == 200 and _is_stranger() and not session.modified
    )
    seconds = settings().page_cache_seconds
    if shared:
        response.headers["Cache-Control"] = f"public, max-age={FRESH - seconds}"
        response.vary.add("Cookie")
        response.add_etag()
    if not response.cache_control.public:
        return response
    response = _compress.after_request(response)
    if shared and seconds and request.method == "GET" and not response.is_streamed:
        body, moment = response.get_data(), monotonic()
        state = g.get("page_state")
        last = 0.0 if state is None else moment + LONGEST
        current_app.extensions[_PLACE].put(
            _key(), body, response.headers, moment + seconds, state, last
        )
    return response.make_conditional(request)  # type: ignore[return-value]


def _is_stranger() -> bool:
    """Return whether the reader has no session."""
    return current_app.session_interface.get_cookie_name(current_app) not in request.cookies
