"""Requests for disclosure whose applicant is to be erased."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.disclosure.requests import PENDING_STATES
from portal.models import DisclosureRequest
from portal.queries.scope import Condition


def overdue(ended_before: datetime) -> sa.Select[DisclosureRequest]:
    """Return the query for requests that ended before a moment and whose applicant is still kept.

    Those whose applicant waits for a decision are left to it.
    """
    row = DisclosureRequest
    return (
        sa.select(row)
        .where(
            row.erased_at.is_(None),
            row.state.not_in(PENDING_STATES),
            sa.func.coalesce(row.answered_at, row.withdrawn_at) < ended_before,
            ~erasure_waits(),
        )
        .order_by(row.id)
    )


def count_overdue(session: Session, ended_before: datetime) -> int:
    """Return how many requests are :func:`overdue`."""
    found = overdue(ended_before).order_by(None).subquery()
    return session.scalars(sa.select(sa.func.count()).select_from(found)).one()


def erasure_waits() -> Condition:
    """Return the condition on requests whose applicant waits for a decision on erasure."""
    row = DisclosureRequest
    return sa.and_(
        row.erasure_asked_at.is_not(None), row.erasure_refusal.is_(None), row.erased_at.is_(None)
    )
