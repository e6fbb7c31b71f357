"""The outbox: jobs of the worker, written in the transaction that made them necessary, and messages."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.domain.letters.sender_keys import LENGTH
from portal.domain.messages.occasions import Occasion
from portal.domain.messages.states import Channel, MessageState
from portal.models.base import EncryptedText, Id, Model, UtcDateTime, word
from portal.models.letter import Letter
from portal.models.user import User

INDEX, ANNOUNCE, WEBHOOK = "index", "announce", "webhook."
"""Queues of the outbox: entries for the index, events to announce, and how those of webhooks begin.

The queues of messages have the names of their channels; each webhook has its own.
"""


class OutboxStatus(StrEnum):
    """The status of a row: waiting, or given up after too many attempts."""

    WAITING = "waiting"
    DEAD = "dead"


class IndexVerdict(Model):
    """What the worker last found of the index: one row, so that asking for it costs nothing.

    ``outcome`` is ok or the kind of error; ``difference`` the number of public entries less the
    documents of the index.
    """

    __tablename__ = "index_verdict"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    outcome: Mapped[str] = mapped_column(sa.String(64))
    difference: Mapped[int]
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OutboxRow(Model):
    """A job of the worker, in one of the queues.

    ``index``: an archive entry whose document in the index must be brought up to date. The worker
    reads the entry as it is then: a public entry is indexed, an unpublished one removed, so that
    rows may be drained late or twice without harm. ``announce``: an event that somebody is to learn
    of. The others: a message to hand over. A row that is taken is not available to others until the
    time is over in which it must be done. Rows of one ``recipient`` are done in their order.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        sa.Index("ix_outbox_waiting", "queue", "status", "available_at", "id"),
        sa.Index("ix_outbox_recipient", "recipient", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    queue: Mapped[str] = mapped_column(sa.String(48), default=INDEX, server_default=INDEX)
    entry_id: Mapped[int | None] = mapped_column(sa.ForeignKey("archive_entry.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(Id)
    """Without a foreign key: a job may wait for an event that was removed from the database."""
    message_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("outgoing_message.id"), unique=True
    )
    recipient: Mapped[str | None] = mapped_column(sa.String(80))
    status: Mapped[OutboxStatus] = mapped_column(word(OutboxStatus), default=OutboxStatus.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    available_at: Mapped[datetime] = mapped_column(UtcDateTime)

    message: Mapped[OutgoingMessage | None] = relationship()


class OutgoingMessage(Model):
    """A message to the sender of a letter, a member of staff or a webhook, without its words.

    The address is looked up when it is sent, so that no copy of one is kept. ``key`` is fixed: the
    Message-ID of a mail and the id that gateways and webhooks get, for every attempt. ``once`` names
    what there may be only one message about.
    """

    __tablename__ = "outgoing_message"
    __table_args__ = (sa.Index("ix_outgoing_message_state", "state", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(32), unique=True)
    occasion: Mapped[Occasion] = mapped_column(word(Occasion))
    channel: Mapped[Channel] = mapped_column(word(Channel))
    letter_id: Mapped[int | None] = mapped_column(sa.ForeignKey("letter.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    webhook: Mapped[str | None] = mapped_column(sa.String(32))
    renewal_id: Mapped[int | None] = mapped_column(Id)
    """A request for another query code, which is gone after an hour."""
    subscription_id: Mapped[int | None] = mapped_column(Id)
    """A subscription, which is erased when it ends."""
    language: Mapped[str] = mapped_column(sa.String(16))
    limit_on: Mapped[date | None]
    facts: Mapped[str | None] = mapped_column(sa.Text)
    """What a digest counts, as JSON: figures by name, or numbers of letters with their due dates."""
    once: Mapped[str] = mapped_column(sa.String(80), unique=True)
    state: Mapped[MessageState] = mapped_column(word(MessageState), default=MessageState.WAITING)
    reference: Mapped[str | None] = mapped_column(sa.String(200), index=True)
    """What the gateway calls the message, by which its delivery receipts name it."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    handed_over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    letter: Mapped[Letter | None] = relationship()
    user: Mapped[User | None] = relationship()


class MessageChoice(Model):
    """How the sender of a letter gets messages about it; without a row there are none.

    The address is the contact that the letter keeps encrypted. ``unreached`` says that the last
    message did not reach it.
    """

    __tablename__ = "message_choice"

    letter_id: Mapped[int] = mapped_column(
        sa.ForeignKey("letter.id"), primary_key=True, autoincrement=False
    )
    channel: Mapped[Channel] = mapped_column(word(Channel))
    language: Mapped[str] = mapped_column(sa.String(16))
    unreached: Mapped[MessageState | None] = mapped_column(word(MessageState))
    chosen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Subscription(Model):
    """What a reader follows by mail: an entry, or a search (``wanted``, as JSON).

    ``address_key`` and ``wanted_key`` are hashes, by which one address follows a thing once.
    ``seen_at`` is the moment up to which everything was sent.
    """

    __tablename__ = "subscription"
    __table_args__ = (sa.UniqueConstraint("address_key", "wanted_key"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(32), unique=True)
    address: Mapped[str] = mapped_column(EncryptedText)
    address_key: Mapped[str] = mapped_column(sa.String(LENGTH))
    language: Mapped[str] = mapped_column(sa.String(16))
    entry_id: Mapped[int | None] = mapped_column(sa.ForeignKey("archive_entry.id"), index=True)
    wanted: Mapped[str] = mapped_column(EncryptedText)
    wanted_key: Mapped[str] = mapped_column(sa.String(64))
    path: Mapped[str] = mapped_column(EncryptedText)
    """The page of what is followed."""
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    looked_on: Mapped[date | None]
    """The civil day on which something new was last looked for."""
