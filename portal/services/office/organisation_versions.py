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
from portal.queries.statistics.cache import tree_on


def open_version(session: Session, changed: Organisation) -> OrganisationVersion:
    """Return the version in force."""
    query = sa.select(OrganisationVersion).where(
        OrganisationVersion.organisation_id == changed.id, OrganisationVersion.valid_to.is_(None)
    )
    return session.scalars(query).one()


def effective(
    session: Session,
    changed: Organisation,
    on: date | None,
    today: date,
    parent: Organisation | None = None,
) -> date:
    """Return the civil day from which a change holds: ``on``, or ``today`` where none is given.

    Raises :class:`InvalidInput` (``on``) for a day to come, before the last change, or on which
    ``parent``, where one is given, was still below ``changed``.
    """
    if on is None:
        return today
    if on > today:
        raise InvalidInput("on", N_("生效日期不能晚于今天，请到生效那天再办理。"))
    since = open_version(session, changed).valid_from
    if since is not None and on < since:
        raise InvalidInput("on", N_("生效日期不能早于这个单位上一次变更或设立的日期。"))
    if parent is not None and _ever_below(session, changed, parent, on):
        raise InvalidInput("on", N_("新的上级单位那时还在这个单位之下，请填写更晚的生效日期。"))
    return on


def _ever_below(session: Session, upper: Organisation, lower: Organisation, since: date) -> bool:
    """Return whether ``lower`` was below ``upper`` on any day from ``since`` on."""
    row, seen, days = OrganisationVersion, set[int](), {since}
    wave = {lower.id}
    while wave:
        seen |= wave
        query = sa.select(row.parent_id, row.valid_from).where(row.organisation_id.in_(wave))
        found = session.execute(query).all()
        wave = {above for above, _begins in found if above is not None} - seen
        days |= {begins for _above, begins in found if begins is not None and begins > since}
    return upper.id in seen and any(
        node.id == upper.id for day in days for node in tree_on(session, day).path(lower.id)
    )


def begin_version(session: Session, changed: Organisation, on: date) -> None:
    """End the version in force and begin the next; of two changes on a day the last one counts.

    A version is replaced, never edited: by the ids of versions others know that the tree changed.
    """
    current = open_version(session, changed)
    replaced = current.valid_from == on
    current.valid_to = on
    session.add(
        OrganisationVersion(
            organisation_id=changed.id,
            name=changed.name,
            parent_id=changed.parent_id,
            valid_from=on,
        )
    )
    if replaced:
        # Only now, so that the id of the one that goes is not given again.
        session.flush()
        session.delete(current)
