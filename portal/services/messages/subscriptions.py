"""Following an entry, a search or an organisation by mail, without an account.

A subscription begins once its link was followed, and is erased when it ends: nothing is kept of the
address. Only public entries are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import sqlalchemy as sa

from portal.domain.errors import NotFound
from portal.domain.letters.sender_keys import email_key
from portal.domain.messages.occasions import Occasion
from portal.domain.messages.states import Channel
from portal.models import PUBLIC, ArchiveEntry, SenderKeys, Subscription
from portal.models.base import fingerprint
from portal.queries.messages.subscriptions import subscription
from portal.services.core.unit import writing
from portal.services.messages.posting import post

MOST = 20
"""Subscriptions of one address."""
UNCONFIRMED_FOR = timedelta(days=7)
YIELDS_AFTER = timedelta(hours=1)
"""How long what nobody has confirmed keeps its place among those of an address."""


@dataclass(frozen=True, slots=True)
class Followed:
    """What somebody follows: an entry, or a search given as JSON; ``path`` is its page."""

    path: str
    entry_id: int | None = None
    search: str = ""


def subscribe(address: str, followed: Followed, language: str, now: datetime) -> None:
    """Send a link that confirms the subscription of ``address``.

    Nothing is sent for one that is confirmed already, nor beyond twenty of an address; who asks does
    not learn of it. Where the twenty are full, the oldest that nobody has confirmed within an hour
    makes room, so that a stranger cannot keep a reader from following anything. Raises :class:`NotFound` for an entry that is not public.
    """
    address_key = email_key(SenderKeys.key, address) or ""
    wanted_key = fingerprint(f"{followed.entry_id or ''}\0{followed.search}")
    with writing() as session:
        if followed.entry_id is not None:
            shown = sa.select(ArchiveEntry.id).where(PUBLIC, ArchiveEntry.id == followed.entry_id)
            if session.scalar(shown) is None:
                raise NotFound
        rows = session.scalars(
            sa.select(Subscription).where(Subscription.address_key == address_key)
        ).all()
        row = next((each for each in rows if each.wanted_key == wanted_key), None)
        if row and row.confirmed_at:
            return
        if row is None and len(rows) >= MOST:
            ended = [each for each in rows if yields(each, now)]
            if not ended:
                return
            session.delete(min(ended, key=lambda each: each.asked_at))
        if row is None:
            row = Subscription(
                key=uuid4().hex,
                address=address,
                address_key=address_key,
                language=language,
                entry_id=followed.entry_id,
                wanted=followed.search,
                wanted_key=wanted_key,
                path=followed.path,
                asked_at=now,
                seen_at=now,
            )
            session.add(row)
            session.flush()
        once = f"subscribe/{row.key}/{now.timestamp():.0f}"
        asking = Occasion.SUBSCRIBING
        post(session, asking, Channel.MAIL, once, now, subscription=row, language=row.language)


def yields(row: Subscription, now: datetime) -> bool:
    """Return whether ``row`` gives its place to another of the same address."""
    return row.confirmed_at is None and row.asked_at <= now - YIELDS_AFTER


def confirm(key: str, now: datetime) -> bool:
    """Begin the subscription ``key``; return whether there is one."""
    with writing() as session:
        row = subscription(session, key)
        if row is not None and row.confirmed_at is None:
            row.confirmed_at = row.seen_at = now
    return row is not None


def cancel(key: str) -> None:
    """Erase a subscription; one that is gone already stays gone."""
    with writing() as session:
        session.execute(sa.delete(Subscription).where(Subscription.key == key))


def cancel_all(key: str) -> None:
    """Erase every subscription of the address of the subscription ``key``."""
    with writing() as session:
        row = subscription(session, key)
        if row is not None:
            same = Subscription.address_key == row.address_key
            session.execute(sa.delete(Subscription).where(same))


def sweep_unconfirmed(now: datetime) -> int:
    """Erase what nobody has confirmed in seven days; return how many subscriptions that were."""
    old = Subscription.asked_at <= now - UNCONFIRMED_FOR
    with writing() as session:
        swept = session.execute(
            sa.delete(Subscription).where(Subscription.confirmed_at.is_(None), old)
        )
        return swept.rowcount  # type: ignore[attr-defined,no-any-return]
