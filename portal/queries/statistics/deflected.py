"""Counts of deflected letters, which are in no figure of letters.

A question narrows them by its period, its as-of moment, its organisations and its kind; basis and
view do not matter, because there is but one moment and one organisation to count by.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import DeflectedLetter
from portal.queries.statistics.filters import Question

Row = DeflectedLetter
_COUNT = sa.func.count()


def deflected(session: Session, question: Question) -> int:
    """Return how many letters were deflected in the period, before the as-of moment.

    The kind is the one that the entry had at that moment.
    """
    return session.scalar(sa.select(_COUNT).select_from(Row).where(*_within(question))) or 0


def deflected_by_organisation(session: Session, question: Question) -> dict[int, int]:
    """Return the count of each organisation whose answers helped, by its id."""
    return _by(session, Row.organisation_id, question)


def deflected_by_month(session: Session, question: Question) -> dict[int, int]:
    """Return the count of each civil month (``yyyymm``) that has any."""
    return _by(session, Row.month, question)


def _by(
    session: Session, column: sa.orm.InstrumentedAttribute[int], question: Question
) -> dict[int, int]:
    query = sa.select(column, _COUNT).where(*_within(question)).group_by(column)
    return dict(session.execute(query).all())


def _within(question: Question) -> list[sa.ColumnElement[bool]]:
    period = question.period
    found = [
        Row.occurred_at >= period.starts_at,
        Row.occurred_at < min(period.ends_at, question.before),
    ]
    if question.organisations is not None:
        found.append(Row.organisation_id.in_(sorted(question.organisations)))
    if question.kind is not None:
        found.append(Row.kind == question.kind)
    return found
