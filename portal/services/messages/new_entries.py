"""What subscribers learn: new entries of what they follow, and that an entry changed, once a day at most."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from portal.adapters.archive_index import SearchEngine
from portal.domain.archive.reader_rating import ReaderRating
from portal.domain.letters.kinds import Kind
from portal.domain.messages.occasions import Occasion
from portal.domain.messages.states import Channel
from portal.domain.periods import civil_date, shanghai
from portal.models import PUBLIC, ArchiveEntry, Subscription, db
from portal.queries.archive.newest import publications
from portal.queries.archive.table import ArchiveQuery
from portal.services.core.unit import writing
from portal.services.messages.announcing import Outlets
from portal.services.messages.posting import post

MOST = 20
"""Entries that a message names."""
BATCH = 20
_log = structlog.get_logger("portal.messages")


def written(asked: ArchiveQuery) -> str:
    """Return a search as it is kept: JSON without what has its usual value."""
    usual = asdict(ArchiveQuery())
    given = {name: value for name, value in asdict(asked).items() if value != usual[name]}
    for name in ("page", "by_date"):
        given.pop(name, None)
    return json.dumps(given, ensure_ascii=False, sort_keys=True)


def read(search: str) -> ArchiveQuery:
    """Return the search that is kept as ``search``."""
    given: dict[str, Any] = json.loads(search)
    if kind := given.get("kind"):
        given["kind"] = Kind(kind)
    if rating := given.get("rating"):
        given["rating"] = ReaderRating(rating)
    return ArchiveQuery(**given)


def write_subscribers(outlets: Outlets, index: SearchEngine, hour: int, now: datetime) -> int:
    """Write the messages of today for a batch of subscriptions; return how many were looked at.

    Each is looked at once a day, from ``hour`` in Shanghai on; one to an entry that was withdrawn is
    erased without a word. One that cannot be looked up is logged and looked at again on the next day,
    when it also gets what it has missed; the others go on.
    """
    if Channel.MAIL not in outlets.channels or shanghai(now).hour < hour:
        return 0
    session, today = db.session(), civil_date(now)
    waits = sa.or_(Subscription.looked_on.is_(None), Subscription.looked_on < today)
    query = (
        sa.select(Subscription)
        .where(Subscription.confirmed_at.is_not(None), waits)
        .order_by(Subscription.id)
        .limit(BATCH)
    )
    waiting = session.scalars(query.with_only_columns(Subscription.id)).all()
    for row_id in waiting:
        try:
            entries = _found(session, index, session.get_one(Subscription, row_id), now)
        except Exception as error:
            # The words that are followed are the reader's own, so the log gets none of them.
            _log.error("subscription_not_read", subscription=row_id, error=type(error).__name__)
            session.rollback()
            with writing() as unit:
                that = Subscription.id == row_id
                unit.execute(sa.update(Subscription).where(that).values(looked_on=today))
            continue
        session.rollback()
        with writing() as unit:
            _write(unit, row_id, entries, today, now)
    return len(waiting)


def _found(
    session: Session, index: SearchEngine, row: Subscription, now: datetime
) -> list[int] | None:
    """Return the ids of what is new, newest first; ``None`` where the entry was withdrawn."""
    if row.entry_id is not None:
        changed = ArchiveEntry.updated_at
        query = sa.select(changed).where(PUBLIC, ArchiveEntry.id == row.entry_id)
        at = session.scalar(query)
        if at is None:
            return None
        return [row.entry_id] if row.seen_at < at <= now else []
    entries = publications(session, index, read(row.wanted), MOST).entries
    return [entry.id for entry in entries if row.seen_at < entry.published_at <= now]


def _write(
    session: Session, row_id: int, entries: list[int] | None, today: date, now: datetime
) -> None:
    row = session.get(Subscription, row_id, with_for_update=True, populate_existing=True)
    if row is None or (row.looked_on is not None and row.looked_on >= today):
        return
    if entries is None:
        session.delete(row)
        return
    row.looked_on, row.seen_at = today, now
    if entries:
        occasion = Occasion.NEW_ENTRIES if row.entry_id is None else Occasion.ENTRY_CHANGED
        facts: Mapping[str, Any] = {"entries": entries}
        once = f"{occasion}/{row.key}/{today}"
        post(
            session,
            occasion,
            Channel.MAIL,
            once,
            now,
            subscription=row,
            language=row.language,
            facts=facts,
        )
