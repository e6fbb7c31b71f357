"""What a page shows to staff is recorded after it was made, in one insert for the request.

A page never fails over it: what could not be recorded is logged at once, and recorded with the next.
"""

from __future__ import annotations

from collections import deque

import structlog
from flask import Flask, g
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from portal.domain.errors import Unavailable
from portal.domain.events import READ_DETAIL_MAX, ReadAction
from portal.models import db
from portal.services.audit.reads import Read, record_reads
from portal.web.core.clock import now
from portal.web.core.people import current_actor

_MOST_HELD = 1_000
_held: deque[Read] = deque(maxlen=_MOST_HELD)
"""What this process could not record yet."""
_log = structlog.get_logger("portal.audit")


def set_up_reads(app: Flask) -> None:
    """Have ``app`` record what its pages show to staff."""
    app.after_request(_record)


def shown(
    action: ReadAction,
    letter_id: int | None = None,
    *,
    subject: str | None = None,
    detail: str | None = None,
) -> None:
    """Note that the page of this request shows something to the person logged in."""
    said = detail[:READ_DETAIL_MAX] if detail else None
    g.setdefault("reads", []).append(Read(current_actor(), action, now(), letter_id, subject, said))


def _record(response: Response) -> Response:
    reads = g.pop("reads", [])
    if not reads:
        return response
    while _held:
        reads.append(_held.popleft())
    try:
        record_reads(reads)
    except (SQLAlchemyError, Unavailable):
        db.session.rollback()
        _held.extend(reads)
        for read in reads:
            _log.error(
                "read_not_recorded",
                action=str(read.action),
                user=read.actor.user_id,
                session=read.actor.session_id,
                letter=read.letter_id,
                subject=read.subject,
            )
    return response
