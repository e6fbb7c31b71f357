"""Deflected letters: those not written because a published reply was enough."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.domain.errors import NotFound
from portal.domain.letters.kinds import Kind
from portal.domain.periods import civil_date, month_of
from portal.models import PUBLIC, ArchiveEntry, DeflectedLetter
from portal.models.base import fingerprint
from portal.services.core.unit import writing


def deflect(entry_id: int, form_token: str, now: datetime) -> bool:
    """Count a letter that its writer gave up because of the entry; return whether it was counted.

    It counts for the organisation that answered; the same ``form_token`` counts once. Raises
    :class:`NotFound` where the entry is not public.
    """
    try:
        with writing() as session:
            return _count(session, entry_id, fingerprint(form_token), now)
    except IntegrityError:
        # The other request of a double click was faster.
        return False


def _count(session: Session, entry_id: int, form_key: str, now: datetime) -> bool:
    entry = session.execute(
        sa.select(ArchiveEntry.organisation_id, ArchiveEntry.kind).where(
            ArchiveEntry.id == entry_id, PUBLIC
        )
    ).one_or_none()
    if entry is None:
        raise NotFound
    if session.scalar(sa.select(DeflectedLetter.id).where(DeflectedLetter.form_key == form_key)):
        return False
    row = row_of(entry_id, entry.organisation_id, entry.kind, now)
    session.add(DeflectedLetter(**row, form_key=form_key))
    return True


def row_of(entry_id: int, organisation_id: int, kind: Kind, moment: datetime) -> dict[str, object]:
    """Return the values of a row, with the civil month by which it is found."""
    day = civil_date(moment)
    return {
        "entry_id": entry_id,
        "organisation_id": organisation_id,
        "kind": kind,
        "occurred_at": moment,
        "month": month_of(day),
    }
