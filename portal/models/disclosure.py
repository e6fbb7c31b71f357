"""Requests for disclosure: a table of their own, outside letters, rates and archive."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.domain.disclosure import DisclosureOutcome, DisclosureState
from portal.models.base import EncryptedText, Model, UtcDateTime, word
from portal.models.organisation import Organisation


class DisclosureRequest(Model):
    """A request; ``due_on`` is empty while the applicant completes it."""

    __tablename__ = "disclosure_request"
    __table_args__ = (sa.Index("ix_disclosure_request_received", "received_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    applicant: Mapped[str] = mapped_column(EncryptedText)
    subject: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[DisclosureState] = mapped_column(
        word(DisclosureState), default=DisclosureState.OPEN
    )
    outcome: Mapped[DisclosureOutcome | None] = mapped_column(word(DisclosureOutcome))
    answer: Mapped[str | None] = mapped_column(sa.Text)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    completion_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    extension_days: Mapped[int] = mapped_column(default=0)
    due_on: Mapped[date | None]
    on_time: Mapped[bool | None]

    organisation: Mapped[Organisation] = relationship()
