"""Everything a page of statistics shows for one question, gathered from one cube."""

from __future__ import annotations

from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.letters.kinds import Kind
from portal.domain.organisations import OrganisationKind
from portal.domain.periods import Granularity, Period
from portal.domain.statistics.as_of import AsOf
from portal.domain.statistics.measures import View
from portal.domain.statistics.rates import Basis, Figures
from portal.models import RateFact
from portal.queries.statistics.count import Cube, cube, series
from portal.queries.statistics.deflected import avoided
from portal.queries.statistics.filters import Question
from portal.queries.statistics.tables import Group, Ranked, Row, breakdown, grouped, league, members
from portal.queries.statistics.tree import Node, Tree, tree_on

PARTS = {
    Granularity.YEAR: (Granularity.MONTH, Granularity.QUARTER, Granularity.WEEK),
    Granularity.QUARTER: (Granularity.WEEK, Granularity.MONTH),
    Granularity.MONTH: (Granularity.DAY, Granularity.WEEK),
    Granularity.WEEK: (Granularity.DAY,),
}
"""The parts by which a trend may show a period, the usual one first."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page asks: a period seen from a moment, an organisation with what is below it.

    ``unit`` narrows to the organisation's own letters (a reach that does not include the subtree),
    ``group`` to the members of level 1 of that kind, ``category`` to a subject (``""``: letters
    without one). ``by`` is the wish for the parts of the trend.
    """

    period: Period
    as_of: AsOf
    basis: Basis = Basis.COHORT
    view: View = View.RECEIVING
    organisation_id: int | None = None
    kind: Kind | None = None
    rank: str = "closure"
    unit: bool = False
    category: str | None = None
    group: OrganisationKind | None = None
    by: Granularity | None = None

    @property
    def parts(self) -> Granularity | None:
        """The parts by which a trend shows the period: the wish where it fits."""
        usual = PARTS.get(self.period.granularity, ())
        return self.by if self.by in usual else next(iter(usual), None)

    def question(self, tree: Tree) -> Question:
        """Return the question for the cube."""
        return Question(
            self.period,
            self.as_of.before,
            self.basis,
            self.view,
            self._places(tree),
            self.kind,
            self.category,
        )

    def _places(self, tree: Tree) -> frozenset[int] | None:
        top = self.organisation_id
        if self.unit and top is not None:
            return frozenset({top})
        if top is not None and top != tree.root_id:
            return frozenset(tree.subtree(top))
        if self.group is not None:
            return members(tree, self.group)
        return None


@dataclass(frozen=True)
class Overview:
    """The answer; ``trend`` is empty for a single day, ``league`` where nothing can be ranked.

    ``avoided`` letters stand apart: they are in no figure.
    """

    asked: Asked
    question: Question
    tree: Tree
    node: Node | None
    way: list[Node]
    total: Figures
    kinds: list[tuple[Kind, Figures]]
    categories: list[tuple[str, Figures]]
    rows: list[Row]
    groups: list[Group]
    trend: list[tuple[Period, Figures]]
    league: list[Ranked]
    avoided: int


def overview(session: Session, asked: Asked) -> Overview:
    """Return what a page shows for ``asked``."""
    tree = tree_on(session, asked.as_of.day)
    question = asked.question(tree)
    found = cube(session, question)
    top = asked.organisation_id or tree.root_id
    rows = _rows(tree, found, top, asked)
    part = asked.parts
    return Overview(
        asked,
        question,
        tree,
        tree.nodes[top] if top else None,
        tree.way(top) if top else [],
        found.total,
        [(kind, found.by_kind.get(kind, Figures())) for kind in Kind],
        found.categories,
        rows,
        grouped(rows) if top == tree.root_id and asked.group is None else [],
        series(session, question, part) if part else [],
        league([row for row in rows if not row.own], asked.rank) if _rankable(asked) else [],
        avoided(session, question),
    )


def _rows(tree: Tree, found: Cube, top: int | None, asked: Asked) -> list[Row]:
    if top is None or asked.unit:
        return []
    rows = breakdown(tree, found.by_organisation, top)
    if asked.group is not None and top == tree.root_id:
        return [row for row in rows if not row.own and row.node.kind is asked.group]
    return rows if len(rows) > 1 else []


def _rankable(asked: Asked) -> bool:
    """Rank only where the numerator is a part of the denominator."""
    if asked.basis is Basis.PERIOD:
        return False
    return asked.view is View.RECEIVING or asked.rank != "closure"


def categories(session: Session, asked: Asked, tree: Tree) -> list[str]:
    """Return the subjects of the letters that are asked about, whatever subject is asked for."""
    anything = replace(asked, category=None, kind=None).question(tree)
    return [name for name, _figures in cube(session, anything).categories]


def years(session: Session) -> list[int]:
    """Return the years in which letters were received, from the first to the last."""
    # One end at a time: asked for both at once, SQLite reads the whole index.
    ends = (sa.func.min(RateFact.received_month), sa.func.max(RateFact.received_month))
    first, last = (session.scalar(sa.select(end)) for end in ends)
    return [] if first is None or last is None else list(range(first // 100, last // 100 + 1))
