"""What is kept of citizens for a day at most: forms not sent yet, open browsers, lost codes."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.domain.messages.states import Channel
from portal.models.base import EncryptedText, Id, Model, UtcDateTime, word


class UnsentForm(Model):
    """The fields of a form between its preview and its sending, encrypted, for a day at most.

    ``key`` is a fingerprint of the form's token and of a secret that only the browser has.
    """

    __tablename__ = "unsent_form"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(64), unique=True)
    content: Mapped[str] = mapped_column(EncryptedText)
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class CitizenSession(Model):
    """A browser that has shown a query code or sent something, until it leaves; a day at most.

    Its cookie holds a key, the row the digest: a copy of the cookie is worth nothing afterwards.
    """

    __tablename__ = "citizen_session"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class CodeRenewal(Model):
    """A request for another query code, for an hour at most; whether there is such a letter is not in it.

    The secrets that are sent are derived from ``key``.
    """

    __tablename__ = "code_renewal"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(32), unique=True)
    number: Mapped[str | None] = mapped_column(sa.String(24))
    """The letter's number, where it was given."""
    channel: Mapped[Channel] = mapped_column(word(Channel))
    contact: Mapped[str] = mapped_column(EncryptedText)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
