"""The open data of the archive, version 1: lists, entries, search, and their documentation.

Fields and parameters keep their names and meanings; new ones may be added.
"""

from __future__ import annotations

from flask import Response, render_template, request
from werkzeug.exceptions import NotFound as NoSuchAddress

from portal.adapters.archive_index import fragments, open_index
from portal.domain.errors import NotFound
from portal.models import db
from portal.queries.archive.search import search_archive
from portal.queries.archive.table import archive_entry, list_entries
from portal.web.api.blueprint import LIMIT, PER_MINUTE, Gone, answer, open_data
from portal.web.api.documents import FIELDS, PUBLIC_KINDS, absolute, document, page_of
from portal.web.api.parameters import PARAMETERS, archive_query, per_page
from portal.web.core.language import one_language
from portal.web.core.people import public
from portal.web.core.settings import settings

FRAGMENT = 96
"""Characters of the passages a search returns."""


@open_data.get("/")
@public
def index() -> Response | str:
    """Describe the open data: a page for people, JSON for programs."""
    addresses = {
        "entries": absolute("api.entries"),
        "entry": absolute("api.index") + "entries/{id}",
        "search": absolute("api.search") + "?q={q}",
    }
    if request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html":
        return render_template(
            "api/index.html",
            addresses=addresses,
            fields=FIELDS,
            kinds=PUBLIC_KINDS,
            parameters=PARAMETERS,
            per_minute=PER_MINUTE,
        )
    parameters = {name: str(meaning) for name, meaning in PARAMETERS.items()}
    described = {"parameters": parameters, "fields": FIELDS, "kinds": PUBLIC_KINDS}
    response = answer({"addresses": addresses, **described, "limit": LIMIT})
    response.vary.add("Accept")
    return response


@open_data.get("/entries")
@public
@one_language
def entries() -> Response:
    """Return a page of entries, what was answered last first."""
    size = per_page()
    listing = list_entries(db.session(), archive_query(), size)
    return answer({"data": [document(e) for e in listing.entries], **page_of(listing, size)})


@open_data.get("/entries/<int:entry_id>")
@public
@one_language
def entry(entry_id: int) -> Response:
    """Return one entry; 410 where it was unpublished."""
    found = archive_entry(db.session(), entry_id)
    if found is None:
        raise NotFound
    if found.unpublished_at is not None:
        raise Gone
    return answer({"data": document(found)})


@open_data.get("/search")
@public
@one_language
def search() -> Response:
    """Return a page of hits with the passages that hold the words, as HTML with ``<mark>``."""
    size = per_page()
    found = search_archive(
        db.session(), open_index(settings()), archive_query(searching=True), size
    )
    data = [
        {
            **document(e),
            "passages": {
                "letter": fragments(e.text, found.understood, FRAGMENT),
                "reply": fragments(e.reply, found.understood, FRAGMENT),
            },
        }
        for e in found.entries
    ]
    return answer(
        {
            "data": data,
            **page_of(found, size),
            "understood": list(found.understood),
            "matched": "any" if found.partial else "all",
            "degraded": found.degraded,
        }
    )


@open_data.get("/<path:rest>")
@public
def unknown(rest: str) -> Response:
    """Answer an address that does not exist like every other error of the open data."""
    raise NoSuchAddress
