"""Style sheets, scripts and pictures under addresses that change with their content.

The address holds a digest of all files, so that browsers may keep them for a year. An address with
another digest, of a page made by another release, gets the present file, to be asked for again.
"""

from __future__ import annotations

import mimetypes
from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, abort, request

from portal.web.core.people import public

YEAR = 365 * 24 * 3600
_FOLDER = Path(__file__).resolve().parents[2] / "static"


@cache
def files() -> dict[str, bytes]:
    """Return the content of every static file by its name within the folder."""
    found = sorted(path for path in _FOLDER.rglob("*.*") if path.is_file())
    return {path.relative_to(_FOLDER).as_posix(): path.read_bytes() for path in found}


@cache
def _etag(name: str) -> str:
    return sha256(files()[name]).hexdigest()[:16]


@cache
def version() -> str:
    """Return 12 hexadecimal digits that change with any file."""
    digest = sha256()
    for name, content in files().items():
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:12]


def static_url(name: str) -> str:
    """Return the address of a static file, the same on pages in every language."""
    return f"/static/{version()}/{name}"


@public
def _serve(asked: str, name: str) -> Response:
    content = files().get(name)
    if content is None:
        abort(404)
    response = Response(content, mimetype=mimetypes.guess_type(name)[0])
    if asked == version():
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    else:
        response.headers["Cache-Control"] = "no-cache"
    response.set_etag(_etag(name))
    return response.make_conditional(request)  # type: ignore[return-value]


def set_up_static_files(app: Flask) -> None:
    """Serve the static files and offer ``static_url`` to pages."""
    app.add_url_rule("/static/<asked>/<path:name>", "static", _serve)
    app.jinja_env.globals.update(static_url=static_url)
