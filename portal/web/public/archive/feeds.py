"""The feed of the archive and the map of the site."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

from flask import Response, current_app, request, url_for
from flask_babel import force_locale

from portal.domain.languages import SOURCE
from portal.domain.letters.salutation import answer_start
from portal.models import db
from portal.queries.archive.search import known_organisation
from portal.queries.archive.table import list_entries, map_parts, map_rows
from portal.web.core.language import one_language
from portal.web.core.people import public
from portal.web.core.settings import settings
from portal.web.public.archive.entries import archive_pages
from portal.web.public.archive.results import address, read_query

FEED_LENGTH = 30
SUMMARY_LENGTH = 200
STANDING = (
    "public.home",
    "archive.search",
    "public.organisations",
    "statistics.overview",
    "pages.about",
    "pages.privacy",
    "pages.accessibility",
)
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@archive_pages.get("/archive/feed.atom")
@public
@one_language
def feed() -> Response:
    """Return the entries answered last, of an organisation or a kind where one is named."""
    asked = replace(read_query(request.args, db.session()), text="", page=1, by_date=False)
    entries = list_entries(db.session(), asked, FEED_LENGTH).entries
    updated = max((entry.updated_at for entry in entries), default=datetime(2000, 1, 1, tzinfo=UTC))
    return _xml(
        "feeds/feed.atom.xml",
        "application/atom+xml",
        entries=entries,
        updated=updated,
        organisation=known_organisation(db.session(), asked.organisation_id),
        kind=asked.kind,
        page=address(asked),
        summary=lambda entry: answer_start(entry.reply)[:SUMMARY_LENGTH],
    )


@archive_pages.get("/sitemap.xml")
@public
@one_language
def sitemap() -> Response:
    """Return the index of the map: standing pages, then the entries in parts."""
    return _xml("feeds/sitemap_index.xml", "application/xml", parts=map_parts(db.session()))


@archive_pages.get("/sitemap/<int:part>.xml")
@public
@one_language
def sitemap_part(part: int) -> Response:
    """Return one part of the map; part 0 holds the standing pages."""
    rows = map_rows(db.session(), part) if part else []
    pages = [url_for(endpoint) for endpoint in STANDING] if not part else []
    # Built once: thousands of addresses differ in the number alone.
    stem = url_for("archive.entry", entry_id=0).removesuffix("0")
    return _xml("feeds/sitemap.xml", "application/xml", rows=rows, pages=pages, stem=stem)


def _xml(template: str, mimetype: str, **values: object) -> Response:
    """Render a document that is the same for all readers, whatever language they chose.

    Caches must revalidate it for each request, so that an unpublished entry is gone at once.
    """
    known = {"site": settings().site_name, "base": settings().public_url}
    known["here"] = request.full_path.rstrip("?")
    with force_locale(SOURCE):
        # Not render_template, which adds values that depend on the visitor.
        text = current_app.jinja_env.get_template(template).render(**known, **values)
    response = Response(_NOT_XML.sub("", text), mimetype=mimetype)
    response.headers["Cache-Control"] = "public, no-cache"
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]
