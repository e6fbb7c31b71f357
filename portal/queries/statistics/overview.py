"""Everything a page of statistics shows for one question."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from portal.domain.letters.kinds import Kind
from portal.domain.organisations import OrganisationKind
from portal.domain.periods import Granularity, Period
from portal.domain.statistics.as_of import AsOf
from portal.domain.statistics.measures import View
from portal.domain.statistics.rates import Basis, Figures
from portal.queries.statistics.cache import cube, series, tree_on
from portal.queries.statistics.deflected import deflected
from portal.queries.statistics.filters import Question
from portal.queries.statistics.tables import Group, Ranked, Row, breakdown, grouped, league, members
from portal.queries.statistics.tree import Node, Tree

PARTS = {
    Granularity.YEAR: (Granularity.MONTH, Granularity.QUARTER, Granularity.WEEK),
    Granularity.QUARTER: (Granularity.WEEK, Granularity.MONTH),
    Granularity.MONTH: (Granularity.DAY, Granularity.WEEK),
    Granularity.WEEK: (Granularity.DAY,),
}
"""The parts by which a trend may show a period, the usual one first."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a page: a period seen from a moment, an organisation with its subtree.

    ``own`` narrows to the organisation's own letters (a reach that does not include the subtree),
    ``group`` to the members of level 1 of that kind (of the whole tree only), ``category`` to a
    subject (``""``: letters without one). ``by`` names the parts of the trend.
    """

    period: Period
    as_of: AsOf
    basis: Basis = Basis.COHORT
    view: View = View.RECEIVING
    organisation_id: int | None = None
    kind: Kind | None = None
    rank: str = "closure"
    own: bool = False
    category: str | None = None
    group: OrganisationKind | None = None
    by: Granularity | None = None

    @property
    def part(self) -> Granularity | None:
        """The parts by which a trend shows the period: ``by`` where it fits."""
        usual = PARTS.get(self.period.granularity, ())
        return self.by if self.by in usual else next(iter(usual), None)

    @property
    def parts(self) -> list[Period]:
        """The periods of the trend."""
        return self.period.split(self.part) if self.part else []

    @property
    def rankable(self) -> bool:
        """Whether the numerator of the rate of the ranks is a part of its denominator."""
        receiving = self.view is View.RECEIVING or self.rank != "closure"
        return receiving and self.basis is Basis.COHORT


def resolve(session: Session, asked: Asked) -> tuple[Tree, Question]:
    """Return the tree of the as-of day, and the question that is counted for ``asked``."""
    tree, top = tree_on(session, asked.as_of.day), asked.organisation_id
    organisations = None
    if asked.own and top is not None:
        organisations = frozenset({top})
    elif top is not None and top != tree.root_id:
        organisations = frozenset(tree.subtree(top))
    elif asked.group is not None:
        organisations = members(tree, asked.group)
    return tree, Question(
        asked.period,
        asked.as_of.before,
        asked.basis,
        asked.view,
        organisations,
        asked.kind,
        asked.category,
    )


@dataclass(frozen=True)
class Overview:
    """The answer; ``trend`` is empty for a single day, ``league`` where nothing can be ranked.

    ``path`` leads from the top of the tree down to ``node``. Deflected letters are separate: they
    are in no figure.
    """

    asked: Asked
    question: Question
    tree: Tree
    node: Node | None
    path: list[Node]
    total: Figures
    kinds: list[tuple[Kind, Figures]]
    categories: list[tuple[str, Figures]]
    rows: list[Row]
    groups: list[Group]
    trend: list[tuple[Period, Figures]]
    league: list[Ranked]
    deflected: int


def overview(session: Session, asked: Asked) -> Overview:
    """Return the figures that a page shows for ``asked``."""
    tree, question = resolve(session, asked)
    top = asked.organisation_id or tree.root_id
    path = tree.path(top) if top else []
    trend = series(session, question, asked.parts)
    found = cube(session, question)
    rows = [] if top is None or asked.own else breakdown(tree, found.by_organisation, top)
    whole = top == tree.root_id
    if asked.group is not None and whole:
        rows = [row for row in rows if not row.own and row.node.kind is asked.group]
    elif len(rows) == 1:
        rows = []
    return Overview(
        asked,
        question,
        tree,
        path[-1] if path else None,
        path,
        found.total,
        [(kind, found.by_kind.get(kind, Figures())) for kind in Kind],
        found.categories,
        rows,
        grouped(rows) if whole and asked.group is None else [],
        trend,
        league([row for row in rows if not row.own], asked.rank) if asked.rankable else [],
        deflected(session, question),
    )


def categories(session: Session, asked: Asked) -> list[str]:
    """Return the subjects of the letters of the question, whatever its own subject."""
    _tree, anything = resolve(session, replace(asked, category=None, kind=None))
    return [name for name, _figures in cube(session, anything).categories]
