"""Everything a page of statistics shows for one question, gathered from one cube."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.asof import AsOf
from portal.domain.letters import Kind
from portal.domain.measures import View
from portal.domain.periods import Granularity, Period
from portal.domain.rates import Basis, Figures
from portal.models import RateFact
from portal.queries.rates.cube import Cube, Question, cube, series
from portal.queries.rates.tables import Ranked, Row, breakdown, league
from portal.queries.rates.tree import Node, Tree, tree_on

PARTS = {
    Granularity.YEAR: Granularity.MONTH,
    Granularity.QUARTER: Granularity.WEEK,
    Granularity.MONTH: Granularity.DAY,
    Granularity.WEEK: Granularity.DAY,
}
"""The parts by which a trend shows a period."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page asks: a period seen from a moment, an organisation with what is below it.

    ``unit`` narrows to the organisation's own letters (a reach that does not include the subtree).
    """

    period: Period
    as_of: AsOf
    basis: Basis = Basis.COHORT
    view: View = View.RECEIVING
    organisation_id: int | None = None
    kind: Kind | None = None
    rank: str = "closure"
    unit: bool = False

    def question(self, tree: Tree) -> Question:
        """Return the question for the cube."""
        places = None
        if self.organisation_id is not None and self.organisation_id != tree.root_id:
            below = [self.organisation_id] if self.unit else tree.subtree(self.organisation_id)
            places = frozenset(below)
        elif self.unit and self.organisation_id is not None:
            places = frozenset({self.organisation_id})
        return Question(self.period, self.as_of.before, self.basis, self.view, places, self.kind)


@dataclass(frozen=True)
class Overview:
    """The answer; ``trend`` is empty for a single day, ``league`` where nothing can be ranked."""

    asked: Asked
    question: Question
    tree: Tree
    node: Node | None
    way: list[Node]
    total: Figures
    kinds: list[tuple[Kind, Figures]]
    categories: list[tuple[str, Figures]]
    rows: list[Row]
    trend: list[tuple[Period, Figures]]
    league: list[Ranked]


def overview(session: Session, asked: Asked) -> Overview:
    """Return what a page shows for ``asked``."""
    tree = tree_on(session, asked.as_of.day)
    question = asked.question(tree)
    found = cube(session, question)
    top = asked.organisation_id or tree.root_id
    rows = _rows(tree, found, top, asked.unit)
    part = PARTS.get(asked.period.granularity)
    return Overview(
        asked, question, tree,
        tree.nodes[top] if top else None,
        tree.way(top) if top else [],
        found.total,
        [(kind, found.by_kind.get(kind, Figures())) for kind in Kind],
        found.categories,
        rows,
        series(session, question, part) if part else [],
        league([row for row in rows if not row.own], asked.rank) if _rankable(asked) else [],
    )  # fmt: skip


def _rows(tree: Tree, found: Cube, top: int | None, unit: bool) -> list[Row]:
    if top is None or unit:
        return []
    rows = breakdown(tree, found.by_organisation, top)
    return rows if len(rows) > 1 else []


def _rankable(asked: Asked) -> bool:
    """Rank only where the numerator is a part of the denominator."""
    if asked.basis is Basis.PERIOD:
        return False
    return asked.view is View.RECEIVING or asked.rank != "closure"


def years(session: Session) -> list[int]:
    """Return the years in which letters were received, from the first to the last."""
    first, last = session.execute(
        sa.select(sa.func.min(RateFact.received_month), sa.func.max(RateFact.received_month))
    ).one()
    return [] if first is None else list(range(first // 100, last // 100 + 1))


def compared(
    session: Session, asked: Asked, period: Period | None, organisation_id: int | None,
    as_of: Callable[[Period], AsOf],
) -> Figures:  # fmt: skip
    """Return the figures of another period, or of another organisation, asked for alike."""
    other = asked
    if period is not None:
        other = replace(other, period=period, as_of=as_of(period))
    if organisation_id is not None:
        other = replace(other, organisation_id=organisation_id)
    tree = tree_on(session, other.as_of.day)
    return cube(session, other.question(tree)).total
