"""Deflected letters: letters not written because a reader found a published answer.

A row holds the entry that helped, its organisation and the moment, and nothing about the person.
These rows are separate from letters and their facts, and no rate counts them.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.domain.letters.kinds import Kind
from portal.models.base import Id, Model, UtcDateTime, word


class DeflectedLetter(Model):
    """A deflected letter; organisation and kind are those of the entry at that moment.

    ``month`` is the civil month of ``occurred_at`` in Shanghai as ``yyyymm``; ``form_key`` is the
    hash of a random value of the form, so that a double click counts once.
    """

    __tablename__ = "deflected_letter"
    # The index covers the counting queries, so that they do not read the table.
    __table_args__ = (
        sa.Index("ix_deflected_letter_count", "occurred_at", "organisation_id", "kind", "month"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    entry_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("archive_entry.id", ondelete="SET NULL"), index=True
    )
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    kind: Mapped[Kind] = mapped_column(word(Kind))
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    month: Mapped[int]
    form_key: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
