"""Tokens of programs that hand in letters for citizens, and what is kept of the keys."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Id, Model, UtcDateTime
from portal.models.user import User


class ApiToken(Model):
    """A token, of which a keyed hash is kept; one that was withdrawn stays for the record."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    creator_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    creator: Mapped[User | None] = relationship()


class KeyCheck(Model):
    """What the database keeps of the key ``name``: a value that only this key has."""

    __tablename__ = "key_check"

    name: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    value: Mapped[str] = mapped_column(sa.String(64))
