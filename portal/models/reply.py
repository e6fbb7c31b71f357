"""Replies: drafts, those that wait for sign-off, and those that the citizen received."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Id, Model, UtcDateTime, word
from portal.models.organisation import Organisation
from portal.models.user import User


class ReplyKind(StrEnum):
    """The kind of a reply: the one that closes a letter, or a follow-up."""

    REPLY = "reply"
    FOLLOW_UP = "follow_up"


class ReplyStatus(StrEnum):
    """The status of a reply; one that is sent back is a draft again."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    SIGNED = "signed"


class Reply(Model):
    """A reply; ``version`` protects two people who write at once."""

    __tablename__ = "reply"
    __table_args__ = (sa.Index("ix_reply_status", "status", "letter_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    letter_id: Mapped[int] = mapped_column(sa.ForeignKey("letter.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"))
    kind: Mapped[ReplyKind] = mapped_column(word(ReplyKind), default=ReplyKind.REPLY)
    status: Mapped[ReplyStatus] = mapped_column(word(ReplyStatus), default=ReplyStatus.DRAFT)
    text: Mapped[str] = mapped_column(sa.Text)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    signer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    review_note: Mapped[str | None] = mapped_column(sa.Text)
    version: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation] = relationship()
    author: Mapped[User | None] = relationship(foreign_keys=[author_id])
