"""Sums of months and years, computed by the worker before a page asks for them.

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
from portal.domain.periods import Granularity, Period
from portal.domain.statistics.as_of import as_of
from portal.domain.statistics.measures import View
from portal.domain.statistics.rates import Basis
from portal.models import VERSIONS, RateChange, RateMonth, RateSum, db
from portal.queries.statistics.cache import year_stamp
from portal.queries.statistics.count import PARTS, YEARS, cube
from portal.queries.statistics.detail import DETAILS, DETAILS_OF_YEARS
from portal.queries.statistics.filters import Question, month_of
from portal.queries.statistics.month_versions import month_versions
from portal.queries.statistics.stored import Shelf, mark
from portal.queries.statistics.tables import members
from portal.queries.statistics.tree import tree_on
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

    shelf: Shelf[Any]
    asked: Question
    version: str

    @property
    def key(self) -> Key:
        return month_of(self.asked.period.first_day), self.shelf.label(self.asked) or ""


def refresh(now: datetime, most: int = BATCH, *, narrower: bool = True) -> int:
    """Sum again what has changed, at most ``most`` sums, and drop what nobody asks for.

    Years by kind, category and kind of organisation are left as they are where ``narrower`` is
    false: they are many, and each letter of last year that is closed changes them all. Returns how
    many sums were stored; less than ``most`` when everything is up to date.
    """
    session = db.session()
    fold(session)
    versions = {month: str(version) for month, version in month_versions(session).items()}
    known = {(month, label): version for month, label, version in session.execute(_KNOWN)}
    wanted = {each.key: each for each in _wanted(session, versions, now)}
    stale = [
        key
        for key, each in wanted.items()
        if known.get(key) != mark(each.version) and (narrower or not each.asked.narrowed)
    ][:most]
    needless = [key for key in known if key not in wanted]
    rows = []
    for key in stale:
        body = wanted[key].shelf.pack(session, wanted[key].asked)
        rows.append(
            {"month": key[0], "label": key[1], "version": mark(wanted[key].version), "body": body}
        )
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
        for month, label in needless:
            session.execute(
                sa.delete(RateSum).where(RateSum.month == month, RateSum.label == label)
            )
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


def _wanted(session: Session, versions: dict[int, str], now: datetime) -> Iterator[_Wanted]:
    """Yield what pages ask for most, the latest months first, a year after its months.

    A month is part of the pages of its year, its quarter and its own, each seen from its end or
    from now, and of the page of all years.
    """
    for year in sorted({month // 100 for month in versions}, reverse=True):
        whole = Period(year)
        end = as_of(whole, now).before
        known = {month: version for month, version in versions.items() if month // 100 == year}
        for month, version in sorted(known.items(), reverse=True):
            yield from _month(Period(year, month=month % 100), version, end, now)
        for basis, view in (_DEFAULT, *_OTHERS):
            yield _Wanted(YEARS, Question(whole, end, basis, view), year_stamp(known))
        if whole.ends_at <= now:
            yield from _narrowed(session, Question(whole, end), year_stamp(known))


def _narrowed(session: Session, year: Question, version: str) -> Iterator[_Wanted]:
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
        yield _Wanted(YEARS, asked, version)
        yield _Wanted(DETAILS_OF_YEARS, asked, version)


def _month(period: Period, version: str, year_end: datetime, now: datetime) -> Iterator[_Wanted]:
    pages = (Period.of(period.first_day, Granularity.QUARTER), period)
    for before in dict.fromkeys((year_end, *(as_of(page, now).before for page in pages))):
        yield _Wanted(PARTS, Question(period, before), version)
        yield _Wanted(DETAILS, Question(period, before), version)
    for basis, view in _OTHERS:
        yield _Wanted(PARTS, Question(period, year_end, basis, view), version)
