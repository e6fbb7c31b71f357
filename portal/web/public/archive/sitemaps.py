"""The map of the site for search engines: standing pages, then the entries in parts."""

from __future__ import annotations

from flask import Response, url_for

from portal.domain.languages import LANGUAGES
from portal.models import db
from portal.queries.archive.table import map_parts, map_rows
from portal.web.core.language import in_language, one_language
from portal.web.core.people import public
from portal.web.delivery.xml import xml_document
from portal.web.public.archive.entries import archive_pages

STANDING = (
    "public.home",
    "archive.search",
    "public.organisations",
    "statistics.overview",
    "archive.open_data",
    "pages.about",
    "pages.privacy",
    "pages.accessibility",
)


@archive_pages.get("/sitemap.xml")
@public
@one_language
def sitemap() -> Response:
    """Return the index of the map: standing pages, then the entries in parts."""
    parts = map_parts(db.session())
    return xml_document("feeds/sitemap_index.xml", "application/xml", parts=parts)


@archive_pages.get("/sitemap/<int:part>.xml")
@public
@one_language
def sitemap_part(part: int) -> Response:
    """Return one part of the map; part 0 holds the standing pages."""
    rows = map_rows(db.session(), part) if part else []
    pages = [url_for(endpoint) for endpoint in STANDING] if not part else []
    # Built once: thousands of addresses differ in the number alone.
    stem = url_for("archive.entry", entry_id=0).removesuffix("0")
    stems = [(row.tag, in_language(locale, stem)) for locale, row in LANGUAGES.items()]
    values = {"rows": rows, "pages": pages, "stem": stem, "stems": stems}
    return xml_document("feeds/sitemap.xml", "application/xml", **values)
