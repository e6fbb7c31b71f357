"""The districts by which public entries are narrowed."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.archive.places import place_name
from portal.domain.organisations import OrganisationKind
from portal.models import Organisation


def district_organisations(session: Session) -> Sequence[Organisation]:
    """Return the governments of the districts, as they were entered."""
    query = sa.select(Organisation).where(
        Organisation.kind == OrganisationKind.DISTRICT_GOVERNMENT, Organisation.level == 1
    )
    return session.scalars(query.order_by(Organisation.id)).all()


def districts(session: Session) -> dict[int, str]:
    """Return the names of the places by the ids of their governments."""
    return {each.id: place_name(each.name) for each in district_organisations(session)}


def common_places(session: Session) -> list[str]:
    """Return the names of the districts and of what is above them, which many letters hold."""
    query = sa.select(Organisation.name).where(
        sa.or_(
            Organisation.level == 0,
            sa.and_(
                Organisation.kind == OrganisationKind.DISTRICT_GOVERNMENT, Organisation.level == 1
            ),
        )
    )
    return [place_name(name) for name in session.scalars(query)]
