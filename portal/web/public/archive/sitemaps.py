"""The map of the site for search engines: pages of the site and its offices, then entries in parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import Response, url_for

from portal.domain.languages import LANGUAGES
from portal.models import db
from portal.queries.archive.matters import map_matters
from portal.queries.archive.table import MAP_PART, map_parts, map_rows
from portal.queries.office.directory import open_organisations
from portal.queries.statistics.count import years_with_letters
from portal.web.core.clock import today
from portal.web.core.language import in_language, one_language
from portal.web.core.people import public
from portal.web.delivery.xml import xml_document
from portal.web.public.archive.entries import archive_pages

STANDING = (
    "public.home",
    "archive.search",
    "archive.hot",
    "public.organisations",
    "public.disclosure",
    "statistics.overview",
    "statistics.years",
    "statistics.reports",
    "statistics.refusals",
    "statistics.record",
    "archive.open_data",
    "pages.about",
    "pages.privacy",
    "pages.accessibility",
)
Row = tuple[int, datetime | date | None]
"""The number at the end of an address, and when its page changed where that is known."""


@dataclass(frozen=True, slots=True)
class Group:
    """Addresses that differ in the number at their end alone: ``stem`` in each language by its tag."""

    stem: str
    stems: list[tuple[str, str]]
    rows: Sequence[Row]


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
    """Return one part of the map; part 0 holds standing pages, organisations, reports and matters."""
    pages, groups, session = [], [], db.session()
    if part:
        stem = url_for("archive.entry", entry_id=0)
        groups.append(_group(stem, [(row.id, row.updated_at) for row in map_rows(session, part)]))
    else:
        pages = [url_for(endpoint) for endpoint in STANDING]
        offices = [(each, None) for each in open_organisations(session, today())]
        groups.append(_group(url_for("public.organisation", organisation_id=0), offices))
        years = [(year, None) for year in years_with_letters(session)]
        groups.append(_group(url_for("statistics.report", year=0), years))
        matters = map_matters(session, MAP_PART)
        groups.append(_group(url_for("archive.matter", matter_id=0), matters))
    return xml_document("feeds/sitemap.xml", "application/xml", pages=pages, groups=groups)


def _group(zero: str, rows: Sequence[Row]) -> Group:
    # Built once: thousands of addresses differ in the number alone.
    stem = zero.removesuffix("0")
    stems = [(row.tag, in_language(locale, stem)) for locale, row in LANGUAGES.items()]
    return Group(stem, stems, rows)
