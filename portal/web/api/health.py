"""Health: is the process alive, and how are database, index and outbox.

Nothing is measured for who asks: what the worker found of the index is a row. ``/readyz`` answers 503 only where the site cannot serve; what merely degrades it is named in
``faults``, so that one bad document never takes a site out of service.
"""

from __future__ import annotations

from dataclasses import asdict

import structlog
from flask import Blueprint, Response
from sqlalchemy.exc import SQLAlchemyError

from portal.models import db
from portal.queries.office.health import readiness
from portal.web.core.clock import now
from portal.web.core.people import public
from portal.web.core.safety import limiter

health = Blueprint("health", __name__)
LIMIT = "120 per minute"
_log = structlog.get_logger("portal.health")


@health.after_request
def _never_stored(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


@health.get("/healthz")
@public
def live() -> dict[str, str]:
    """Answer that the process runs, without any other check."""
    return {"status": "ok"}


@health.get("/readyz")
@public
@limiter.limit(LIMIT)
def ready() -> tuple[dict[str, object], int]:
    """Return the state of database, index and outbox; 503 where the database does not answer."""
    try:
        found = readiness(db.session(), now())
    except SQLAlchemyError as error:
        db.session.rollback()
        _log.error("not_ready", kind=type(error).__name__)
        return {"status": "unavailable", "faults": ["database"], "database": False}, 503
    status = "degraded" if found.faults else "ok"
    return {"status": status, "faults": found.faults, **asdict(found)}, 200
