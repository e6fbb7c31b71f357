"""Cursors: signed marks of the place that a reader of a list has reached."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from portal.domain.errors import N_, InvalidInput
from portal.queries.archive.changes import AnsweredPlace, ChangedPlace

_ANSWERED, _CHANGED = "answered", "changed"


def write_cursor(place: AnsweredPlace | ChangedPlace) -> str:
    """Return the mark of ``place``."""
    moment, entry_id = place
    order = _CHANGED if isinstance(moment, datetime) else _ANSWERED
    return str(_signer().dumps([order, moment.isoformat(), entry_id]))


def read_answered(cursor: str | None) -> AnsweredPlace | None:
    """Return the place of a cursor of the plain list; raises :class:`InvalidInput`."""
    found = _read(cursor, _ANSWERED)
    return found and (date.fromisoformat(found[0]), found[1])


def read_changed(cursor: str | None) -> ChangedPlace | None:
    """Return the place of a cursor of the list of changes; raises :class:`InvalidInput`."""
    found = _read(cursor, _CHANGED)
    return found and (datetime.fromisoformat(found[0]), found[1])


def _read(cursor: str | None, order: str) -> tuple[str, int] | None:
    if cursor is None:
        return None
    try:
        found: Any = _signer().loads(cursor)
    except BadData:
        found = None
    if not found or found[0] != order:
        raise InvalidInput("cursor", N_("这个标记无效，请从第一页重新读取。"))
    return found[1], found[2]


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="portal.web.api.cursors")
