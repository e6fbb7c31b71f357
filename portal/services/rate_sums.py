"""Putting by the sums of months that pages will ask for (see :mod:`portal.queries.rates.shelf`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.domain.asof import as_of
from portal.domain.measures import View
from portal.domain.periods import Granularity, Period
from portal.domain.rates import Basis
from portal.models import RateMonth, RateSum, db
from portal.queries.rates.cube import PARTS
from portal.queries.rates.detail import DETAILS
from portal.queries.rates.passes import Question
from portal.queries.rates.shelf import Shelf
from portal.services.unit import writing

BATCH = 24
_OTHERS = ((Basis.COHORT, View.ANSWERING), (Basis.PERIOD, View.RECEIVING))
Wanted = tuple[int, str, Shelf[Any], Question]


def put_by(now: datetime, most: int = BATCH) -> int:
    """Sum months anew that have changed, at most ``most`` sums, and drop what nobody asks for.

    Returns how many sums were put by; less than ``most`` when everything is up to date.
    """
    session = db.session()
    stamps = {row.month: row.stamp for row in session.scalars(sa.select(RateMonth))}
    known = {(s.month, s.label): s.stamp for s in session.execute(_KNOWN)}
    wanted = {(month, label): (shelf, asked) for month, label, shelf, asked in _wanted(stamps, now)}
    stale = [key for key in wanted if known.get(key) != stamps[key[0]]][:most]
    needless = [key for key in known if key not in wanted]
    rows = []
    for month, label in stale:
        shelf, asked = wanted[month, label]
        body = shelf.pack(session, asked)
        rows.append({"month": month, "label": label, "stamp": stamps[month], "body": body})
    if rows or needless:
        _replace([*stale, *needless], rows)
    return len(rows)


_KNOWN = sa.select(RateSum.month, RateSum.label, RateSum.stamp)


def _replace(keys: list[tuple[int, str]], rows: list[dict[str, Any]]) -> None:
    with writing() as session:
        for month, label in keys:
            session.execute(
                sa.delete(RateSum).where(RateSum.month == month, RateSum.label == label)
            )
        if rows:
            session.execute(sa.insert(RateSum), rows)


def _wanted(months: Iterable[int], now: datetime) -> Iterator[Wanted]:
    """Yield what pages ask for most, the latest months first.

    A month is part of the pages of its year, its quarter and its own, each seen from its end or
    from now, and of the page of all years, seen from now.
    """
    today = Period.of(now, Granularity.YEAR)
    for month in sorted(months, reverse=True):
        period = Period(month // 100, month=month % 100)
        year = Period(period.year)
        pages = (year, Period.of(period.first_day, Granularity.QUARTER), period, today)
        moments = dict.fromkeys(as_of(page, now).before for page in pages)
        for before in moments:
            asked = Question(period, before)
            yield from _sums(month, asked, PARTS, DETAILS)
            if before == as_of(year, now).before:
                for basis, view in _OTHERS:
                    yield from _sums(month, replace(asked, basis=basis, view=view), PARTS)


def _sums(month: int, asked: Question, *shelves: Shelf[Any]) -> Iterator[Wanted]:
    for shelf in shelves:
        label = shelf.label(asked)
        if label is not None:
            yield month, label, shelf, asked
