"""The letter: what the citizen wrote, its state and the organisation that holds it."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.domain.access import ANSWERING
from portal.domain.integrity.binding import SEAL_LENGTH
from portal.domain.letters.kinds import Kind
from portal.domain.letters.sender_keys import LENGTH, email_key, name_key, phone_key
from portal.domain.letters.states import CloseReason, ConsentBasis, Publication, Source, State
from portal.domain.redaction import Sender
from portal.models.base import (
    EncryptedText,
    Id,
    Model,
    SenderKeys,
    UtcDateTime,
    bind,
    keyed,
    sealed,
    word,
)
from portal.models.correspondence import (
    Appeal,
    Attachment,
    CoHandling,
    ErasureRequest,
    Extension,
    Message,
    MessageKind,
    Rating,
)
from portal.models.organisation import Organisation
from portal.models.publication import Proposal
from portal.models.reply import Reply, ReplyKind, ReplyStatus
from portal.models.token import ApiToken
from portal.models.user import RoleGrant, User

SENDER_TEXTS = ("sender_name", "sender_phone", "sender_email")
"""The encrypted columns that are bound to their row."""


class Letter(Model):
    """A letter.

    ``version`` counts changes, so that the slower of two handlers learns of the other's change.
    """

    __tablename__ = "letter"
    __table_args__ = (
        sa.Index("ix_letter_inbox", "organisation_id", "state", "due_on"),
        sa.Index("ix_letter_state_due", "state", "due_on"),
        sa.Index("ix_letter_publication", "publication", "organisation_id"),
        sa.Index("ix_letter_received", "received_at", "received_organisation_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(24), unique=True)
    code_hash: Mapped[str | None] = mapped_column(sa.String(64))
    renewed_hash: Mapped[str | None] = mapped_column(sa.String(64))
    """The hash of the code that opens it in place of the first, whose hash the public record is bound to."""
    form_key: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    source: Mapped[Source] = mapped_column(word(Source), default=Source.WEB)
    source_key: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    token_id: Mapped[int | None] = mapped_column(sa.ForeignKey("api_token.id"))
    """The token of the program that handed it in, for a letter that no person typed here."""

    kind: Mapped[Kind] = mapped_column(word(Kind))
    never_public: Mapped[bool] = mapped_column(default=False)
    """Whether it is or ever was of a kind that is never published."""
    category: Mapped[str | None] = mapped_column(sa.String(32))
    title: Mapped[str] = mapped_column(sa.String(100))
    text: Mapped[str] = mapped_column(sa.Text)
    sender_name: Mapped[str | None] = mapped_column(EncryptedText)
    sender_phone: Mapped[str | None] = mapped_column(EncryptedText)
    sender_email: Mapped[str | None] = mapped_column(EncryptedText)
    # What a new row has here is computed from the three columns above; see reach_at.
    name_key: Mapped[str | None] = mapped_column(
        sa.String(LENGTH), default=keyed(name_key, "sender_name"), index=True
    )
    phone_key: Mapped[str | None] = mapped_column(
        sa.String(LENGTH), default=keyed(phone_key, "sender_phone"), index=True
    )
    email_key: Mapped[str | None] = mapped_column(
        sa.String(LENGTH), default=keyed(email_key, "sender_email"), index=True
    )
    sender_seal: Mapped[str | None] = mapped_column(
        sa.String(SEAL_LENGTH), default=sealed("letter", SENDER_TEXTS)
    )
    """Binds name and contacts to the number of this row."""
    consent_basis: Mapped[ConsentBasis] = mapped_column(
        word(ConsentBasis), default=ConsentBasis.NONE
    )

    state: Mapped[State] = mapped_column(word(State), default=State.SUBMITTED)
    publication: Mapped[Publication] = mapped_column(
        word(Publication), default=Publication.NOT_PROPOSED
    )
    state_before: Mapped[State | None] = mapped_column(word(State))
    close_reason: Mapped[CloseReason | None] = mapped_column(word(CloseReason))
    version: Mapped[int] = mapped_column(default=1)

    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"))
    received_organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"))
    sent_from_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"))
    accused_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"))
    organisation_words: Mapped[str | None] = mapped_column(sa.String(60))
    """The organisation in the sender's words, where none was found; for the dispatcher alone."""
    citizen_key: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    """The keyed hash of the sender at the identity provider, where the sender keeps the letter there."""
    ruling_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"))
    closing_organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"))
    assignee_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("letter.id"), index=True)

    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was sent to where it waits to be signed for."""
    sent_from_before_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"))
    """What ``sent_from_id`` goes back to if it is recalled."""
    assignee_before_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    """What ``assignee_id`` goes back to if it is recalled."""

    return_count: Mapped[int] = mapped_column(default=0)
    hop_count: Mapped[int] = mapped_column(default=0)
    placed: Mapped[bool] = mapped_column(default=False)
    accepted: Mapped[bool] = mapped_column(default=False)
    reopened: Mapped[bool] = mapped_column(default=False)
    supervised: Mapped[bool] = mapped_column(default=False)

    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    clock_from: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the time limit began to run: at receipt, or at the request for a redo."""
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first_response_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deadline_organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"))
    """Whose deadline rule it follows; empty for a rule of all organisations."""
    extension_days: Mapped[int] = mapped_column(default=0)
    due_on: Mapped[date | None]
    answer_by: Mapped[date | None]
    """Day by which the citizen must supplement."""
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the person was erased: name, contacts, their hashes, and the texts that are not public."""
    phone_verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    email_verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the sender proved that the contact is theirs; another one has to be proven again."""
    added_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the sender added something last, until the office takes the letter on."""
    urge_count: Mapped[int] = mapped_column(default=0, server_default="0")
    """Times that the sender has urged since the clock began."""
    urge_from: Mapped[date | None]
    """Day from which the sender may urge again, after urging."""

    token: Mapped[ApiToken | None] = relationship()
    organisation: Mapped[Organisation] = relationship(foreign_keys=[organisation_id])
    received_organisation: Mapped[Organisation] = relationship(
        foreign_keys=[received_organisation_id]
    )
    sent_from: Mapped[Organisation | None] = relationship(foreign_keys=[sent_from_id])
    closing_organisation: Mapped[Organisation | None] = relationship(
        foreign_keys=[closing_organisation_id]
    )
    accused: Mapped[Organisation | None] = relationship(foreign_keys=[accused_id])
    ruling: Mapped[Organisation | None] = relationship(foreign_keys=[ruling_id])
    assignee: Mapped[User | None] = relationship(foreign_keys=[assignee_id])
    parent: Mapped[Letter | None] = relationship(remote_side=[id], back_populates="children")
    children: Mapped[list[Letter]] = relationship(back_populates="parent")
    replies: Mapped[list[Reply]] = relationship(order_by="Reply.id")
    messages: Mapped[list[Message]] = relationship(order_by="Message.id")
    attachments: Mapped[list[Attachment]] = relationship(order_by="Attachment.id")
    extensions: Mapped[list[Extension]] = relationship(order_by="Extension.id")
    helpers: Mapped[list[CoHandling]] = relationship(order_by="CoHandling.id")
    appeal: Mapped[Appeal | None] = relationship()
    rating: Mapped[Rating | None] = relationship()
    proposals: Mapped[list[Proposal]] = relationship(order_by="Proposal.id")
    grants_there: Mapped[list[RoleGrant]] = relationship(
        primaryjoin=lambda: Letter.organisation_id == sa.orm.foreign(RoleGrant.organisation_id),
        viewonly=True,
    )
    """The roles held at the organisation that holds the letter."""

    erasure_requests: Mapped[list[ErasureRequest]] = relationship(order_by="ErasureRequest.id")

    # What the guards of the transition table and the access rules read.

    @property
    def organisation_path(self) -> str:
        """Path of the organisation that holds the letter."""
        return self.organisation.path

    @property
    def accused_paths(self) -> tuple[str, ...]:
        """Paths from which a letter of wrongdoing is hidden."""
        return self.accused.report_paths if self.accused else ()

    @property
    def answerable(self) -> bool:
        """Whether somebody in service where it lies may write the reply."""
        return any(
            grant.role in ANSWERING and not grant.user.disabled for grant in self.grants_there
        )

    @property
    def ruling_path(self) -> str | None:
        """Path of the common superior that must place a disputed letter."""
        return self.ruling.path if self.ruling else None

    @property
    def appeal_pending(self) -> bool:
        """Whether an appeal waits for a decision."""
        return self.appeal is not None and self.appeal.decided_at is None

    @property
    def appealed(self) -> bool:
        """Whether the sender has appealed against declining."""
        return self.appeal is not None

    @property
    def taken_over(self) -> bool:
        """Whether the superior has taken it over after an appeal."""
        return self.appeal is not None and self.appeal.upheld is False

    @property
    def appeal_path(self) -> str | None:
        """Path of the superior that must decide on an appeal, while one waits."""
        return self.appeal.organisation.path if self.appeal and self.appeal_pending else None

    @property
    def decliner_id(self) -> int | None:
        """Who declined what the sender has appealed against."""
        return self.appeal.decliner_id if self.appeal else None

    @property
    def additions(self) -> int:
        """How often the sender has added something unasked."""
        return sum(message.kind is MessageKind.ADDITION for message in self.messages)

    def reach_at(self, phone: str, email: str) -> None:
        """Take over other contacts of the sender, and what equal ones are found by."""
        if phone != self.sender_phone:
            self.phone_verified_at = None
        if email != self.sender_email:
            self.email_verified_at = None
        self.sender_phone, self.sender_email = phone or None, email or None
        self.phone_key = phone_key(SenderKeys.key, self.sender_phone)
        self.email_key = email_key(SenderKeys.key, self.sender_email)

    @property
    def has_verified_contact(self) -> bool:
        """Whether the sender has proven a contact that the letter has."""
        return self.phone_verified_at is not None or self.email_verified_at is not None

    @property
    def sent_from_path(self) -> str | None:
        """Path of the organisation that sent it, until somebody has signed for it."""
        waits = self.state is State.DISPATCHED and self.sent_from is not None
        return self.sent_from.path if waits and self.sent_from else None

    @property
    def helper_paths(self) -> tuple[str, ...]:
        """Paths of the organisations asked to co-handle."""
        return tuple(helper.organisation.path for helper in self.helpers)

    @property
    def reply_in_review(self) -> Reply | None:
        """The reply that waits for sign-off, main or follow-up."""
        waiting = (r for r in self.replies if r.status is ReplyStatus.IN_REVIEW)
        return next(waiting, None)

    @property
    def sender(self) -> Sender:
        """The sender as redaction looks for them."""
        return Sender(self.sender_name or "", self.sender_phone or "", self.sender_email or "")

    @property
    def draft(self) -> Reply | None:
        """The reply being written."""
        return next((r for r in self.replies if r.status is ReplyStatus.DRAFT), None)

    @property
    def signed_replies(self) -> list[Reply]:
        """Replies that the citizen has received, oldest first."""
        return [r for r in self.replies if r.status is ReplyStatus.SIGNED]

    @property
    def answer(self) -> Reply | None:
        """The latest signed reply that is no follow-up."""
        main = [r for r in self.signed_replies if r.kind is ReplyKind.REPLY]
        return main[-1] if main else None

    @property
    def author_id(self) -> int | None:
        """Author of the reply that waits for sign-off."""
        return self.reply_in_review.author_id if self.reply_in_review else None

    @property
    def open_proposal(self) -> Proposal | None:
        """The proposal or correction that waits for a decision."""
        return next((p for p in self.proposals if p.is_open), None)

    @property
    def proposer_id(self) -> int | None:
        """Person who proposed what waits for a decision."""
        return self.open_proposal.proposer_id if self.open_proposal else None

    @property
    def correction_pending(self) -> bool:
        """Whether a correction of the public entry waits."""
        return bool(self.open_proposal and self.open_proposal.correction)

    @property
    def follow_up_pending(self) -> bool:
        """Whether a follow-up reply waits for sign-off."""
        waiting = self.reply_in_review
        return bool(waiting and waiting.kind is ReplyKind.FOLLOW_UP)

    @property
    def pending_extension(self) -> Extension | None:
        """The extension that waits for a decision."""
        return next((e for e in self.extensions if e.granted is None), None)

    @property
    def extension_asker_id(self) -> int | None:
        """Person who asked for the extension that waits."""
        return self.pending_extension.requester_id if self.pending_extension else None

    @property
    def awaited_ids(self) -> tuple[int, ...]:
        """Organisations asked to co-handle that have not contributed yet."""
        return tuple(h.organisation_id for h in self.helpers if h.contribution is None)

    @property
    def extension_pending(self) -> bool:
        """Whether an extension waits for a decision."""
        return self.pending_extension is not None

    @property
    def extension_granted(self) -> bool:
        """Whether the one extension was granted."""
        return any(e.granted for e in self.extensions)

    @property
    def rated(self) -> bool:
        """Whether the citizen has rated."""
        return self.rating is not None

    @property
    def erased(self) -> bool:
        """Whether the person was erased."""
        return self.erased_at is not None

    @property
    def erasure_request(self) -> ErasureRequest | None:
        """The last request of the sender to be erased."""
        return self.erasure_requests[-1] if self.erasure_requests else None

    @property
    def has_children(self) -> bool:
        """Whether other letters are merged into this one."""
        return bool(self.children)


bind(Letter, SENDER_TEXTS, "sender_seal")
