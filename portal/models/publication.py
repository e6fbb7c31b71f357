"""Publication: proposals with their redaction masks, and the archive of redacted copies.

A proposal holds the untouched texts and the ranges of them that are masked. The archive holds the
redacted copy only; public pages, feeds, API and index read nothing else. Entries about the same matter
are gathered in matters, which the worker keeps.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.domain.files.kinds import FileKind
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import EarlierVersions, UnpublishReason
from portal.domain.redaction import Decision, PublicField
from portal.models.base import EncryptedText, Id, Model, UtcDateTime, word
from portal.models.correspondence import Attachment
from portal.models.organisation import Organisation
from portal.models.user import User


class ProposalStatus(StrEnum):
    """The status of a proposal."""

    OPEN = "open"
    PUBLISHED = "published"
    REFUSED = "refused"
    RECALLED = "recalled"


class Proposal(Model):
    """A proposal to publish a letter, or to correct its public entry (``correction``)."""

    __tablename__ = "proposal"
    __table_args__ = (sa.Index("ix_proposal_status", "status", "letter_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    letter_id: Mapped[int] = mapped_column(sa.ForeignKey("letter.id"), index=True)
    status: Mapped[ProposalStatus] = mapped_column(
        word(ProposalStatus), default=ProposalStatus.OPEN
    )
    correction: Mapped[bool] = mapped_column(default=False)
    earlier_versions: Mapped[EarlierVersions | None] = mapped_column(word(EarlierVersions))
    """Given for a correction of the public texts by hand; else they are those of letter and reply."""
    title: Mapped[str] = mapped_column(sa.String(100))
    text: Mapped[str] = mapped_column(sa.Text)
    question: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    supplement: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    reply: Mapped[str] = mapped_column(sa.Text)
    note: Mapped[str | None] = mapped_column(sa.Text)
    proposer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reviewer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    masks: Mapped[list[RedactionMask]] = relationship(
        back_populates="proposal",
        cascade="all, delete-orphan",
        order_by="(RedactionMask.field, RedactionMask.start)",
    )
    releases: Mapped[list[FileRelease]] = relationship(order_by="FileRelease.attachment_id")
    proposer: Mapped[User | None] = relationship(foreign_keys=[proposer_id])
    reviewer: Mapped[User | None] = relationship(foreign_keys=[reviewer_id])

    @property
    def is_open(self) -> bool:
        """Whether it still waits for a decision."""
        return self.status is ProposalStatus.OPEN

    @property
    def is_by_hand(self) -> bool:
        """Whether its texts are public texts that a person has corrected."""
        return self.earlier_versions is not None

    @property
    def proposed_to_keep(self) -> int:
        """How many open findings the detector proposes to keep."""
        return sum(mask.proposed is Decision.KEEP for mask in self.open_masks)

    @property
    def open_masks(self) -> list[RedactionMask]:
        """Findings that nobody has settled."""
        return [mask for mask in self.masks if mask.is_open]


class RedactionMask(Model):
    """A range of a text, found by a detector or chosen by a person, and the decision on it."""

    __tablename__ = "redaction_mask"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    proposal_id: Mapped[int] = mapped_column(sa.ForeignKey("proposal.id"), index=True)
    field: Mapped[PublicField] = mapped_column(word(PublicField))
    start: Mapped[int]
    end: Mapped[int]
    kind: Mapped[str] = mapped_column(sa.String(32))
    replacement: Mapped[str] = mapped_column(sa.String(200))
    decision: Mapped[Decision] = mapped_column(word(Decision), default=Decision.OPEN)
    reason: Mapped[str | None] = mapped_column(sa.String(200))
    decider_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))

    proposal: Mapped[Proposal] = relationship(back_populates="masks")

    @property
    def is_open(self) -> bool:
        """Whether nobody has settled the finding yet."""
        return self.decision is Decision.OPEN

    @property
    def proposed(self) -> Decision:
        """What the detector proposes for an open finding: to keep it where it gives a reason."""
        return Decision.KEEP if self.reason else Decision.MASK

    @property
    def is_masked(self) -> bool:
        """Whether somebody decided that the public does not read the range."""
        return self.decision is Decision.MASK

    @property
    def hides(self) -> bool:
        """Whether the public reads the replacement; so it does until somebody keeps the words."""
        return self.decision is not Decision.KEEP


class FileRelease(Model):
    """A file that a person has looked at and released with a proposal, and the copy that was made of it.

    ``covers`` are the rectangles burned into the copy, which is encrypted like the file itself until it
    is published. A file without a row stays private.
    """

    __tablename__ = "file_release"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    proposal_id: Mapped[int] = mapped_column(sa.ForeignKey("proposal.id"), index=True)
    attachment_id: Mapped[int] = mapped_column(sa.ForeignKey("attachment.id"), index=True)
    covers: Mapped[str] = mapped_column(sa.Text)
    size: Mapped[int]
    stored: Mapped[str] = mapped_column(sa.String(64), index=True)
    key: Mapped[str] = mapped_column(EncryptedText)
    decider_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)

    attachment: Mapped[Attachment] = relationship()
    decider: Mapped[User | None] = relationship()


class PublicFile(Model):
    """A file of a public entry; ``stored`` is its name in the public area, where it lies as it is served."""

    __tablename__ = "public_file"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("archive_entry.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(100))
    kind: Mapped[FileKind] = mapped_column(word(FileKind))
    size: Mapped[int]
    width: Mapped[int | None]
    height: Mapped[int | None]
    stored: Mapped[str] = mapped_column(sa.String(64), index=True)


def _some(name: str, column: str, condition: str) -> sa.Index:
    """Return an index of the entries whose ``unpublished_at`` fulfils ``condition``."""
    where = sa.text(f"unpublished_at {condition}")
    return sa.Index(name, column, "id", sqlite_where=where, postgresql_where=where)


class ArchiveEntry(Model):
    """The redacted copy of letter and reply; unpublished entries are emptied and keep their id."""

    __tablename__ = "archive_entry"
    # Only public entries: PostgreSQL takes no order from an index that begins with a NULL.
    __table_args__ = (
        _some("ix_archive_entry_newest", "answered_on", "IS NULL"),
        _some("ix_archive_entry_asked", "asked_on", "IS NULL"),
        _some("ix_archive_entry_topic", "category", "IS NULL"),
        _some("ix_archive_entry_place", "place_id", "IS NULL"),
        _some("ix_archive_entry_published", "published_at", "IS NULL"),
        _some("ix_archive_entry_unpublished", "unpublished_at", "IS NOT NULL"),
        sa.Index(
            "ix_archive_entry_outdated",
            "policy_change_id",
            sqlite_where=sa.text("policy_change_id IS NOT NULL"),
            postgresql_where=sa.text("policy_change_id IS NOT NULL"),
        ),
        sa.Index("ix_archive_entry_changed", "updated_at", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    letter_id: Mapped[int] = mapped_column(sa.ForeignKey("letter.id"), unique=True)
    revision: Mapped[int] = mapped_column(default=1)
    kind: Mapped[Kind] = mapped_column(word(Kind))
    category: Mapped[str | None] = mapped_column(sa.String(32))
    title: Mapped[str] = mapped_column(sa.String(100))
    text: Mapped[str] = mapped_column(sa.Text)
    question: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    supplement: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    reply: Mapped[str] = mapped_column(sa.Text)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    organisation_name: Mapped[str] = mapped_column(sa.String(100))
    place_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"))
    """The government of the district that the entry speaks of."""
    asked_on: Mapped[date]
    answered_on: Mapped[date]
    working_days: Mapped[int]
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    under_revision: Mapped[bool] = mapped_column(default=False)
    machine_reviewed: Mapped[bool] = mapped_column(default=False)
    unpublished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    unpublish_reason: Mapped[UnpublishReason | None] = mapped_column(word(UnpublishReason))
    """Why it was unpublished; empty also where that was coded by a reason of refusal."""
    policy_change_id: Mapped[int | None] = mapped_column(sa.ForeignKey("policy_change.id"))
    """The change of policy by which the answer may no longer hold; a new text ends it."""
    helpful: Mapped[int] = mapped_column(default=0)
    unhelpful: Mapped[int] = mapped_column(default=0)

    organisation: Mapped[Organisation] = relationship(
        lazy="joined", foreign_keys="ArchiveEntry.organisation_id"
    )
    policy_change: Mapped[PolicyChange | None] = relationship()
    files: Mapped[list[PublicFile]] = relationship(
        cascade="all, delete-orphan", order_by="PublicFile.id", lazy="selectin"
    )
    versions: Mapped[list[ArchiveVersion]] = relationship(
        cascade="all, delete-orphan", order_by="ArchiveVersion.revision"
    )


PUBLIC: sa.ColumnElement[bool] = ArchiveEntry.unpublished_at.is_(None)
"""The condition under which everybody may read an entry."""
HELPFULNESS: sa.ColumnElement[int] = ArchiveEntry.helpful - ArchiveEntry.unhelpful
"""By which the answers that readers found most helpful come first."""


class ArchiveVersion(Model):
    """The texts of an entry before a correction."""

    __tablename__ = "archive_version"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("archive_entry.id"), index=True)
    revision: Mapped[int]
    title: Mapped[str] = mapped_column(sa.String(100))
    text: Mapped[str] = mapped_column(sa.Text)
    question: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    supplement: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    reply: Mapped[str] = mapped_column(sa.Text)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    note: Mapped[str | None] = mapped_column(sa.Text)
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When its texts were emptied, because personal data stood in them."""


class ProblemNotice(Model):
    """A reader's notice that something is wrong with an entry."""

    __tablename__ = "problem_notice"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("archive_entry.id"), index=True)
    text: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column("settled_at", UtcDateTime)


class SiteNotice(Model):
    """A reader's notice that something on the site is wrong, and the answer of who runs the site.

    ``code_hash`` is the keyed hash of the code in the address under which the reader finds the answer.
    """

    __tablename__ = "site_notice"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    page: Mapped[str] = mapped_column(sa.String(300))
    text: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(sa.Text)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


class Matter(Model):
    """A matter that several public entries are about, gathered around the entry ``centre_id``."""

    __tablename__ = "matter"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    centre_id: Mapped[int] = mapped_column(sa.ForeignKey("archive_entry.id"), unique=True)


class MatterEntry(Model):
    """An entry that the worker has compared with others, and the matter it is a member of, if any.

    ``read_at`` is the ``updated_at`` of the entry as it was compared, ``None`` where it is to be
    compared again; ``similarity`` is that with the centre, 1 for the centre itself.
    """

    __tablename__ = "matter_entry"

    entry_id: Mapped[int] = mapped_column(
        sa.ForeignKey("archive_entry.id"), primary_key=True, autoincrement=False
    )
    matter_id: Mapped[int | None] = mapped_column(sa.ForeignKey("matter.id"), index=True)
    similarity: Mapped[float | None]
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EntryVectors(Model):
    """What a model made of the texts of an entry, by which entries are compared in meaning.

    ``vectors`` has those of title, letter and reply after one another, in half precision. They hold for
    the text of ``revision`` and compare with others of the same ``model`` only. No row is left of an entry
    that is not public.
    """

    __tablename__ = "entry_vectors"

    entry_id: Mapped[int] = mapped_column(
        sa.ForeignKey("archive_entry.id"), primary_key=True, autoincrement=False
    )
    revision: Mapped[int]
    model: Mapped[str] = mapped_column(sa.String(64))
    vectors: Mapped[bytes] = mapped_column(sa.LargeBinary)


class PolicyChange(Model):
    """A policy that took the place of another, and how to find the answers that cite the old one.

    ``title`` and ``number`` are the successor's, ``cited`` has words or document numbers, one a line.
    ``organisation_id`` is where it was recorded; ``ended_at`` is when it was taken back.
    """

    __tablename__ = "policy_change"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(100))
    number: Mapped[str] = mapped_column(sa.String(60))
    effective_on: Mapped[date]
    cited: Mapped[str] = mapped_column(sa.Text)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"))
    creator_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)


class PolicyCitation(Model):
    """What a person decided about an answer that cites the old policy, in that revision."""

    __tablename__ = "policy_citation"

    change_id: Mapped[int] = mapped_column(
        sa.ForeignKey("policy_change.id"), primary_key=True, autoincrement=False
    )
    entry_id: Mapped[int] = mapped_column(
        sa.ForeignKey("archive_entry.id"), primary_key=True, autoincrement=False, index=True
    )
    revision: Mapped[int]
    outdated: Mapped[bool]
