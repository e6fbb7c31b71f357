"""Whether rows that figures are made of, or that keep figures, are what their events say.

The events are sealed by the audit chain. Each function returns the faults that it finds as lines for
the operator; none of them changes anything.
"""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.events import RecordAction
from portal.domain.integrity.figures import files_digest, report_subject, scores_text
from portal.domain.letters.states import Action
from portal.models import Event, Extension, KeptReport, Letter, Rating


def rating_faults(session: Session) -> list[str]:
    """Return the letters whose scores are not those of the event, or are gone.

    Events of letters that were rated before their scores were in the event have none.
    """
    rated = sa.and_(Event.action == Action.RATE, Event.reason_code.is_not(None))
    query = (
        sa.select(Letter.number, Event.reason_code, Rating.attitude, Rating.efficiency)
        .select_from(Event)
        .join(Letter, Letter.id == Event.letter_id)
        .outerjoin(Rating, Rating.letter_id == Letter.id)
        .where(rated)
        .order_by(Letter.id)
    )
    faults = [
        f"{row.number}: its rating is gone"
        if row.attitude is None
        else f"{row.number}: its rating is not {row.reason_code} any more"
        for row in session.execute(query)
        if row.attitude is None or row.reason_code != scores_text(row.attitude, row.efficiency)
    ]
    event = sa.exists().where(Event.letter_id == Rating.letter_id, Event.action == Action.RATE)
    more = sa.select(Letter.number).join(Rating, Rating.letter_id == Letter.id).where(~event)
    return faults + [f"{number}: nobody has rated it" for number in session.scalars(more)]


def extension_faults(session: Session) -> list[str]:
    """Return the letters whose extensions are not those of their events.

    Events of extensions that were decided before their days were in the event have none.
    """
    decided = (Action.GRANT_EXTENSION, Action.REFUSE_EXTENSION)
    decisions = sa.and_(Event.action.in_(decided), Event.reason_code.is_not(None))
    query = (
        sa.select(Letter.number, Event.action, Event.reason_code, Extension.days, Extension.granted)
        .select_from(Event)
        .join(Letter, Letter.id == Event.letter_id)
        .outerjoin(
            Extension,
            sa.and_(
                Extension.letter_id == Event.letter_id, Extension.decided_at == Event.occurred_at
            ),
        )
        .where(decisions)
        .order_by(Letter.id, Event.id)
    )
    faults = [
        f"{row.number}: its extension is not of {row.reason_code} days any more"
        for row in session.execute(query)
        if row.reason_code != str(row.days)
        or row.granted is not (row.action == Action.GRANT_EXTENSION)
    ]
    event = sa.exists().where(
        Event.letter_id == Extension.letter_id,
        Event.action.in_(decided),
        Event.occurred_at == Extension.decided_at,
    )
    more = (
        sa.select(Letter.number)
        .join(Extension, Extension.letter_id == Letter.id)
        .where(Extension.decided_at.is_not(None), ~event)
    )
    return faults + [
        f"{number}: nobody has decided on its extension" for number in session.scalars(more)
    ]


def report_faults(session: Session) -> list[str]:
    """Return the kept reports that are not what was kept, and those that are gone.

    Events of reports that were kept before their digest was in the event have none.
    """
    kept: dict[str, Counter[str | None]] = {}
    query = sa.select(Event.subject, Event.reason).where(Event.action == RecordAction.KEEP_REPORT)
    for subject, digest in session.execute(query):
        kept.setdefault(subject or "", Counter())[digest] += 1
    faults = []
    for report in session.scalars(sa.select(KeptReport).order_by(KeptReport.id)):
        known = kept.get(report_subject(report.year, report.as_of), Counter())
        found = files_digest({file.form: file.content for file in report.files})
        fits = found if known[found] else None
        if known[fits]:
            known[fits] -= 1
        else:
            faults.append(f"the report {report.year} as of {report.as_of} is not what was kept")
    gone = ((subject, digests.total() - digests[None]) for subject, digests in kept.items())
    return faults + [f"{subject}: kept, and not there as it was" for subject, n in gone if n]
