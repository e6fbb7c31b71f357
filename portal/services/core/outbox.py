"""Rows for the worker, written in the transaction that makes them necessary."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.models import ArchiveEntry, OutboxRow


def enqueue(session: Session, entry: ArchiveEntry, now: datetime) -> None:
    """Ask the worker to bring the index up to date with ``entry``."""
    session.flush()
    session.add(OutboxRow(entry_id=entry.id, created_at=now, available_at=now))
