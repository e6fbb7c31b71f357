"""The open data of the archive, version 1: lists, entries, search, the register of refusals, and their documentation.

Fields and parameters keep their names and meanings; new ones may be added.
"""

from __future__ import annotations

from typing import Any

from flask import Response, abort, render_template, request

from portal.adapters.archive_index import fragments, open_index
from portal.adapters.embedding import open_embedder
from portal.domain.errors import N_, InvalidInput, NotFound
from portal.domain.periods import civil_date
from portal.domain.statistics.as_of import as_of
from portal.models import ArchiveEntry, db
from portal.queries.archive.changes import changes_after, entries_after
from portal.queries.archive.search import search_archive
from portal.queries.archive.table import archive_entry, list_entries
from portal.queries.statistics.count import years_with_letters
from portal.queries.statistics.refusals import register
from portal.web.api.blueprint import LIMIT, PER_MINUTE, answer, open_data
from portal.web.api.cursors import read_answered, read_changed, write_cursor
from portal.web.api.openapi import openapi_document
from portal.web.archive.documents import (
    FIELDS,
    PUBLIC_KINDS,
    absolute,
    deletion,
    document,
    here,
    page_of,
)
from portal.web.archive.parameters import (
    LISTING,
    PARAMETERS,
    PER_PAGE,
    REGISTERED,
    SEARCHING,
    NoSuchValue,
    archive_query,
    given_values,
)
from portal.web.core.clock import now
from portal.web.core.language import one_language
from portal.web.core.people import public
from portal.web.core.settings import settings
from portal.web.statistics.query import usual_period
from portal.web.statistics.register import REGISTER, register_document

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
        "refusals": absolute("api.refusals"),
        "openapi": absolute("api.openapi"),
        "open311": absolute("open311.discovery", form="json"),
    }
    if request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html":
        return render_template(
            "api/index.html",
            addresses=addresses,
            letters=absolute("api.letters"),
            fields=FIELDS,
            register=REGISTER,
            kinds=PUBLIC_KINDS,
            parameters=PARAMETERS,
            per_minute=PER_MINUTE,
        )
    parameters = {name: str(each.meaning) for name, each in PARAMETERS.items()}
    described = {
        "parameters": parameters,
        "fields": {name: each.meaning for name, each in FIELDS.items()},
        "register": {name: each.meaning for name, each in REGISTER.items()},
        "kinds": PUBLIC_KINDS,
    }
    return answer({"addresses": addresses, **described, "limit": LIMIT})


@open_data.get("/openapi.json")
@public
@one_language
def openapi() -> Response:
    """Return the OpenAPI document of this interface, in the reader's language."""
    response = answer(openapi_document())
    response.vary.add("Accept-Language")
    return response


@open_data.get("/entries")
@public
@one_language
def entries() -> Response:
    """Return a page of entries: what was answered last first, or in the order of changes."""
    values = given_values(LISTING)
    if values.get("page", 1) > 1 and ("cursor" in values or "updated_since" in values):
        raise NoSuchValue("page", N_("这里没有页码，请用 links.next 取下一页。"))
    if "updated_since" in values:
        return answer(_changes(values))
    if "cursor" in values:
        return answer(_continued(values))
    size = values.get("per_page", PER_PAGE)
    listing = list_entries(db.session(), archive_query(values), size)
    shown = page_of(listing, size)
    if "page" not in values and "next" in shown["links"]:
        last = listing.entries[-1]
        shown["links"]["next"] = here(cursor=write_cursor((last.answered_on, last.id)))
    return answer({"data": [document(each) for each in listing.entries], **shown})


def _continued(values: dict[str, Any]) -> dict[str, Any]:
    """Return the entries after a cursor."""
    size, place = values.get("per_page", PER_PAGE), read_answered(values["cursor"])
    found, following = entries_after(db.session(), archive_query(values), place, size)
    links = {"self": here(), "first": here(cursor=None)}
    if following:
        links["next"] = here(cursor=write_cursor(following))
    return {"data": [document(each) for each in found], "per_page": size, "links": links}


def _changes(values: dict[str, Any]) -> dict[str, Any]:
    """Return what was published, corrected or withdrawn from a moment on."""
    size, place = values.get("per_page", PER_PAGE), read_changed(values.get("cursor"))
    since = values["updated_since"]
    found, following = changes_after(db.session(), archive_query(values), since, place, size)
    links = {"self": here(), "first": here(cursor=None)}
    if following:
        links["next"] = here(cursor=write_cursor(following))
    return {
        "data": [document(each) for each in found if each.unpublished_at is None],
        "deleted": [deletion(each) for each in found if each.unpublished_at is not None],
        "per_page": size,
        "links": links,
    }


@open_data.get("/entries/<int:entry_id>")
@public
@one_language
def entry(entry_id: int) -> Response:
    """Return one entry; 410 where it was unpublished."""
    given_values(())
    found = archive_entry(db.session(), entry_id)
    if found is None:
        raise NotFound
    if found.unpublished_at is not None:
        abort(410)
    return answer({"data": document(found)})


@open_data.get("/search")
@public
@one_language
def search() -> Response:
    """Return a page of hits with the passages that hold the words, as HTML with ``<mark>``."""
    values = given_values(SEARCHING)
    if "q" not in values:
        raise InvalidInput("q", N_("请给出查询的词。"))
    size = values.get("per_page", PER_PAGE)
    found = search_archive(
        db.session(),
        open_index(settings()),
        archive_query(values),
        size,
        open_embedder(settings()),
    )
    return answer(
        {
            "data": [_hit(each, found.understood) for each in found.entries],
            **page_of(found, size),
            "understood": list(found.understood),
            "matched": "any" if found.partial else "all",
            "complete": found.complete,
            "suggestion": found.suggestion or None,
            "degraded": found.degraded,
        }
    )


@open_data.get("/refusals")
@public
@one_language
def refusals() -> Response:
    """Return the register of refusals of a period: how many letters, where and why, no texts."""
    values, session = given_values(REGISTERED), db.session()
    today = civil_date(now())
    period = values.get("period") or usual_period(years_with_letters(session), today)
    try:
        moment = as_of(period, now(), values.get("as_of"))
    except InvalidInput as error:
        raise NoSuchValue(error.field, error.message) from None
    found = register(session, period, moment)
    words = {"period": found.period.code, "as_of": found.as_of.day.isoformat()}
    links = {"self": here(**words), "page": absolute("statistics.refusals", **words)}
    return answer({"data": register_document(found), "links": links})


def _hit(entry: ArchiveEntry, words: tuple[str, ...]) -> dict[str, Any]:
    passages = {
        "letter": fragments(entry.text, words, FRAGMENT),
        "reply": fragments(entry.reply, words, FRAGMENT),
    }
    return {**document(entry), "passages": passages}
