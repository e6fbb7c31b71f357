"""Tables by organisation: each row a subtree, with the organisation's own letters as 本级.

The rows below an organisation and its own row add up to the organisation in every cell, because
each letter belongs to one organisation of the tree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portal.domain.organisations import OrganisationKind
from portal.domain.statistics.rates import Figures, wilson
from portal.queries.statistics.tree import Node, Tree

RANKED_FROM = 30
"""Letters below which a rate is not ranked: chance would decide the place."""


@dataclass(frozen=True, slots=True)
class Row:
    """An organisation with everything below it, or (``own``) with its own letters only."""

    node: Node
    figures: Figures
    own: bool = False
    parts: int = 0


@dataclass(frozen=True, slots=True)
class Ranked:
    """A row of a league table; ``rank`` is empty below the threshold, equal rates share one.

    ``low`` and ``high`` bound the rate with 95 % confidence (Wilson), as shares of 1.
    """

    row: Row
    rank: int | None
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Group:
    """The members of level 1 of one kind together; the office (``own``) is a separate group."""

    kind: OrganisationKind
    figures: Figures
    count: int
    own: bool = False


def members(tree: Tree, kind: OrganisationKind) -> frozenset[int]:
    """Return the organisations of ``kind`` directly below the top, with everything below them."""
    tops = (i for i in tree.children.get(tree.root_id or 0, ()) if tree.nodes[i].kind is kind)
    return frozenset(i for top in tops for i in tree.subtree(top))


def grouped(rows: list[Row]) -> list[Group]:
    """Return the rows of the top summed by kind, in the order of the rows; they add up alike."""
    found: dict[tuple[OrganisationKind, bool], list[Row]] = {}
    for row in rows:
        found.setdefault((row.node.kind, row.own), []).append(row)
    groups = [
        Group(kind, Figures.total(row.figures for row in same), len(same), own)
        for (kind, own), same in found.items()
    ]
    return sorted(groups, key=lambda group: group.own)


def breakdown(tree: Tree, figures: Mapping[int, Figures], top: int) -> list[Row]:
    """Return a row for ``top`` itself (本级) and one for each organisation directly below it.

    An organisation that did not exist on the day is left out unless it has letters.
    """
    branches: dict[int, list[Figures]] = {child: [] for child in tree.children.get(top, ())}
    for organisation_id, each in figures.items():
        branch: int | None = organisation_id
        while branch is not None and branch not in branches:
            branch = tree.nodes[branch].parent_id
        if branch is not None:
            branches[branch].append(each)
    rows = [Row(tree.nodes[top], figures.get(top, Figures()), own=True)]
    for child, cells in branches.items():
        node, total = tree.nodes[child], Figures.total(cells)
        if node.present or total != Figures():
            rows.append(Row(node, total))
    return rows


def league(rows: list[Row], measure: str, smallest: int = RANKED_FROM) -> list[Ranked]:
    """Rank rows by the rate ``measure`` (a property of ``Figures``), best first.

    Rows with fewer than ``smallest`` in the denominator follow without a rank. Rows whose
    numerator is no part of the denominator are left out.
    """
    found = [(row, getattr(row.figures, measure)) for row in rows]
    found = [(row, rate) for row, rate in found if rate.numerator <= rate.denominator > 0]
    large = [(row, rate) for row, rate in found if rate.denominator >= smallest]
    small = [(row, rate) for row, rate in found if rate.denominator < smallest]
    large.sort(key=lambda f: (-f[1].value, f[0].node.id))
    ranked: list[Ranked] = []
    for place, (row, rate) in enumerate(large, start=1):
        same = place > 1 and large[place - 2][1].value == rate.value
        rank = ranked[-1].rank if same else place
        ranked.append(Ranked(row, rank, *wilson(rate.numerator, rate.denominator)))
    small.sort(key=lambda f: f[0].node.id)
    return ranked + [
        Ranked(row, None, *wilson(rate.numerator, rate.denominator)) for row, rate in small
    ]
