"""The OpenAPI 3.1 document, made of the tables that check parameters and name fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import force_locale

from portal.domain.errors import N_
from portal.domain.translatable import Message
from portal.web.api.problems import PROBLEM, TITLES, preferred_locale
from portal.web.archive.documents import FIELDS, absolute
from portal.web.archive.parameters import LISTING, PARAMETERS, SEARCHING
from portal.web.core.language import say
from portal.web.core.settings import settings

Schema = dict[str, Any]
_ID: Schema = {"type": "integer", "minimum": 0, "maximum": 2**63 - 1}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_TEXT: Schema = {"type": "string"}
_FAILURES = (400, 404, 406, 429, 503)


def openapi_document() -> Schema:
    """Return the document, with descriptions in the reader's language."""
    with force_locale(preferred_locale()):
        return {
            "openapi": "3.1.0",
            "info": {"title": settings().site_name, "version": "1", "summary": say(_SUMMARY)},
            "servers": [{"url": absolute("api.index").rstrip("/")}],
            "externalDocs": {"url": absolute("api.index")},
            "paths": _paths(),
            "components": {
                "schemas": _schemas(),
                "responses": {str(status): _problem(status) for status in TITLES},
            },
        }


_SUMMARY = N_(
    "公示件可以自由读取和再利用，格式是 JSON，不需要登记。请注明来源；公示件撤下后，请一并删除。"
)


def _paths() -> Schema:
    return {
        "/entries": {
            "get": {
                "operationId": "entries",
                "summary": say(N_("全部公示件")),
                "parameters": _parameters(LISTING),
                "responses": _responses("EntryList"),
            }
        },
        "/entries/{id}": {
            "get": {
                "operationId": "entry",
                "summary": say(N_("一份公示件")),
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": _ID}],
                "responses": _responses("OneEntry", 410),
            }
        },
        "/search": {
            "get": {
                "operationId": "search",
                "summary": say(N_("查询")),
                "parameters": _parameters(SEARCHING, required=("q",)),
                "responses": _responses("HitList"),
            }
        },
    }


def _parameters(names: Iterable[str], required: Iterable[str] = ()) -> list[Schema]:
    return [
        {
            "name": name,
            "in": "query",
            "description": say(PARAMETERS[name].meaning),
            "required": name in required,
            "schema": PARAMETERS[name].schema,
        }
        for name in names
    ]


def _responses(schema: str, *more: int) -> Schema:
    content = {"application/json": {"schema": _reference(schema)}}
    failures = {
        str(status): {"$ref": f"#/components/responses/{status}"}
        for status in sorted({*_FAILURES, *more})
    }
    return {"200": {"description": "OK", "content": content}, **failures}


def _reference(schema: str) -> Schema:
    return {"$ref": f"#/components/schemas/{schema}"}


def _problem(status: int) -> Schema:
    return {
        "description": say(TITLES[status][0]),
        "content": {PROBLEM: {"schema": _reference("Problem")}},
    }


def _object(properties: Schema, optional: Iterable[str] = ()) -> Schema:
    required = [name for name in properties if name not in set(optional)]
    return {"type": "object", "properties": properties, "required": required}


def _described(meaning: Message | str, schema: Schema) -> Schema:
    return {**schema, "description": say(meaning)}


def _schemas() -> Schema:
    fields = {name: _described(each.meaning, each.schema) for name, each in FIELDS.items()}
    passages = _object({"letter": _TEXT, "reply": _TEXT})
    deleted = _object({"id": _ID, "deleted_at": {"type": "string", "format": "date-time"}})
    links = dict.fromkeys(("self", "first", "last", "prev", "next"), _TEXT)
    place = {
        "total": _COUNT,
        "page": _COUNT,
        "pages": _COUNT,
        "per_page": _COUNT,
        "links": _object(links, ("last", "prev", "next")),
    }
    found = {
        "understood": {"type": "array", "items": _TEXT},
        "matched": {"enum": ["all", "any"]},
        "degraded": {"type": "boolean"},
    }
    hit = {**fields, "passages": passages}
    problem = {"type": _TEXT, "title": _TEXT, "status": _COUNT, "detail": _TEXT, "instance": _TEXT}
    return {
        "Entry": _object(fields),
        "Hit": _object(hit),
        "Deletion": deleted,
        "EntryList": _object(
            {"data": _array("Entry"), "deleted": _array("Deletion"), **place},
            ("deleted", "total", "page", "pages"),
        ),
        "OneEntry": _object({"data": _reference("Entry")}),
        "HitList": _object({"data": _array("Hit"), **place, **found}),
        "Problem": _object({**problem, "parameter": _TEXT}, ("parameter",)),
    }


def _array(schema: str) -> Schema:
    return {"type": "array", "items": _reference(schema)}
