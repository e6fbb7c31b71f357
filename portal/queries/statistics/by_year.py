"""All years side by side, each seen from its own end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.periods import Granularity, Period
from portal.domain.statistics.as_of import as_of
from portal.domain.statistics.rates import Figures
from portal.queries.statistics.cache import cube, series
from portal.queries.statistics.count import years_with_letters
from portal.queries.statistics.overview import Asked, resolve


@dataclass(frozen=True)
class Year:
    """A year: its question, its figures and those of its months."""

    asked: Asked
    total: Figures
    months: list[tuple[Period, Figures]]


def by_year(session: Session, asked: Asked, now: datetime) -> list[Year]:
    """Return every year in which letters were received, the earliest first.

    Period and moment of ``asked`` play no part: each year has its own.
    """
    found = []
    for year in years_with_letters(session):
        period = Period(year)
        own = replace(asked, period=period, as_of=as_of(period, now))
        _tree, question = resolve(session, own)
        months = series(session, question, period.split(Granularity.MONTH))
        found.append(Year(own, cube(session, question).total, months))
    return found
