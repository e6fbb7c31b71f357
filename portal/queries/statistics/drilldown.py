"""The letters behind a figure, as far as the actor may read them."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.domain.access import Actor
from portal.models import Letter, RateFact, Rating
from portal.queries.letter_rows import LetterRow, page_of_letters
from portal.queries.paging import Page
from portal.queries.scope import letters_for
from portal.queries.statistics.detail import (
    Reasons,
    answered,
    declined,
    rated,
    refused,
    responded,
)
from portal.queries.statistics.filters import Condition, Question, letters_counted


@dataclass(frozen=True, slots=True)
class Counted:
    """The measure behind a figure: a field of ``Figures``, or one of :data:`QUALITY_COUNTS`.

    ``reason`` narrows ``declined`` and ``refused`` to a coded reason, ``days`` (from, to; the end
    may be open) ``responded`` and ``answered`` to letters that took so many working days.
    """

    measure: str
    reason: str = ""
    days: tuple[int, int | None] | None = None


QUALITY_COUNTS = ("responded", "answered", "rated", "refused", "undecided")
"""Counts beside those of ``Figures``, all on the cohort basis."""


def letters_of(question: Question, wanted: Counted) -> sa.Select[int]:
    """Return the ids of the letters that a figure counts.

    Raises KeyError for a measure that is not counted.
    """
    match wanted.measure:
        case "responded":
            return _taking(responded(question), RateFact.response_days, wanted.days)
        case "answered":
            return _taking(answered(question), RateFact.closing_days, wanted.days)
        case "rated":
            return sa.select(Rating.letter_id).where(*rated(question, _cohort(question)))
        case "refused":
            return _refused(question, wanted.reason)
        case "undecided":
            return _undecided(question)
        case "declined" if wanted.reason:
            return _because(declined(question, _cohort(question)), wanted.reason)
    return letters_counted(question, wanted.measure)


def _cohort(question: Question) -> sa.Select[int]:
    """Return the letters received in the period."""
    return letters_counted(question.of_cohort, "received")


def _refused(question: Question, reason: str = "") -> sa.Select[int]:
    """Return the closed letters that are refused publication, for whatever reason if none is given."""
    closed = letters_counted(question.of_cohort, "closed")
    return _because(refused(question, closed), reason)


def _taking(
    where: list[Condition],
    column: InstrumentedAttribute[int | None],
    days: tuple[int, int | None] | None,
) -> sa.Select[int]:
    query = sa.select(RateFact.letter_id).where(*where, column.is_not(None))
    if days is not None:
        query = query.where(column >= days[0])
        query = query if days[1] is None else query.where(column <= days[1])
    return query


def _undecided(question: Question) -> sa.Select[int]:
    """Return the closed letters that are neither public nor refused publication."""
    asked = question.of_cohort
    return letters_counted(asked, "closed").where(
        RateFact.letter_id.not_in(letters_counted(asked, "published")),
        RateFact.letter_id.not_in(_refused(asked)),
    )


def _because(reasons: Reasons, code: str) -> sa.Select[int]:
    found = reasons.subquery()
    query = sa.select(found.c.letter_id).where(found.c.reason_code.is_not(None))
    return query.where(found.c.reason_code == code) if code else query


def letters_behind(
    session: Session, actor: Actor, question: Question, wanted: Counted, page: int, per_page: int
) -> tuple[int, Page[LetterRow]]:
    """Return the figure, and one page of its letters that may be read, the oldest first.

    Raises KeyError for a measure that is not counted.
    """
    ids = letters_of(question, wanted).subquery()
    total = session.scalar(sa.select(sa.func.count()).select_from(ids)) or 0
    where = (Letter.id.in_(sa.select(ids.c.letter_id)), letters_for(actor))
    order = (Letter.received_at.asc(), Letter.id.asc())
    return total, page_of_letters(session, where, order, page, per_page)
