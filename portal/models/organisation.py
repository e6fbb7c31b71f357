"""Organisations of the tree, and the names and places they had in the past."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.domain.organisations import OrganisationKind, covered
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

    duties: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    address: Mapped[str] = mapped_column(sa.String(200), default="", server_default="")
    telephone: Mapped[str] = mapped_column(sa.String(200), default="", server_default="")
    """Telephones of the office, as the public reads them."""
    hours: Mapped[str] = mapped_column(sa.String(200), default="", server_default="")

    parent: Mapped[Organisation | None] = relationship(
        remote_side=[id], foreign_keys=[parent_id], back_populates="children"
    )
    children: Mapped[list[Organisation]] = relationship(
        foreign_keys=[parent_id], back_populates="parent"
    )
    successor: Mapped[Organisation | None] = relationship(
        remote_side=[id], foreign_keys=[successor_id]
    )
    versions: Mapped[list[OrganisationVersion]] = relationship(
        back_populates="organisation",
        order_by="OrganisationVersion.valid_from.nulls_first()",
        foreign_keys="OrganisationVersion.organisation_id",
    )

    @hybrid_property
    def brief_name(self) -> str:
        """The short name, or the full one where there is no short one."""
        return self.short_name or self.name

    @brief_name.inplace.expression
    @classmethod
    def _brief_name(cls) -> sa.ColumnElement[str]:
        return sa.func.coalesce(sa.func.nullif(cls.short_name, ""), cls.name)

    @property
    def active(self) -> bool:
        """Whether it has not been closed; it may not be founded yet."""
        return self.closed_on is None

    @property
    def line(self) -> list[Organisation]:
        """It and its superiors up to the top."""
        found = [self]
        while found[-1].parent is not None:
            found.append(found[-1].parent)
        return found

    @property
    def heirs(self) -> list[Organisation]:
        """Who took over from it, and from them, one after the other."""
        found: list[Organisation] = []
        heir = self.successor
        while heir is not None and heir not in found:
            found.append(heir)
            heir = heir.successor
        return found

    @property
    def report_paths(self) -> tuple[str, ...]:
        """Paths from which a report that accuses it is hidden: its own and its heirs'.

        The office at the top is never among the heirs: nobody would be left to read the report.
        """
        return (self.path, *(heir.path for heir in self.heirs if heir.parent_id is not None))

    def refuge(self, place: Organisation) -> Organisation:
        """Return ``place``, or the nearest above from which no report that accuses it is hidden."""
        paths = self.report_paths
        while covered(paths, place.path) and place.parent is not None:
            place = place.parent
        return place

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
