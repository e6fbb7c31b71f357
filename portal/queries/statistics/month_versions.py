"""Versions of months: a number that is another one whenever facts of the month have changed.

Units of work append their changes (:class:`~portal.models.RateChange`), so that none waits for
another. The worker folds them into :class:`~portal.models.RateMonth`, which leaves the versions as
they are.
"""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import VERSIONS, RateChange, RateMonth

FIRST, LAST = 0, 999912


def month_versions(session: Session, first: int = FIRST, last: int = LAST) -> dict[int, int]:
    """Return the versions of the months from ``first`` to ``last`` (``yyyymm``) that have facts.

    One statement reads both tables: between two, the worker might fold.
    """
    query = sa.union_all(
        sa.select(RateMonth.month, RateMonth.version).where(RateMonth.month.between(first, last)),
        sa.select(RateChange.month, RateChange.amount).where(RateChange.month.between(first, last)),
    )
    sums: Counter[int] = Counter()
    for month, amount in session.execute(query):
        sums[month] += amount
    return {month: total % VERSIONS for month, total in sums.items()}
