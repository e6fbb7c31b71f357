"""Precomputed sums of months and years, stored by the worker before a page asks for them.

How they are read is in :mod:`portal.queries.statistics.stored`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.letters.kinds import Kind
from portal.domain.periods import Granularity, Period, year_of
from portal.domain.statistics.as_of import as_of
from portal.domain.statistics.measures import View
from portal.domain.statistics.rates import Basis
from portal.models import VERSIONS, RateChange, RateMonth, RateSum, db
from portal.queries.statistics.cache import cube, figures, month_versions, tree_on
from portal.queries.statistics.filters import Question
from portal.queries.statistics.stored import (
    CUBES,
    DETAILS,
    Aggregate,
    Versions,
    label,
    pack,
    version,
)
from portal.queries.statistics.tables import members
from portal.services.core.unit import writing
from portal.services.core.upsert import upsert

BATCH = 24
FOLDED = 10_000
"""Changes folded at once."""
_DEFAULT = (Basis.COHORT, View.RECEIVING)
_OTHERS = ((Basis.COHORT, View.ANSWERING), (Basis.PERIOD, View.RECEIVING))
Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A sum that pages will ask for, with the version of what it sums."""

    aggregate: Aggregate[Any]
    asked: Question
    version: str

    @property
    def key(self) -> Key:
        return self.asked.period.months[0], label(self.aggregate, self.asked) or ""

    def row(self, session: Session) -> dict[str, Any]:
        """Compute the sum and return it as it is stored."""
        month, name = self.key
        value = figures(session, self.aggregate, self.asked)
        body = pack(self.aggregate, value, self.key, self.version)
        return {"month": month, "label": name, "version": self.version, "body": body}


def refresh(now: datetime, most: int = BATCH, *, narrower: bool = True) -> int:
    """Sum again what has changed, at most ``most`` sums, and drop what nobody asks for.

    Years by kind, category and kind of organisation are left as they are where ``narrower`` is
    false: they are many, and each letter of last year that is closed changes them all. Returns how
    many sums were stored; less than ``most`` when everything is up to date.
    """
    session = db.session()
    fold(session)
    known = {(month, name): each for month, name, each in session.execute(_KNOWN)}
    wanted = {each.key: each for each in _wanted(session, month_versions(session), now)}
    stale = [
        each
        for key, each in wanted.items()
        if known.get(key) != each.version and (narrower or not each.asked.narrowed)
    ][:most]
    needless = [key for key in known if key not in wanted]
    rows = [each.row(session) for each in stale]
    if rows or needless:
        _replace(needless, rows)
    return len(rows)


_KNOWN = sa.select(RateSum.month, RateSum.label, RateSum.version)


def fold(session: Session, most: int = FOLDED) -> int:
    """Fold at most ``most`` changes into the versions of their months; return how many.

    The versions stay as they are, so cached figures stay valid. A change that is not committed yet
    is not deleted and waits for a later time, whatever its id; another worker takes other changes.
    """
    if session.scalar(sa.select(RateChange.id).limit(1)) is None:
        return 0
    chosen = sa.select(RateChange.id).order_by(RateChange.id).limit(most)
    with writing() as unit:
        folded = unit.execute(
            sa.delete(RateChange)
            .where(RateChange.id.in_(chosen.with_for_update(skip_locked=True)))
            .returning(RateChange.month, RateChange.amount)
            .execution_options(synchronize_session=False)
        ).all()
        sums: Counter[int] = Counter()
        for month, amount in folded:
            sums[month] += amount
        # In ascending order, so that two workers never wait for each other in a circle.
        rows = [{"month": m, "version": total % VERSIONS} for m, total in sorted(sums.items())]
        if rows:
            unit.execute(
                upsert(
                    unit,
                    RateMonth,
                    rows,
                    [RateMonth.month],
                    lambda new: {"version": (RateMonth.version + new.version) % VERSIONS},
                )
            )
    return len(folded)


def _replace(needless: list[Key], rows: list[dict[str, Any]]) -> None:
    with writing() as session:
        for month, name in needless:
            session.execute(sa.delete(RateSum).where(RateSum.month == month, RateSum.label == name))
        if rows:
            # Another worker may have stored the same: the later one has seen at least as much.
            keys = [RateSum.month, RateSum.label]
            session.execute(
                upsert(
                    session,
                    RateSum,
                    rows,
                    keys,
                    lambda new: {"version": new.version, "body": new.body},
                )
            )


def _wanted(session: Session, versions: Versions, now: datetime) -> Iterator[_Wanted]:
    """Yield what pages ask for most, the latest months first, a year after its months.

    A month is part of the pages of its year, its quarter and its own, each seen from its end or
    from now, and of the page of all years.
    """
    for year in sorted({year_of(month) for month in versions}, reverse=True):
        whole = Period(year)
        end = as_of(whole, now).before
        known = {month: versions[month] for month in whole.months if month in versions}
        for month in reversed(known):
            current = version({month: known[month]})
            yield from _month(Period.of_month(month), current, end, now)
        for basis, view in (_DEFAULT, *_OTHERS):
            yield _Wanted(CUBES, Question(whole, end, basis, view), version(known))
        if whole.ends_at <= now:
            yield from _narrowed(session, Question(whole, end), version(known))


def _narrowed(session: Session, year: Question, current: str) -> Iterator[_Wanted]:
    """Yield a past year by kind of letter, by category and by kind of organisation.

    A running year changes too often for so many.
    """
    tree = tree_on(session, year.period.last_day)
    groups = {node.kind for node in tree.nodes.values() if node.parent_id == tree.root_id}
    kinds = [replace(year, kind=kind) for kind in Kind]
    names = [name for name, _figures in cube(session, year).categories]
    subjects = [replace(year, category=name) for name in names]
    members_of = [replace(year, organisations=members(tree, kind)) for kind in sorted(groups)]
    for asked in (*kinds, *subjects, *members_of):
        yield _Wanted(CUBES, asked, current)
        yield _Wanted(DETAILS, asked, current)


def _month(period: Period, current: str, year_end: datetime, now: datetime) -> Iterator[_Wanted]:
    pages = (Period.of(period.first_day, Granularity.QUARTER), period)
    for before in dict.fromkeys((year_end, *(as_of(page, now).before for page in pages))):
        yield _Wanted(CUBES, Question(period, before), current)
        yield _Wanted(DETAILS, Question(period, before), current)
    for basis, view in _OTHERS:
        yield _Wanted(CUBES, Question(period, year_end, basis, view), current)
