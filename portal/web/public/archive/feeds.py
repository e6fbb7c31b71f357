"""Feeds of the archive (Atom, RFC 4287): of everything, of a search or filter, of one entry.

What was published last stands first, in pages (RFC 5005); what was withdrawn is named (RFC 6721).
Ids are tags (RFC 4151), which stay when the site moves to another address.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlencode

from flask import Response, render_template, url_for

from portal.domain.errors import InvalidInput, NotFound
from portal.domain.letters.salutation import answer_start
from portal.models import ArchiveEntry, ArchiveVersion, db
from portal.queries.archive.newest import Publications, publications
from portal.queries.archive.places import districts
from portal.queries.archive.search import known_organisation
from portal.queries.archive.table import archive_entry
from portal.web.archive.parameters import FILTERS, archive_query, given_values
from portal.web.core import Answer
from portal.web.core.language import one_language
from portal.web.core.people import public
from portal.web.core.safety import limiter
from portal.web.core.settings import settings
from portal.web.delivery.xml import xml_document
from portal.web.public.archive.entries import archive_index, archive_pages
from portal.web.public.archive.results import address, feed_address

FEED_LENGTH = 30
SUMMARY_LENGTH = 200
FEED_LIMIT = "120 per minute"
_ATOM = "application/atom+xml"
_BEFORE_ALL = datetime(2000, 1, 1, tzinfo=UTC)


@archive_pages.get("/archive/feed.atom")
@public
@one_language
@limiter.limit(FEED_LIMIT)
def feed() -> Response:
    """Return a page of what was published last, of a search or filter where one is given.

    404 for a filter that does not exist and for a page beyond the end: an unknown filter must not
    turn a feed into everybody's.
    """
    try:
        values = given_values(("q", *FILTERS, "page"))
    except InvalidInput as error:
        raise NotFound from error
    asked = archive_query(values)
    found = publications(db.session(), archive_index(), asked, FEED_LENGTH)
    if found.page > found.pages:
        raise NotFound
    given = sorted((name, value) for name, value in values.items() if name != "page")
    return xml_document(
        "feeds/feed.atom.xml",
        _ATOM,
        found=found,
        updated=found.updated_at or _BEFORE_ALL,
        asked=asked,
        organisation=known_organisation(db.session(), asked.organisation_id),
        place=districts(db.session()).get(asked.place_id or 0),
        id=_tag("feed" + (f"?{urlencode(given)}" if given else "")),
        page=address(asked),
        links=_links(found, lambda page: feed_address(asked, page)),
        tag=lambda entry_id: _tag(f"archive/{entry_id}"),
        summary=_summary,
    )


@archive_pages.get("/archive/<int:entry_id>/feed.atom")
@public
@one_language
def entry_feed(entry_id: int) -> Answer:
    """Return the versions of an entry, the present one first; 410 where it was unpublished."""
    entry = archive_entry(db.session(), entry_id)
    if entry is None:
        raise NotFound
    if entry.unpublished_at is not None:
        return render_template("public/gone.html", entry=entry), 410
    versions: list[tuple[ArchiveEntry | ArchiveVersion, datetime]] = [(entry, entry.updated_at)]
    versions += [
        (each, each.published_at) for each in reversed(entry.versions) if not each.hidden_at
    ]
    return xml_document(
        "feeds/entry.atom.xml",
        _ATOM,
        entry=entry,
        versions=versions,
        id=_tag(f"feed/{entry.id}"),
        tag=lambda revision: _tag(f"archive/{entry.id}/{revision}"),
        page=url_for("archive.entry", entry_id=entry.id),
        summary=_summary,
    )


def _tag(name: str) -> str:
    return f"tag:{settings().tagging_entity}:{name}"


def _summary(reply: str) -> str:
    return answer_start(reply)[:SUMMARY_LENGTH]


def _links(found: Publications, to: Callable[[int], str]) -> list[tuple[str, str]]:
    """Return the relations of RFC 5005 with their paths."""
    places = [("first", 1), ("last", found.pages)]
    if found.page > 1:
        places.append(("previous", found.page - 1))
    if found.page < found.pages:
        places.append(("next", found.page + 1))
    return [(relation, to(page)) for relation, page in places]
