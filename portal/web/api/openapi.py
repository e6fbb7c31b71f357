"""The OpenAPI 3.1 document, made of the tables that check parameters and name fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from flask_babel import force_locale

from portal.domain.errors import N_
from portal.domain.letters.states import State, UnpublishReason
from portal.domain.statistics.quality_measures import QUALITY_MEASURES
from portal.domain.translatable import Message
from portal.web.api.handing_in import KEY_MOST, LETTER
from portal.web.api.problems import PROBLEM, TITLES, preferred_locale
from portal.web.archive.documents import FIELDS, Field, absolute
from portal.web.archive.parameters import DOCUMENTED, PARAMETERS, REGISTERED, SEARCHING
from portal.web.core.language import say
from portal.web.core.settings import settings
from portal.web.statistics.register import REGISTER

Schema = dict[str, Any]
_ID: Schema = {"type": "integer", "minimum": 0, "maximum": 2**63 - 1}
_TOKEN: list[Schema] = [{"token": []}]
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
                "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            },
        }


_SUMMARY = N_(
    "公示件可以自由读取和再利用，格式是 JSON，不需要登记。请注明来源；公示件撤下后，请一并删除。"
)
_FOLLOWING = N_(
    "用 links.next 里的地址取下一页，没有 links.next 就到头了；里面的 cursor 不能自己编写。"
)


def _paths() -> Schema:
    return {
        "/entries": {
            "get": {
                "operationId": "entries",
                "summary": say(N_("全部公示件")),
                "description": say(_FOLLOWING),
                "parameters": _parameters(DOCUMENTED),
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
        "/refusals": {
            "get": {
                "operationId": "refusals",
                "summary": say(N_("不予公示登记")),
                "description": say(QUALITY_MEASURES["refusals"].text),
                "parameters": _parameters(REGISTERED),
                "responses": _responses("OneRegister"),
            }
        },
        "/letters": {
            "post": {
                "operationId": "hand_in",
                "summary": say(N_("提交来信，需要令牌")),
                "security": _TOKEN,
                "parameters": [_header("Idempotency-Key", KEY_MOST, needed=False)],
                "requestBody": {"required": True, "content": _json("NewLetter")},
                "responses": _responses("NewReceipt", 401, 415, 422, success=201),
            }
        },
        "/letters/{number}": {
            "get": {
                "operationId": "follow",
                "summary": say(N_("凭编号和查询码查进度，需要令牌")),
                "security": _TOKEN,
                "parameters": [
                    {"name": "number", "in": "path", "required": True, "schema": _TEXT},
                    _header("Query-Code", KEY_MOST, needed=True),
                ],
                "responses": _responses("OneLetter", 401),
            }
        },
    }


def _header(name: str, most: int, *, needed: bool) -> Schema:
    schema = {"type": "string", "minLength": 1, "maxLength": most}
    return {"name": name, "in": "header", "required": needed, "schema": schema}


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


def _json(schema: str) -> Schema:
    return {"application/json": {"schema": _reference(schema)}}


def _responses(schema: str, *more: int, success: int = 200) -> Schema:
    failures = {
        str(status): {"$ref": f"#/components/responses/{status}"}
        for status in sorted({*_FAILURES, *more})
    }
    done = {"description": HTTPStatus(success).phrase, "content": _json(schema)}
    return {str(success): done, **failures}


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


def _fields(table: Mapping[str, Field]) -> Schema:
    return {name: _described(each.meaning, each.schema) for name, each in table.items()}


def _schemas() -> Schema:
    fields = _fields(FIELDS)
    passages = _object({"letter": _TEXT, "reply": _TEXT})
    deleted = _object(
        {
            "id": _ID,
            "deleted_at": {"type": "string", "format": "date-time"},
            "reason": {"enum": [*map(str, UnpublishReason), None]},
        }
    )
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
        "complete": _COUNT,
        "suggestion": {
            "type": ["string", "null"],
            "description": say(
                N_("所查的词可能打错了或是拼音时，找到明显更多的查询；只在第一页给出")
            ),
        },
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
        "Register": _object(_fields(REGISTER)),
        "OneRegister": _object(
            {"data": _reference("Register"), "links": _object({"self": _TEXT, "page": _TEXT})}
        ),
        **_letters(),
        "Problem": _object({**problem, "parameter": _TEXT}, ("parameter",)),
    }


def _letters() -> Schema:
    parts = {name: _described(each.meaning, each.schema) for name, each in LETTER.items()}
    needed = [name for name, each in LETTER.items() if each.needed]
    moment, links = {"type": "string", "format": "date-time"}, {"page": _TEXT}
    receipt = {
        "number": _TEXT,
        "query_code": _TEXT,
        "commitment": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "links": _object({"self": _TEXT, **links}),
    }
    item = _object({"kind": _TEXT, "text": _TEXT, "at": moment, "organisation": _TEXT})
    letter = {
        "number": _TEXT,
        "kind": LETTER["kind"].schema,
        "title": _TEXT,
        "status": {"type": "string", "enum": [str(state) for state in State]},
        "received_at": moment,
        "due_on": {"type": ["string", "null"], "format": "date"},
        "organisation": _object({"id": _ID, "name": _TEXT}),
        "correspondence": {"type": "array", "items": item},
        "links": _object({**links, "public_entry": _TEXT}, ("public_entry",)),
    }
    return {
        "NewLetter": {
            "type": "object",
            "properties": parts,
            "required": needed,
            "anyOf": [{"required": ["phone"]}, {"required": ["email"]}],
            "additionalProperties": False,
        },
        "NewReceipt": _object({"data": _object(receipt)}),
        "OneLetter": _object({"data": _object(letter)}),
    }


def _array(schema: str) -> Schema:
    return {"type": "array", "items": _reference(schema)}
