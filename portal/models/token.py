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
    """What the database keeps of the key ``name``: a value that only this key has.

    Data keys are called ``data-`` and their id; each that is here must be in the ring.
    """

    __tablename__ = "key_check"

    name: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    value: Mapped[str] = mapped_column(sa.String(64))


class KeyRotation(Model):
    """A re-encryption of all values under one key and cipher; they begin with ``prefix`` afterwards.

    Done are the tables before ``table_name`` and its rows up to ``reached``. ``total`` counts the values that were to
    be done, ``done`` those that are, ``unreadable`` those that no key of the ring decrypts.
    """

    __tablename__ = "key_rotation"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    prefix: Mapped[str] = mapped_column(sa.String(16))
    table_name: Mapped[str] = mapped_column(sa.String(64), default="")
    reached: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    total: Mapped[int] = mapped_column(sa.BigInteger)
    done: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    unreadable: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
