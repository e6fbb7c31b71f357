"""The districts as a grid of tiles with their rates, arranged by a file or simply in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from portal.domain.archive.places import place_name
from portal.domain.organisations import OrganisationKind
from portal.domain.statistics.rates import NO_RATE, Figures, Rate
from portal.queries.archive.places import district_organisations
from portal.queries.statistics.tables import Row

WRAPPED = 8
"""Columns of a grid that nobody has arranged."""
NARROW = 5
"""Columns of the grid of a phone: at 320 px their words are still 12 px high."""
STEPS = (60, 80, 90)
"""Per cent from which a tile is darker by a step."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A district in its place (from 1); ``step`` (0 to 3) is how dark it is, None without a rate."""

    organisation_id: int
    name: str
    figures: Figures
    rate: Rate
    column: int
    row: int

    @property
    def percent(self) -> str:
        """The rate in whole per cent, half up."""
        percent = self.rate.percent(0)
        return NO_RATE if percent is None else f"{percent}%"

    @property
    def step(self) -> int | None:
        """How many of ``STEPS`` the rate reaches."""
        value = self.rate.value
        return None if value is None else sum(100 * value >= step for step in STEPS)


@dataclass(frozen=True)
class DistrictGrid:
    """The tiles in the order of their rows and columns, by which the keyboard goes too."""

    tiles: list[Tile]

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return max((tile.column for tile in self.tiles), default=0)

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return max((tile.row for tile in self.tiles), default=0)

    @property
    def narrow(self) -> DistrictGrid:
        """The same tiles in the same order, in ``NARROW`` columns."""
        return DistrictGrid(
            [
                replace(tile, column=number % NARROW + 1, row=number // NARROW + 1)
                for number, tile in enumerate(self.tiles)
            ]
        )


def district_grid(
    session: Session, rows: Sequence[Row], measure: str, places: Mapping[str, tuple[int, int]]
) -> DistrictGrid:
    """Return the districts among ``rows`` by their rate ``measure`` (a property of ``Figures``).

    ``places`` arranges them by code. Where a district is missing in it, all follow each other in the
    order of ``rows``.
    """
    names = {each.id: place_name(each.brief_name) for each in district_organisations(session)}
    found = [
        row for row in rows if not row.own and row.node.kind is OrganisationKind.DISTRICT_GOVERNMENT
    ]
    arranged = all(row.node.code in places for row in found)
    tiles = []
    for number, row in enumerate(found):
        wrapped = (number % WRAPPED + 1, number // WRAPPED + 1)
        column, line = places[row.node.code] if arranged else wrapped
        name = names.get(row.node.id) or place_name(row.node.name)
        rate = getattr(row.figures, measure)
        tiles.append(Tile(row.node.id, name, row.figures, rate, column, line))
    return DistrictGrid(sorted(tiles, key=lambda tile: (tile.row, tile.column)))
