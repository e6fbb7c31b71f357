"""Events, one row for each, and what is derived from them: state intervals, record, audit chain."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.domain.audit.rows import ChainKind
from portal.domain.events import ActorKind, Axis, ReadAction
from portal.domain.record.leaves import RecordKind
from portal.models.base import Id, Model, SealedText, UtcDateTime, stamped, word
from portal.models.organisation import Organisation
from portal.models.user import User

_NAMED = sa.text("subject IS NOT NULL")
"""Events of letters have no subject; the index holds the others."""
_BY_STAFF = sa.text("actor_id IS NOT NULL")
_AT_ADDRESS = sa.text("address IS NOT NULL")
OTHER = sa.text("axis IN ('record', 'administration')")
"""Events that move no letter: few of an action stand between many others."""
NO_HOPS = sa.text("action IN ('recall_dispatch', 'hand_over')")
"""The events of an index of their own: few move a letter without a hop."""


class Event(Model):
    """An event; never changed, never deleted. ``action`` is one of the actions of the domain.

    ``due_on`` is set on events that end the handling: the due date that the sender was given.
    It is empty where there was none (a letter of another system, a paused clock).
    """

    __tablename__ = "event"
    __table_args__ = (
        sa.Index("ix_event_letter", "letter_id", "id"),
        sa.Index("ix_event_occurred", "occurred_at"),
        sa.Index(
            "ix_event_no_hop",
            "letter_id",
            "occurred_at",
            sqlite_where=NO_HOPS,
            postgresql_where=NO_HOPS,
        ),
        sa.Index("ix_event_recorded", "recorded_at", "id"),
        sa.Index(
            "ix_event_actor",
            "actor_id",
            "recorded_at",
            sqlite_where=_BY_STAFF,
            postgresql_where=_BY_STAFF,
        ),
        sa.Index(
            "ix_event_address",
            "address",
            "recorded_at",
            sqlite_where=_AT_ADDRESS,
            postgresql_where=_AT_ADDRESS,
        ),
        sa.Index(
            "ix_event_other", "action", "recorded_at", sqlite_where=OTHER, postgresql_where=OTHER
        ),
        sa.Index("ix_event_subject", "subject", sqlite_where=_NAMED, postgresql_where=_NAMED),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    letter_id: Mapped[int | None] = mapped_column(sa.ForeignKey("letter.id"))
    action: Mapped[str] = mapped_column(sa.String(32))
    axis: Mapped[Axis] = mapped_column(word(Axis))
    from_state: Mapped[str | None] = mapped_column(sa.String(32))
    to_state: Mapped[str | None] = mapped_column(sa.String(32))
    actor_kind: Mapped[ActorKind] = mapped_column(word(ActorKind))
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"))
    to_organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"))
    acting_organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"))
    """The superior whose role let the actor act in the name of ``organisation``; else empty."""
    reason_code: Mapped[str | None] = mapped_column(sa.String(32))
    reason: Mapped[str | None] = mapped_column(sa.Text)
    subject: Mapped[str | None] = mapped_column(sa.String(100))
    due_on: Mapped[date | None]
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    address: Mapped[str | None] = mapped_column(sa.String(64))
    """The network address of a member of staff; that of a citizen is not kept."""
    session_id: Mapped[int | None] = mapped_column(Id)
    """The row of the session, which outlives it; the key of the session does not follow from it."""
    stamp: Mapped[bytes | None] = mapped_column(sa.LargeBinary, default=stamped(ChainKind.EVENT))
    """See :mod:`portal.domain.audit.rows`; empty in events that are older than the audit chain."""

    actor: Mapped[User | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship(foreign_keys=[organisation_id])
    to_organisation: Mapped[Organisation | None] = relationship(foreign_keys=[to_organisation_id])
    acting_organisation: Mapped[Organisation | None] = relationship(
        foreign_keys=[acting_organisation_id]
    )


class ReadEvent(Model):
    """What a member of staff looked at; never changed, removed when its time is over.

    There are no foreign keys, so that a page never waits for somebody who has the letter locked.
    """

    __tablename__ = "read_event"
    __table_args__ = (
        sa.Index("ix_read_event_recorded", "recorded_at", "id"),
        sa.Index("ix_read_event_actor", "actor_id", "recorded_at"),
        sa.Index("ix_read_event_letter", "letter_id", "recorded_at"),
        sa.Index("ix_read_event_address", "address", "recorded_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    action: Mapped[ReadAction] = mapped_column(word(ReadAction))
    actor_id: Mapped[int] = mapped_column(Id)
    letter_id: Mapped[int | None] = mapped_column(Id)
    subject: Mapped[str | None] = mapped_column(sa.String(100))
    detail: Mapped[str | None] = mapped_column(SealedText)
    """What was searched for, which may be a name; identifiers of people are masked besides."""
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    address: Mapped[str | None] = mapped_column(sa.String(64))
    session_id: Mapped[int | None] = mapped_column(Id)
    stamp: Mapped[bytes | None] = mapped_column(sa.LargeBinary, default=stamped(ChainKind.READ))


class AuditBlock(Model):
    """The seals of rows of one kind, made together and bound to the block before.

    See :mod:`portal.domain.audit.chain`. ``seals`` is empty where the rows were removed.
    """

    __tablename__ = "audit_block"

    number: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    kind: Mapped[ChainKind] = mapped_column(word(ChainKind))
    size: Mapped[int]
    total: Mapped[int] = mapped_column(Id)
    digest: Mapped[bytes] = mapped_column(sa.LargeBinary)
    seals: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    sealed_with: Mapped[bytes] = mapped_column(sa.LargeBinary)
    mac: Mapped[bytes] = mapped_column(sa.LargeBinary)
    sealed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AuditHead(Model):
    """How far the audit chain goes: one row, which is locked by who adds to it."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Id)
    total: Mapped[int] = mapped_column(Id)
    mac: Mapped[bytes] = mapped_column(sa.LargeBinary)
    adopted_id: Mapped[int] = mapped_column(Id)
    event_id: Mapped[int] = mapped_column(Id)
    read_id: Mapped[int] = mapped_column(Id)
    removed: Mapped[int] = mapped_column(Id)
    gaps: Mapped[str] = mapped_column(sa.Text)
    sealed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sealed_with: Mapped[bytes] = mapped_column(sa.LargeBinary)
    signature: Mapped[bytes] = mapped_column(sa.LargeBinary)


class StateInterval(Model):
    """The interval in which a letter was in a state; derived from events, rebuilt from them.

    ``ended_at`` is empty for the present state. Queues, waits for the citizen, hops and coded
    reasons are read from it; the rates are sums of :class:`~portal.models.RateFact`.
    """

    __tablename__ = "state_interval"
    __table_args__ = (
        sa.Index("ix_state_interval_letter", "letter_id", "axis", "started_at"),
        sa.Index("ix_state_interval_state", "state", "started_at", "ended_at", "letter_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    letter_id: Mapped[int] = mapped_column(sa.ForeignKey("letter.id"))
    axis: Mapped[Axis] = mapped_column(word(Axis))
    state: Mapped[str] = mapped_column(sa.String(32))
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RecordLeaf(Model):
    """A leaf of the public record, in the order of recording; never changed, never deleted.

    Event and letter have no foreign keys, so that a leaf outlives what is deleted and names it.
    """

    __tablename__ = "record_leaf"

    position: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(Id, unique=True)
    letter_id: Mapped[int] = mapped_column(Id, index=True)
    kind: Mapped[RecordKind] = mapped_column(word(RecordKind))
    day: Mapped[date]
    """The civil day in Shanghai on which it happened."""
    commitment: Mapped[str] = mapped_column(sa.String(64))


class RecordNode(Model):
    """The hash of a whole subtree of the public record, of those that are wide enough to be kept."""

    __tablename__ = "record_node"

    level: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    index: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(sa.String(64))


class RecordHead(Model):
    """The signed head of the public record at the end of a day.

    ``public_key`` is the key of the signature, so that heads of earlier keys can still be verified.
    """

    __tablename__ = "record_head"

    day: Mapped[date] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(Id)
    root: Mapped[str] = mapped_column(sa.String(64))
    signature: Mapped[str] = mapped_column(sa.String(128))
    public_key: Mapped[str] = mapped_column(sa.String(64))
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)
