"""The stored tree of the public record, its heads, and the proofs made from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.record.leaves import leaf
from portal.domain.record.tree import Growth, Node, inclusion
from portal.models import Event, RecordHead, RecordLeaf, RecordNode

KEPT_LEVEL = 4
"""The lowest level of subtrees whose hashes are stored; narrower ones are computed from leaves."""


def stored(session: Session) -> Node:
    """Return the tree: a function from level and index to the hash of a whole subtree.

    It reads one row, or the ``2**level`` leaves of a narrow subtree.
    """

    def node(level: int, index: int) -> bytes:
        if level >= KEPT_LEVEL:
            return bytes.fromhex(session.get_one(RecordNode, (level, index)).hash)
        start, grown = index << level, Growth()
        query = sa.select(RecordLeaf.kind, RecordLeaf.day, RecordLeaf.commitment)
        within = RecordLeaf.position.between(start, start + (1 << level) - 1)
        for row in session.execute(query.where(within).order_by(RecordLeaf.position)):
            list(grown.add(leaf(row.kind, row.day, row.commitment)))
        return grown.root

    return node


def newest_head(session: Session) -> RecordHead | None:
    """Return the head of the last day that has one."""
    return session.scalar(sa.select(RecordHead).order_by(RecordHead.day.desc()).limit(1))


def heads_before(session: Session, before: date | None, most: int) -> Sequence[RecordHead]:
    """Return at most ``most`` heads, the newest first, of days before ``before`` if it is given."""
    query = sa.select(RecordHead).order_by(RecordHead.day.desc()).limit(most)
    if before is not None:
        query = query.where(RecordHead.day < before)
    return session.scalars(query).all()


def heads_after(session: Session, after: date | None, most: int) -> Sequence[RecordHead]:
    """Return at most ``most`` heads, the oldest first, of days after ``after`` if it is given."""
    query = sa.select(RecordHead).order_by(RecordHead.day).limit(most)
    if after is not None:
        query = query.where(RecordHead.day > after)
    return session.scalars(query).all()


def heads_by_year(session: Session) -> dict[int, int]:
    """Return how many heads there are of the days of each year."""
    year = sa.cast(sa.extract("year", RecordHead.day), sa.Integer)
    return dict(session.execute(sa.select(year, sa.func.count()).group_by(year)).all())


def heads_of_year(session: Session, year: int) -> Sequence[RecordHead]:
    """Return the heads of the days of ``year``, the oldest first."""
    within = RecordHead.day.between(date(year, 1, 1), date(year, 12, 31))
    return session.scalars(sa.select(RecordHead).where(within).order_by(RecordHead.day)).all()


@dataclass(frozen=True, slots=True)
class Included:
    """A leaf of a letter with the hashes from it up to the root of a head.

    ``moment`` is that of its event, None where the event is gone.
    """

    leaf: RecordLeaf
    moment: datetime | None
    path: list[bytes]


def included(session: Session, letter_id: int, head: RecordHead) -> list[Included]:
    """Return the leaves of a letter that ``head`` covers, in order, each with its proof."""
    query = (
        sa.select(RecordLeaf, Event.occurred_at)
        .outerjoin(Event, Event.id == RecordLeaf.event_id)
        .where(RecordLeaf.letter_id == letter_id, RecordLeaf.position < head.size)
        .order_by(RecordLeaf.position)
    )
    node = stored(session)
    return [
        Included(each, moment, inclusion(each.position, head.size, node))
        for each, moment in session.execute(query)
    ]


def recorded(session: Session, letter_id: int) -> list[Included]:
    """Return the leaves of a letter that the newest head covers, each with its proof."""
    head = newest_head(session)
    return included(session, letter_id, head) if head is not None else []
