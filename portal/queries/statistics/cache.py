"""Cache of the figures that pages show, valid until the facts behind them change.

Sums of facts are stored with the versions of their months, in this process and in
the database (:mod:`portal.queries.statistics.stored`), so that after an event only the months that
it changed are counted again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.letters.states import Source
from portal.domain.periods import Granularity, Period
from portal.domain.statistics.quality_measures import Detail
from portal.domain.statistics.rates import Figures
from portal.models import (
    VERSIONS,
    DeflectedLetter,
    Organisation,
    OrganisationVersion,
    RateChange,
    RateMonth,
)
from portal.models.base import UNIT
from portal.queries.statistics import stored
from portal.queries.statistics.count import Cube, count_by_channel, count_by_day
from portal.queries.statistics.filters import Question
from portal.queries.statistics.stored import CUBES, DETAILS, Aggregate, Versions
from portal.queries.statistics.tree import Tree, read_organisations, tree_of
from portal.queries.versioned import VersionedCache

MOST = 512
Value = TypeVar("Value")
_cache: VersionedCache[object] = VersionedCache(MOST)
_SPAN = (sa.bindparam("first", type_=sa.Integer), sa.bindparam("last", type_=sa.Integer))
_CHANGES = sa.union_all(
    sa.select(RateMonth.month, RateMonth.version).where(RateMonth.month.between(*_SPAN)),
    sa.select(RateChange.month, RateChange.amount).where(RateChange.month.between(*_SPAN)),
)


def cube(session: Session, question: Question) -> Cube:
    """Return the counts of ``question``."""
    return figures(session, CUBES, question)


def detail(session: Session, question: Question) -> Detail:
    """Return the quality measures of ``question`` (its basis and view play no part)."""
    return figures(session, DETAILS, question.of_cohort)


def channels(session: Session, question: Question) -> dict[Source, int]:
    """Return the letters received by the way in which they came (basis and view play no part)."""
    return cached_by_months(session, "channels", question.of_cohort, count_by_channel)


def figures(session: Session, aggregate: Aggregate[Value], question: Question) -> Value:
    """Return the sums of ``question``: cached, stored, added up from its months, or counted."""
    months = question.period.months
    return _figures(session, aggregate, question, month_versions(session, months[0], months[-1]))


def cached_by_months(
    session: Session, name: str, question: Question, count: Callable[[Session, Question], Value]
) -> Value:
    """Return ``count(session, question)``, cached under ``name`` until facts of its months change."""
    months = question.period.months
    versions = tuple(month_versions(session, months[0], months[-1]).items())
    return _cached(session, (name, question), versions, partial(count, session, question))


def series(
    session: Session, question: Question, parts: Sequence[Period]
) -> list[tuple[Period, Figures]]:
    """Return the figures of each of ``parts`` of the question's period, in order.

    Weeks may reach over the edges of the period, and count their own days.
    """
    if not parts:
        return []
    if parts[0].granularity in (Granularity.QUARTER, Granularity.MONTH):
        months = cube(session, question).by_month
        return [(p, Figures.total(months[m] for m in p.months if m in months)) for p in parts]
    days = _days(session, question, [month for p in parts for month in p.months])
    return [(p, Figures.total(days[day] for day in p.days if day in days)) for p in parts]


def tree_on(session: Session, day: date) -> Tree:
    """Return the tree of organisations of civil date ``day``."""
    if UNIT in session.info:  # what is read may still be rolled back
        return tree_of(read_organisations(session), day)
    known = _organisation_version(session)
    read = partial(read_organisations, session)
    records = _cached(session, "organisations", known, read)
    return _cached(session, ("tree", day), known, lambda: tree_of(records, day))


def month_versions(session: Session, first: int = 0, last: int = 999912) -> dict[int, int]:
    """Return the versions of the months from ``first`` to ``last`` (``yyyymm``) that have facts.

    A version is another number whenever facts of the month have changed. Units of work append
    their changes (:class:`~portal.models.RateChange`), so that none waits for another; the worker
    folds them into :class:`~portal.models.RateMonth`, which leaves the versions as they are. One
    statement reads both tables: between two, the worker might fold.
    """
    sums: Counter[int] = Counter()
    for month, amount in session.execute(_CHANGES, {"first": first, "last": last}):
        sums[month] += amount
    return {month: total % VERSIONS for month, total in sums.items()}


def figures_state(session: Session, today: date) -> Hashable:
    """Return a value that changes whenever a figure, an organisation of the tree or the day does."""
    versions = tuple(sorted(month_versions(session).items()))
    deflected = session.scalar(sa.select(sa.func.max(DeflectedLetter.id)))
    return versions, _organisation_version(session), deflected, today


def _figures(
    session: Session, aggregate: Aggregate[Value], question: Question, versions: Versions
) -> Value:
    known = {month: versions[month] for month in question.period.months if month in versions}
    work = partial(_compute, session, aggregate, question, known)
    return _cached(session, (aggregate.name, question), tuple(known.items()), work)


def _compute(
    session: Session, aggregate: Aggregate[Value], question: Question, versions: Versions
) -> Value:
    if not versions:
        return aggregate.total(())
    found = stored.load(session, aggregate, question, versions)
    if found is not None:
        return found
    long = question.period.granularity in (Granularity.YEAR, Granularity.QUARTER)
    if not long or not stored.has_months(session, aggregate, question):
        return aggregate.count(session, question)
    months = (replace(question, period=Period.of_month(month)) for month in versions)
    return aggregate.total(_figures(session, aggregate, each, versions) for each in months)


def _days(session: Session, question: Question, months: Sequence[int]) -> dict[date, Figures]:
    found: dict[date, Figures] = {}
    for month, known in month_versions(session, months[0], months[-1]).items():
        asked = replace(question, period=Period.of_month(month))
        found |= _cached(session, ("days", asked), known, partial(count_by_day, session, asked))
    return found


def _cached(
    session: Session, key: Hashable, version: Hashable, compute: Callable[[], Value]
) -> Value:
    """Return the value cached for ``key`` in this ``version``, or else cache that of ``compute``."""
    known = _cache.get(session, key, version)
    if known is not None:
        return cast(Value, known)
    value = compute()
    _cache.put(session, key, version, value)
    return value


def _organisation_version(session: Session) -> tuple[int | None, ...]:
    """Return a version that changes with every creation, renaming, move or closing."""
    row, number = OrganisationVersion, sa.func.count()
    versions = sa.select(sa.func.max(row.id), number, sa.func.count(row.valid_to))
    places = sa.select(sa.func.max(Organisation.id), number, sa.func.count(Organisation.closed_on))
    return (*session.execute(versions).one(), *session.execute(places).one())
