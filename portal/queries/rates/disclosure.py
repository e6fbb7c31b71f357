"""Figures of requests for disclosure, received in a period and seen from a past moment."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.disclosure import DisclosureFigures, DisclosureOutcome
from portal.domain.periods import Period
from portal.models import DisclosureRequest


def disclosure_figures(session: Session, period: Period, before: datetime) -> DisclosureFigures:
    """Return the requests received in ``period`` and what had become of them before ``before``."""
    row = DisclosureRequest
    answered = sa.case((row.answered_at < before, row.outcome), else_=None)
    query = (
        sa.select(answered, sa.func.count(), sa.func.count().filter(row.on_time.is_(True)))
        .where(
            row.received_at >= period.starts_at,
            row.received_at < min(period.ends_at, before),
            sa.or_(row.withdrawn_at.is_(None), row.withdrawn_at >= before),
        )
        .group_by(answered)
    )
    received = on_time = 0
    outcomes = dict.fromkeys(DisclosureOutcome, 0)
    for outcome, count, punctual in session.execute(query):
        received += count
        if outcome is not None:
            outcomes[DisclosureOutcome(outcome)] = count
            on_time += punctual
    return DisclosureFigures(received, on_time, outcomes)
