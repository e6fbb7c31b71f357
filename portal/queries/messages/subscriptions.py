"""Subscriptions by mail: of an address, and by the secret of a link."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import Subscription


def subscription(session: Session, key: str) -> Subscription | None:
    """Return the subscription ``key``, ``None`` once it is cancelled."""
    return session.scalar(sa.select(Subscription).where(Subscription.key == key))


def of_same_address(session: Session, one: Subscription) -> Sequence[Subscription]:
    """Return every subscription of the address of ``one``, oldest first."""
    query = sa.select(Subscription).where(Subscription.address_key == one.address_key)
    return session.scalars(query.order_by(Subscription.id)).all()
