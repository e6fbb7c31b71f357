"""Protection of every route: headers, cookies, CSRF and limits."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import IO, Any, ParamSpec, TypeVar
from urllib.parse import parse_qsl, urlsplit

from flask import Flask, Request, Response, abort, current_app, g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from werkzeug.datastructures import FileStorage, ImmutableMultiDict, MultiDict
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.adapters.rate_counts import SCHEME, counts_address
from portal.config import Settings
from portal.web.core.cookies import NearSessions
from portal.web.core.settings import settings

P = ParamSpec("P")
R = TypeVar("R")
csrf = CSRFProtect()
# Where the counts cannot be reached, pages are served without limits rather than not at all.
limiter = Limiter(get_remote_address, swallow_errors=True)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
LARGEST_REQUEST = 250_000
"""Bytes of a request, where its route names no other number (:func:`takes_at_most`).

A letter of 5,000 characters takes 45,000 in the encoding of forms, 60,000 in that of JSON at worst.
"""
LARGEST_OF_PROGRAMS = 100_000
"""Bytes of what programs send."""
LARGEST_TEXTS = 1_000_000
"""Bytes of a form of several long texts, and of a form that is too large and yet shown again."""
MOST_FIELDS = 2_000
"""Fields of a form; the longest of ours, a page of findings, has some hundreds."""
_ENCODES_NOTHING = re.compile(rb"%(?![0-9A-Fa-f]{2})")


class Sent(ImmutableMultiDict[str, str]):
    """Fields of an address or a form without NUL, which PostgreSQL can neither store nor search.

    Fields without a name are left out, and files, which are read apart (:func:`takes_files`).
    """

    def __init__(self, fields: Any = None) -> None:
        pairs = MultiDict(fields).items(multi=True)
        texts = [(name, text) for name, text in pairs if name and isinstance(text, str)]
        super().__init__([(name, text.replace("\0", "")) for name, text in texts])


class BoundedParser(FormDataParser):
    """A parser of forms that refuses what no browser sends before it looks at any field.

    That is more than :data:`MOST_FIELDS`, and percent signs or bytes that encode no character, over
    which the decoder would take four times as long as over others.
    """

    uploads: list[FileStorage]
    """Where files go, beside the fields."""

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]:
        """Return the stream, the fields and the files of a form.

        Raises ``RequestEntityTooLarge``, and ``BadRequest`` for a part that cannot be read.
        """
        if mimetype == "application/x-www-form-urlencoded":
            return stream, self.cls(self._fields(stream)), self.cls()
        sent_as, self.cls = self.cls, MultiDict
        try:
            rest, fields, files = super().parse(stream, mimetype, content_length, options)
            self.uploads.extend(file for _, file in files.items(multi=True))
            return rest, sent_as(fields), sent_as()
        except LookupError as error:
            # Werkzeug takes for granted that every part has a name and a known character set.
            raise BadRequest from error
        finally:
            self.cls = sent_as

    def _fields(self, stream: IO[bytes]) -> list[tuple[str, str]]:
        most = self.max_form_memory_size or LARGEST_REQUEST
        sent = stream.read(most + 1)
        if len(sent) > most or sent.count(b"&") >= MOST_FIELDS:
            raise RequestEntityTooLarge
        if _ENCODES_NOTHING.search(sent):
            raise BadRequest
        try:
            return parse_qsl(sent.decode(), keep_blank_values=True, errors="strict")
        except UnicodeDecodeError as error:
            raise BadRequest from error


class LetterboxRequest(Request):
    """A request whose fields are :class:`Sent`; ``uploads`` are its files, apart from the fields."""

    parameter_storage_class = Sent
    form_data_parser_class = BoundedParser
    max_form_parts = MOST_FIELDS

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.uploads: list[FileStorage] = []

    def make_form_data_parser(self) -> FormDataParser:
        """Return a parser that puts files beside the fields."""
        parser = super().make_form_data_parser()
        if isinstance(parser, BoundedParser):
            parser.uploads = self.uploads
        return parser

    def close(self) -> None:
        """Close what files were written to on their way."""
        super().close()
        for file in self.uploads:
            file.close()


def protect(app: Flask, given: Settings) -> None:
    """Set cookies, hosts, proxies, CSRF, limits and headers of ``app``."""
    hosts = [h.strip() for h in given.trusted_hosts.split(",") if h.strip()]
    own = urlsplit(given.public_url).hostname
    app.request_class = LetterboxRequest
    app.session_interface = NearSessions()
    app.before_request(_no_such_path)
    app.before_request(_bounded_body)
    app.config.update(
        SECRET_KEY=given.key("session"),
        SESSION_COOKIE_NAME="__Host-letterbox" if given.https else "letterbox",
        SESSION_COOKIE_SECURE=given.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=given.session_hours),
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
        TRUSTED_HOSTS=hosts or [own or "localhost", "localhost", "127.0.0.1", "[::1]"],
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        RATELIMIT_ENABLED=given.limits_enabled,
        RATELIMIT_STORAGE_URI=given.limits_url or f"{SCHEME}:",
        RATELIMIT_STORAGE_OPTIONS=_counts(given),
    )
    if given.proxy_hops:
        hops = given.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    csrf.init_app(app)
    app.before_request(_sent_from_here)
    limiter.init_app(app)
    app.after_request(lambda response: _headers(response, given.https))


def _counts(settings: Settings) -> dict[str, object]:
    """Return what the storage of counts needs to be opened."""
    if settings.limits_url:
        return {"wrap_exceptions": True}
    address = counts_address(settings.database_uri, settings.instance)
    return {"address": address, "secret": settings.key("session").hex()}


def _no_such_path() -> None:
    if "\0" in request.path:
        abort(404)


def takes_at_most(most: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Have a view take ``most`` bytes in a request, files among them, instead of the usual number.

    The fields of a form take :data:`LARGEST_TEXTS` at most, whatever its files may.
    """

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        view.takes_at_most = most  # type: ignore[attr-defined]
        return view

    return mark


def takes_files(view: Callable[P, R]) -> Callable[P, R]:
    """Have a view take files, twice as many bytes of them as the settings allow.

    What is too large is then refused by its name; of a request beyond that nothing is kept.
    """
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def _bounded_body() -> None:
    """Set what the request may hold, before anything reads it."""
    view = current_app.view_functions.get(request.endpoint or "")
    most: int = getattr(view, "takes_at_most", LARGEST_REQUEST)
    if getattr(view, "takes_files", False):
        most += 2 * settings().files_most * settings().file_bytes
    request.max_content_length = most
    request.max_form_memory_size = min(most, LARGEST_TEXTS)


def without_token(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view whose form carries no CSRF token, because proxies keep its page.

    The browser says instead which site the form was sent from; where it says nothing, the sender
    is asked to send the form again with a token.
    """
    view.without_token = True  # type: ignore[attr-defined]
    return view


def without_session(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view that trusts no cookie, so that nobody's session can be misused for it."""
    view.without_session = True  # type: ignore[attr-defined]
    return view


def _sent_from_here() -> None:
    if request.endpoint is None:
        return
    view = current_app.view_functions.get(request.endpoint)
    if getattr(view, "without_session", False):
        return
    if getattr(view, "without_token", False) and _is_own(request):
        # Flask-WTF's mark that the request needs no further check.
        g.csrf_valid = True
    else:
        csrf.protect()


def _is_own(sent: Request) -> bool:
    """Return whether the browser states that a page of this site sent the request."""
    site, origin = sent.headers.get("Sec-Fetch-Site"), sent.headers.get("Origin", "")
    if site:
        return site == "same-origin"
    try:
        return urlsplit(origin).netloc == sent.host
    except ValueError:
        return False


def _headers(response: Response, https: bool) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if https:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "private, no-store")
    return response


def local_path(target: str | None) -> str | None:
    """Return ``target`` if it is a path on this site, else ``None`` (no open redirects)."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or "\\" in target or any(c < " " for c in target):
        return None
    return target
