"""Files by which browsers, search engines and researchers learn about the site."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, abort, jsonify, url_for

from portal.domain.languages import LANGUAGES
from portal.web.core.clock import today
from portal.web.core.language import one_language, page_language
from portal.web.core.people import public
from portal.web.core.settings import settings
from portal.web.delivery.caching import cacheable
from portal.web.delivery.static_files import static_url
from portal.web.delivery.xml import xml_document
from portal.web.public.blueprint import public_pages

VALID = timedelta(days=180)
"""How long the contact for weaknesses may be relied on (RFC 9116 asks for less than a year)."""
PAPER = "#faf8f3"


@public_pages.get("/opensearch.xml")
@public
def opensearch() -> Response:
    """Describe the search to browsers, which then offer it in the address bar."""
    return xml_document(
        "feeds/opensearch.xml",
        "application/opensearchdescription+xml",
        icon=static_url("img/favicon.svg"),
        language=page_language().tag,
    )


@public_pages.get("/manifest.webmanifest")
@public
@cacheable
def manifest() -> Response:
    """Name the site for phones that keep it on their first screen."""
    icon = {"src": static_url("img/seal.svg"), "sizes": "any", "type": "image/svg+xml"}
    words: dict[str, Any] = {
        "name": settings().site_name,
        "lang": page_language().tag,
        "start_url": url_for("public.home"),
        "scope": "/",
        "display": "browser",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": [icon],
    }
    response = jsonify(words)
    response.mimetype = "application/manifest+json"
    return response


@public_pages.get("/.well-known/security.txt")
@public
@one_language
def security_txt() -> Response:
    """Serve the contact for weaknesses (RFC 9116); 404 where the operator names nobody."""
    if not settings().security_contact:
        abort(404)
    lines = {
        "Contact": settings().security_contact,
        "Expires": f"{today() + VALID}T00:00:00Z",
        "Preferred-Languages": ", ".join(row.tag for row in LANGUAGES.values()),
        "Canonical": settings().public_url + url_for("public.security_txt"),
    }
    return Response(
        "".join(f"{name}: {value}\n" for name, value in lines.items()), mimetype="text/plain"
    )
