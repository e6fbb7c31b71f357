"""Sums of whole months and years that are put by in the database, so that no visitor waits for them.

A process that has just begun remembers nothing, and a page of years would sum every letter. The
worker (:mod:`portal.services.statistics.precompute`) sums ahead, for the as-of moments by which pages are asked
for most, and puts each sum by with the mark of its months and of the program that summed them. A
sum with another mark is old, or of another version of the letterbox, and is not taken.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2s
from pathlib import Path
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.periods import Granularity
from portal.domain.statistics.measures import View
from portal.domain.statistics.rates import Basis
from portal.models import RateSum
from portal.queries.statistics.filters import Question, month_of

Value = TypeVar("Value")
_PROGRAM = blake2s(digest_size=16)
for _source in sorted(Path(__file__).parent.glob("*.py")):
    _PROGRAM.update(_source.read_bytes())


def mark(stamp: str) -> str:
    """Return what a sum of facts with ``stamp`` is put by with: another once the program changes."""
    made = _PROGRAM.copy()
    made.update(stamp.encode())
    return made.hexdigest()


@dataclass(frozen=True, slots=True)
class Shelf(Generic[Value]):
    """One kind of sums: over what, how they are computed, turned into what JSON holds, and back."""

    name: str
    length: Granularity
    compute: Callable[[Session, Question], Value]
    plain: Callable[[Value], object]
    whole: Callable[[Any], Value]

    def take(self, session: Session, question: Question, stamp: str | None) -> Value:
        """Return what is put by for ``question`` with this stamp, else compute it."""
        label = self.label(question)
        if label is not None and stamp is not None:
            body = session.scalar(
                sa.select(RateSum.body).where(
                    RateSum.month == month_of(question.period.first_day),
                    RateSum.label == label,
                    RateSum.version == mark(stamp),
                )
            )
            if body is not None:
                return self.whole(json.loads(zlib.decompress(body)))
        return self.compute(session, question)

    def holds(self, session: Session, question: Question) -> bool:
        """Tell whether sums of months or years of the question's period are put by, old or not.

        If not, the moment is one that pages are seldom asked for, and what is asked for is better
        summed at once than piece by piece.
        """
        if question.narrowed:
            return False
        first, last = (
            month_of(day) for day in (question.period.first_day, question.period.last_day)
        )
        return (
            session.scalar(
                sa.select(RateSum.month)
                .where(RateSum.month.between(first, last), RateSum.label == self._name(question))
                .limit(1)
            )
            is not None
        )

    def pack(self, session: Session, question: Question) -> bytes:
        """Compute the sums for ``question`` and return them as they are put by."""
        plain = self.plain(self.compute(session, question))
        return zlib.compress(json.dumps(plain, separators=(",", ":")).encode(), 1)

    def label(self, question: Question) -> str | None:
        """Return the name of a sum within its first month; None for what is never put by.

        Put by are sums of the whole house, of every kind and category, and years of one kind, one
        category or some organisations as pages ask for them first.
        """
        if question.period.granularity is not self.length:
            return None
        if not question.narrowed:
            return self._name(question)
        usual = (question.basis, question.view) == (Basis.COHORT, View.RECEIVING)
        narrower = {
            "kind": question.kind,
            "category": question.category,
            "organisations": question.organisations,
        }
        given = [(name, value) for name, value in narrower.items() if value is not None]
        if self.length is not Granularity.YEAR or len(given) > 1 or not usual:
            return None
        ((name, value),) = given
        if isinstance(value, frozenset):
            ids = ",".join(map(str, sorted(value)))
            value = blake2s(ids.encode(), digest_size=12).hexdigest()
        return f"{self.name}:{int(question.before.timestamp())}:{name}:{value}"

    def _name(self, question: Question) -> str:
        moment = int(question.before.timestamp())
        return f"{self.name}:{question.basis}:{question.view}:{moment}"
