"""Organisations of the tree, and the names and places they had in the past."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.domain.organisations import OrganisationKind
from portal.models.base import Id, Model, word


class Organisation(Model):
    """A member of the letterbox as of today; one with ``closed_on`` can no longer be chosen."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(64), unique=True)
    name: Mapped[str] = mapped_column(sa.String(100))
    short_name: Mapped[str] = mapped_column(sa.String(50), default="")
    kind: Mapped[OrganisationKind] = mapped_column(word(OrganisationKind))
    level: Mapped[int] = mapped_column(default=0)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    path: Mapped[str] = mapped_column(sa.String(200), index=True, default="")
    founded_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    successor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"))

    parent: Mapped[Organisation | None] = relationship(
        remote_side=[id], foreign_keys=[parent_id], back_populates="children"
    )
    children: Mapped[list[Organisation]] = relationship(
        foreign_keys=[parent_id], back_populates="parent"
    )
    versions: Mapped[list[OrganisationVersion]] = relationship(
        back_populates="organisation",
        order_by="OrganisationVersion.valid_from.nulls_first()",
        foreign_keys="OrganisationVersion.organisation_id",
    )

    @property
    def active(self) -> bool:
        """Whether it has not been closed; it may not be founded yet."""
        return self.closed_on is None

    def open_on(self, day: date) -> bool:
        """Return whether it takes letters on the civil ``day``: it is founded and not closed."""
        return self.active and (self.founded_on is None or self.founded_on <= day)


class OrganisationVersion(Model):
    """Name and parent that an organisation had from ``valid_from`` until before ``valid_to``."""

    __tablename__ = "organisation_version"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(100))
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]

    organisation: Mapped[Organisation] = relationship(
        back_populates="versions", foreign_keys=[organisation_id]
    )
