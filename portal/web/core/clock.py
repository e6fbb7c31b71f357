"""The clock of the web: the only place below which time is an argument."""

from __future__ import annotations

from datetime import UTC, date, datetime

from portal.domain.periods import civil_date


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return today's civil date in Shanghai."""
    return civil_date(now())
