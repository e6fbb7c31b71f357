"""The dates of validity of an organisation's name and parent: one version begins as another ends.

A change takes effect on the day it is entered or on an earlier one, never in the future: the row
of the organisation says how things are, so a change that has yet to come has no place in it.
"""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.errors import N_, InvalidInput
from portal.models import Organisation, OrganisationVersion


def open_version(session: Session, changed: Organisation) -> OrganisationVersion:
    """Return the version in force."""
    query = sa.select(OrganisationVersion).where(
        OrganisationVersion.organisation_id == changed.id, OrganisationVersion.valid_to.is_(None)
    )
    return session.scalars(query).one()


def effective(session: Session, changed: Organisation, on: date | None, today: date) -> date:
    """Return the civil day from which a change holds: ``on``, or ``today`` where none is given.

    Raises :class:`InvalidInput` (``on``) for a day to come, or before the last change.
    """
    if on is None:
        return today
    if on > today:
        raise InvalidInput("on", N_("生效日期不能晚于今天，请到生效那天再办理。"))
    since = open_version(session, changed).valid_from
    if since is not None and on < since:
        raise InvalidInput("on", N_("生效日期不能早于这个单位上一次变更或设立的日期。"))
    return on


def begin_version(session: Session, changed: Organisation, on: date) -> None:
    """End the version in force and begin the next; of two changes on a day the last one counts."""
    current = open_version(session, changed)
    if current.valid_from == on:
        current.name, current.parent_id = changed.name, changed.parent_id
        return
    current.valid_to = on
    session.add(
        OrganisationVersion(
            organisation_id=changed.id,
            name=changed.name,
            parent_id=changed.parent_id,
            valid_from=on,
        )
    )
