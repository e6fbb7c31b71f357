"""Disclosure requests, separate from letters, rates and archive."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.domain.disclosure.application import ApplicantKind, Delivery, RequestSource, WishedForm
from portal.domain.disclosure.requests import PENDING_STATES, DisclosureOutcome, DisclosureState
from portal.domain.integrity.binding import SEAL_LENGTH
from portal.domain.privacy.erasure import ErasureRefusal
from portal.models.base import EncryptedText, Id, Model, UtcDateTime, bind, sealed, word
from portal.models.correspondence import Attachment
from portal.models.organisation import Organisation

APPLICANT_TEXTS = ("applicant", "identity", "phone", "email", "address")
"""The encrypted columns that are bound to their row."""


class DisclosureRequest(Model):
    """A disclosure request; ``due_on`` is empty while the applicant completes it.

    ``version`` counts changes, so that the slower of two handlers learns of the other's change.
    """

    __tablename__ = "disclosure_request"
    __table_args__ = (
        sa.Index("ix_disclosure_request_received", "received_at"),
        sa.Index("ix_disclosure_request_state_due", "state", "due_on"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(20), unique=True)
    code_hash: Mapped[str | None] = mapped_column(sa.String(64))
    form_key: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    source: Mapped[RequestSource] = mapped_column(word(RequestSource), default=RequestSource.WEB)
    version: Mapped[int] = mapped_column(default=1)

    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    applicant_kind: Mapped[ApplicantKind] = mapped_column(
        word(ApplicantKind), default=ApplicantKind.CITIZEN
    )
    applicant: Mapped[str] = mapped_column(EncryptedText)
    identity: Mapped[str | None] = mapped_column(EncryptedText)
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    email: Mapped[str | None] = mapped_column(EncryptedText)
    address: Mapped[str | None] = mapped_column(EncryptedText)
    applicant_seal: Mapped[str | None] = mapped_column(
        sa.String(SEAL_LENGTH), default=sealed("disclosure_request", APPLICANT_TEXTS)
    )
    """Binds the five columns above to the number of this row."""

    title: Mapped[str] = mapped_column(sa.String(100))
    document_number: Mapped[str | None] = mapped_column(sa.String(60))
    description: Mapped[str] = mapped_column(sa.Text)
    wished_form: Mapped[WishedForm] = mapped_column(word(WishedForm), default=WishedForm.ELECTRONIC)
    delivery: Mapped[Delivery] = mapped_column(word(Delivery), default=Delivery.ONLINE)

    state: Mapped[DisclosureState] = mapped_column(
        word(DisclosureState), default=DisclosureState.OPEN
    )
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    completion_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completion_notice: Mapped[str | None] = mapped_column(sa.Text)
    complete_by: Mapped[date | None]
    """Last civil day for the completion, as in the notice."""
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completion: Mapped[str | None] = mapped_column(sa.Text)
    extension_days: Mapped[int] = mapped_column(default=0)
    extension_reason: Mapped[str | None] = mapped_column(sa.Text)
    due_on: Mapped[date | None]
    outcome: Mapped[DisclosureOutcome | None] = mapped_column(word(DisclosureOutcome))
    answer: Mapped[str | None] = mapped_column(sa.Text)
    referred_to: Mapped[str | None] = mapped_column(sa.String(200))
    """The authority in charge of the information instead, and how to reach it."""
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    on_time: Mapped[bool | None]
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    erasure_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    erasure_refusal: Mapped[ErasureRefusal | None] = mapped_column(word(ErasureRefusal))
    """The ground in law, with ``erasure_reason``; empty while what was asked waits."""
    erasure_reason: Mapped[str | None] = mapped_column(sa.Text)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    organisation: Mapped[Organisation] = relationship()
    attachments: Mapped[list[Attachment]] = relationship(order_by="Attachment.id")

    @property
    def completion_asked(self) -> bool:
        """Whether the notice of completion was given; there is at most one."""
        return self.completion_asked_at is not None

    @property
    def pending(self) -> bool:
        """Whether the request has not ended."""
        return self.state in PENDING_STATES

    @property
    def erased(self) -> bool:
        """Whether the applicant is erased."""
        return self.erased_at is not None

    @property
    def erasure_waits(self) -> bool:
        """Whether the applicant has asked to be erased and waits for a decision."""
        asked = self.erasure_asked_at is not None
        return asked and self.erasure_refusal is None and not self.erased


bind(DisclosureRequest, APPLICANT_TEXTS, "applicant_seal")


class DisclosureSequence(Model):
    """The last number given to a disclosure request received in a civil year."""

    __tablename__ = "disclosure_sequence"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]
