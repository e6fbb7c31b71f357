"""What an instance needs before it is served: the top of the tree of organisations."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from portal.domain.access import SYSTEM
from portal.domain.organisations import OrganisationKind
from portal.models import Organisation, db
from portal.services.core.facts import missing, rebuild
from portal.services.core.unit import writing
from portal.services.office.organisations import create_organisation

OFFICE_CODE, OFFICE_NAME, OFFICE_SHORT = "office", "政府公开信箱办公室", "信箱办"


def ensure_office(now: datetime) -> None:
    """Create the letterbox office where the tree is empty.

    It receives every letter whose sender does not know who is responsible.
    """
    query = sa.select(Organisation.id).limit(1)
    found = db.session.scalar(query)
    db.session.rollback()
    if found is not None:
        return
    with writing() as session:
        if session.scalar(query) is not None:
            return
        create_organisation(
            OFFICE_CODE,
            OFFICE_NAME,
            OrganisationKind.CITY_OFFICE,
            None,
            SYSTEM,
            now,
            short_name=OFFICE_SHORT,
        )


def ensure_facts() -> bool:
    """Derive the facts of an instance that has letters but no facts; return whether it was one."""
    lacking = missing(db.session())
    db.session.rollback()
    if lacking:
        with writing() as session:
            rebuild(session)
    return lacking
