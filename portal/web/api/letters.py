"""Handing in letters and following them, for other systems that have a token."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, jsonify, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import BadRequest, Unauthorized

from portal.domain.errors import N_, InvalidInput, NotFound
from portal.domain.letters.numbers import format_code, parse_number
from portal.domain.letters.states import Source
from portal.domain.translatable import Message
from portal.models import Letter, db
from portal.queries.codes import opened_by
from portal.queries.letters.track import CorrespondenceItem, correspondence, public_copy
from portal.web.api.blueprint import open_data
from portal.web.api.handing_in import KEY_MOST, by_token, check_letter, commitment_of, hand_in
from portal.web.api.problems import preferred_locale, problem
from portal.web.archive.documents import absolute
from portal.web.core.failures import Failure
from portal.web.core.language import one_language
from portal.web.core.rate_limits import give_back, retry_after, take
from portal.web.core.safety import LARGEST_OF_PROGRAMS, takes_at_most
from portal.web.core.settings import code_key, settings

KEY, CODE = "Idempotency-Key", "Query-Code"
"""Headers of a request: what makes two of them one letter, and the query code of a letter."""
_SAID = N_("编号和查询码对不上，请对照回执核对后再试。")


def _bearer() -> str:
    given = request.authorization
    return given.token or "" if given is not None and given.type == "bearer" else ""


needs_token = by_token(_bearer, Unauthorized(www_authenticate=WWWAuthenticate("bearer")))


@open_data.post("/letters")
@takes_at_most(LARGEST_OF_PROGRAMS)
@needs_token
@one_language
def letters() -> Response:
    """Submit a letter; its number and query code are in the answer and in no other."""
    if request.mimetype != "application/json":
        abort(415)
    key = _header(KEY) if KEY in request.headers else ""
    try:
        parts = check_letter(_body())
        receipt = hand_in(parts, Source.API, key, preferred_locale())
    except InvalidInput as error:
        return problem(Failure(422, error.message, error.field))
    address = absolute("api.letter", number=receipt.number)
    links = {"self": address, "page": absolute("public.letter", number=receipt.number)}
    response = jsonify(
        data={
            "number": receipt.number,
            "query_code": format_code(receipt.code),
            "commitment": commitment_of(receipt),
            "links": links,
        }
    )
    response.status_code = 201
    response.headers.update({"Location": address, "Cache-Control": "no-store"})
    return response


def _header(name: str) -> str:
    """Return a header of 1 to 200 characters; raises :class:`InvalidInput` with its name."""
    given = request.headers.get(name, "").strip()
    if not 1 <= len(given) <= KEY_MOST:
        raise InvalidInput(name, Message(N_("请给出 1 到 %(most)s 个字符。"), {"most": KEY_MOST}))
    return given


def _body() -> object:
    try:
        return request.get_json()
    except RecursionError:
        # Thousands of brackets are no letter.
        raise BadRequest from None


@open_data.get("/letters/<number>")
@needs_token
@one_language
def letter(number: str) -> Response:
    """Return where a letter stands and what was written, to whoever has its query code."""
    code = _header(CODE)
    try:
        number = parse_number(number)
    except InvalidInput as error:
        raise NotFound(error.message) from error
    rule, tried = settings().track_limit, ("track-token", str(g.token.id), number)
    if wait := take(rule, tried):
        return retry_after(problem(Failure(429)), wait)
    opened = opened_by(db.session(), Letter, number, code, code_key())
    if opened is None:
        raise NotFound(_SAID)
    give_back(rule, tried)
    response = jsonify(data=_followed(db.session.get_one(Letter, opened)))
    response.headers["Cache-Control"] = "no-store"
    return response


def _followed(found: Letter) -> dict[str, Any]:
    entry = public_copy(db.session(), found)
    links = {"page": absolute("public.letter", number=found.number)}
    if entry is not None:
        links["public_entry"] = absolute("api.entry", entry_id=entry)
    return {
        "number": found.number,
        "kind": str(found.kind),
        "title": found.title,
        "status": str(found.state),
        "received_at": found.received_at.isoformat(),
        "due_on": found.due_on.isoformat() if found.due_on else None,
        "organisation": {"id": found.organisation_id, "name": found.organisation.name},
        "correspondence": [_item(each) for each in correspondence(found)],
        "links": links,
    }


def _item(item: CorrespondenceItem) -> dict[str, str]:
    return {
        "kind": str(item.kind),
        "text": item.text,
        "at": item.at.isoformat(),
        "organisation": item.organisation,
    }
