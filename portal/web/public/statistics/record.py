"""The public record: its signed heads as a page and as JSON, and proofs that it only grows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from flask import Response, jsonify, render_template, request, url_for

from portal.domain.record.heads import public_key
from portal.domain.record.tree import consistency
from portal.models import RecordHead, db
from portal.queries.record.tree import heads_after, heads_before, newest_head, stored
from portal.web.core import Page
from portal.web.core.language import one_language
from portal.web.core.people import public
from portal.web.core.settings import settings
from portal.web.delivery.caching import cacheable
from portal.web.public.statistics.pages import statistics

T = TypeVar("T")
SHOWN = 30
"""Heads on a page."""
GIVEN = 1000
"""Heads in an answer of JSON."""


@statistics.get("/record")
@public
@cacheable
def record() -> Page:
    """Show the heads of the record, the newest first; ``before`` leads to earlier days."""
    before = _day("before")
    heads = heads_before(db.session(), before, SHOWN + 1)
    older = heads[SHOWN - 1].day.isoformat() if len(heads) > SHOWN else None
    key = public_key(settings().key("record")).hex()
    return render_template(
        "public/record.html", heads=heads[:SHOWN], key=key, older=older, newest=before is None
    ), 200


@statistics.get("/record.json")
@public
@cacheable
@one_language
def record_json() -> Response:
    """Give the heads, the oldest first, 1000 at a time; ``after`` is the last day already known."""
    heads = heads_after(db.session(), _day("after"), GIVEN + 1)
    following = None
    if len(heads) > GIVEN:
        following = url_for("statistics.record_json", after=heads[GIVEN - 1].day.isoformat())
    return jsonify(
        public_key=public_key(settings().key("record")).hex(),
        heads=[head_data(head) for head in heads[:GIVEN]],
        next=following,
    )


@statistics.get("/record/consistency.json")
@public
@cacheable
@one_language
def record_consistency() -> Response | tuple[dict[str, Any], int]:
    """Give the proof that the record of ``second`` leaves only adds to that of ``first``."""
    head = newest_head(db.session())
    first, second = _number("first"), _number("second")
    if not 0 < first <= second <= (head.size if head else 0):
        return {"errors": {"first": "1 … second", "second": "first … size"}}, 400
    path = consistency(first, second, stored(db.session()))
    return jsonify(first=first, second=second, path=[value.hex() for value in path])


def head_data(head: RecordHead) -> dict[str, Any]:
    """Return a head as it stands in JSON."""
    return {
        "day": head.day.isoformat(),
        "size": head.size,
        "root": head.root,
        "signature": head.signature,
        "public_key": head.public_key,
    }


def _day(name: str) -> date | None:
    return _read(name, date.fromisoformat)


def _number(name: str) -> int:
    return _read(name, _whole) or 0


def _whole(text: str) -> int:
    """Return the number of at most 18 digits that ``text`` is; raises ValueError."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise ValueError(text)
    return int(text)


def _read(name: str, parse: Callable[[str], T]) -> T | None:
    """Return what stands in the address under ``name``; None without it or where it is wrong."""
    try:
        return parse(request.args.get(name, ""))
    except ValueError:
        return None
