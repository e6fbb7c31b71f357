"""Letters that need not be written: somebody found the published answer and said so.

A row says which answer helped, whose it was and when; nothing about the person. These rows stand
apart from letters and their facts, and no rate is made of them.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.domain.letters.kinds import Kind
from portal.models.base import Id, Model, UtcDateTime, word


class DeflectedLetter(Model):
    """One letter not written; organisation and kind are those of the entry at that moment.

    ``month`` is the civil month of ``occurred_at`` in Shanghai as ``yyyymm``; ``form_key`` the hash
    of a random value of the page it was said on, so that a double click counts once.
    """

    __tablename__ = "deflected_letter"
    # The index holds whole questions: counts need no look at the table.
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
