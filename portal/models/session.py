"""Sessions: of members of staff who have logged in, and of citizens who have opened something.

The cookie of a browser holds a key, the row its digest: a copy of the cookie is worth nothing as soon
as the row has ended.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Id, Model, UtcDateTime
from portal.models.user import User

DEVICE_MAX = 200
"""Characters kept of what a browser says of itself."""


class StaffSession(Model):
    """A login; it stays as a record after it has ended."""

    __tablename__ = "staff_session"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it was last used, to a few minutes."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    address: Mapped[str] = mapped_column(sa.String(64))
    network: Mapped[str] = mapped_column(sa.String(64))
    new_network: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Whether the person had not logged in from the network before, though from others."""
    device: Mapped[str] = mapped_column(sa.String(DEVICE_MAX))

    user: Mapped[User] = relationship()


class CitizenSession(Model):
    """A browser that has shown a query code or sent something, until it leaves; a day at most."""

    __tablename__ = "citizen_session"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
