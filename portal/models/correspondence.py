"""The correspondence around a letter: messages, files, co-handling, extensions, appeal, rating, erasure."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.domain.files.kinds import FileKind
from portal.domain.privacy.erasure import ErasureOutcome, ErasureRefusal
from portal.models.base import EncryptedText, Id, Model, UtcDateTime, word
from portal.models.organisation import Organisation
from portal.models.user import User


class MessageKind(StrEnum):
    """The direction and purpose of a message."""

    QUESTION = "question"
    SUPPLEMENT = "supplement"
    ADDITION = "addition"
    APPEAL = "appeal"
    REDO = "redo"


class Message(Model):
    """A question to the citizen, a supplement or an addition, an appeal, or a request for a redo."""

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    letter_id: Mapped[int] = mapped_column(sa.ForeignKey("letter.id"), index=True)
    kind: Mapped[MessageKind] = mapped_column(word(MessageKind))
    text: Mapped[str] = mapped_column(sa.Text)
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"))
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    organisation: Mapped[Organisation | None] = relationship()


class Attachment(Model):
    """A file that came with a letter or a request for disclosure, or that somebody is about to send.

    It belongs to the letter itself, to one of its messages (``message_id``) or replies (``reply_id``),
    or to a request. Until what it was chosen for is sent, ``draft_key`` says which form has it.
    ``stored`` and ``thumbnail`` are names in the store of files, whose content is encrypted under
    ``key``; ``size`` counts the bytes as they came back out.
    """

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    letter_id: Mapped[int | None] = mapped_column(sa.ForeignKey("letter.id"), index=True)
    message_id: Mapped[int | None] = mapped_column(sa.ForeignKey("message.id"), index=True)
    reply_id: Mapped[int | None] = mapped_column(sa.ForeignKey("reply.id"), index=True)
    request_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("disclosure_request.id"), index=True
    )
    draft_key: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    name: Mapped[str] = mapped_column(EncryptedText)
    kind: Mapped[FileKind] = mapped_column(word(FileKind))
    size: Mapped[int]
    width: Mapped[int | None]
    height: Mapped[int | None]
    pages: Mapped[int | None]
    stored: Mapped[str] = mapped_column(sa.String(64), unique=True)
    thumbnail: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    key: Mapped[str] = mapped_column(EncryptedText)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DiscardedFile(Model):
    """A file that no row needs any more; the worker takes it out of the store."""

    __tablename__ = "discarded_file"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    area: Mapped[str] = mapped_column(sa.String(16))
    stored: Mapped[str] = mapped_column(sa.String(64))


class Extension(Model):
    """A requested extension; ``granted`` is empty until the superior decides."""

    __tablename__ = "extension"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    letter_id: Mapped[int] = mapped_column(sa.ForeignKey("letter.id"), index=True)
    days: Mapped[int]
    reason: Mapped[str] = mapped_column(sa.Text)
    requester_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    granted: Mapped[bool | None]
    decider_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision_note: Mapped[str | None] = mapped_column(sa.Text)

    requester: Mapped[User | None] = relationship(foreign_keys=[requester_id])


class Appeal(Model):
    """An appeal of the sender against declining, decided by the superior ``organisation``.

    ``decliner_id`` is who declined; ``upheld`` says whether the letter stays declined and is empty
    until somebody decides.
    """

    __tablename__ = "appeal"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    letter_id: Mapped[int] = mapped_column(sa.ForeignKey("letter.id"), unique=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    decliner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    appealed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    upheld: Mapped[bool | None]
    decider_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision_note: Mapped[str | None] = mapped_column(sa.Text)

    organisation: Mapped[Organisation] = relationship()


class CoHandling(Model):
    """An organisation asked to contribute; the lead organisation replies."""

    __tablename__ = "co_handling"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    letter_id: Mapped[int] = mapped_column(sa.ForeignKey("letter.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    request: Mapped[str] = mapped_column(sa.Text)
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    contribution: Mapped[str | None] = mapped_column(sa.Text)
    contributor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    contributed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    organisation: Mapped[Organisation] = relationship(lazy="joined")


class Rating(Model):
    """The citizen's rating, 1 to 5 each, after closing."""

    __tablename__ = "rating"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    letter_id: Mapped[int] = mapped_column(sa.ForeignKey("letter.id"), unique=True)
    attitude: Mapped[int] = mapped_column(sa.SmallInteger)
    efficiency: Mapped[int] = mapped_column(sa.SmallInteger)
    comment: Mapped[str] = mapped_column(sa.Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ErasureRequest(Model):
    """A request of the sender to be erased, and what the office decided.

    ``unpublish`` says that consent is withdrawn too, so that a public copy leaves the web.
    """

    __tablename__ = "erasure_request"
    __table_args__ = (sa.Index("ix_erasure_request_outcome", "outcome", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    letter_id: Mapped[int] = mapped_column(sa.ForeignKey("letter.id"), index=True)
    unpublish: Mapped[bool]
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[ErasureOutcome] = mapped_column(
        word(ErasureOutcome), default=ErasureOutcome.PENDING
    )
    refusal: Mapped[ErasureRefusal | None] = mapped_column(word(ErasureRefusal))
    reason: Mapped[str | None] = mapped_column(sa.Text)
    """What the office says to the sender about a refusal."""
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    decided_by: Mapped[User | None] = relationship()
