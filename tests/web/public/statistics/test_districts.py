"""The grid of districts on the statistics: where tiles stand, how dark they are, where they lead."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import time_machine
from sqlalchemy.orm import Session

from portal.adapters.district_grid import NAME, district_places
from portal.config import Settings
from portal.domain.letters.states import State
from portal.domain.organisations import OrganisationKind
from portal.domain.statistics.rates import Figures
from portal.models import Organisation
from portal.queries.statistics.tables import Row
from portal.queries.statistics.tree import Node
from portal.services.core.unit import writing
from portal.tools.samples.organisations import arrange_districts
from portal.web.statistics.districts import district_grid
from tests.builders import World, a_letter
from tests.pages import Client, get


@pytest.fixture(autouse=True)
def seen_later() -> Iterator[None]:
    """Seen from February 2017."""
    with time_machine.travel(datetime.fromisoformat("2017-02-01T03:00:00+00:00"), tick=False):
        yield


def rows(*closed: int) -> list[Row]:
    """Return a district for each count of letters closed of 100 received, and an enterprise."""
    kind = OrganisationKind.DISTRICT_GOVERNMENT
    found = [
        Row(
            Node(900 + n, f"d{n}", f"第{n}区人民政府", kind, 1, True),
            Figures(received=100, closed=each),
        )
        for n, each in enumerate(closed)
    ]
    other = Node(1, "e", "企业", OrganisationKind.KEY_ENTERPRISE, 1, True)
    return [*found, Row(other, Figures())]


def test_tiles_follow_each_other_where_nobody_arranged_them(session: Session) -> None:
    """Eight in a row, in the order of the rows of the table."""
    grid = district_grid(session, rows(*[50] * 10), "closure", {"d0": (3, 3)})
    assert [(t.column, t.row) for t in grid.tiles][:2] == [(1, 1), (2, 1)]
    assert [(t.column, t.row) for t in grid.tiles][7:] == [(8, 1), (1, 2), (2, 2)]
    assert (grid.columns, grid.rows) == (8, 2)
    assert grid.tiles[0].name == "第0区"


def test_tiles_stand_where_the_file_puts_them(session: Session) -> None:
    """They come row by row, which is the order of the keyboard."""
    places = {"d0": (2, 2), "d1": (3, 1), "d2": (1, 1)}
    grid = district_grid(session, rows(1, 2, 3), "closure", places)
    assert [tile.organisation_id for tile in grid.tiles] == [902, 901, 900]
    assert (grid.columns, grid.rows) == (3, 2)


def test_a_phone_has_the_same_tiles_in_fewer_columns(session: Session) -> None:
    """Five in a row, in the order of the grid for wide screens."""
    grid = district_grid(session, rows(*[50] * 7), "closure", {})
    assert [t.organisation_id for t in grid.narrow.tiles] == [t.organisation_id for t in grid.tiles]
    assert [(t.column, t.row) for t in grid.narrow.tiles][3:] == [(4, 1), (5, 1), (1, 2), (2, 2)]


def test_a_tile_is_darker_by_steps(session: Session) -> None:
    """The steps are at 60, 80 and 90 per cent; without letters there is neither rate nor step."""
    grid = district_grid(session, rows(0, 59, 60, 79, 80, 89, 90, 100), "closure", {})
    assert [tile.step for tile in grid.tiles] == [0, 0, 1, 1, 2, 2, 3, 3]
    assert [tile.percent for tile in grid.tiles][1:3] == ["59%", "60%"]
    (empty, *_) = district_grid(session, rows(0), "publication", {}).tiles
    assert (empty.step, empty.percent) == (None, "—")


def test_the_page_leads_to_the_districts(
    client: Client, session: Session, world: World, settings: Settings
) -> None:
    """Each tile is a link whose words name district and rate, and the table has the counts."""
    with writing() as unit:
        office = unit.get_one(Organisation, world["office"])
        kind = OrganisationKind.DISTRICT_GOVERNMENT
        other = Organisation(code="north", name="北山区人民政府", kind=kind, level=1)
        other.parent_id = office.id
        unit.add(other)
        unit.flush()
        other.path = f"{office.path}{other.id}/"
    a_letter(session, world, State.CLOSED, place="township")
    page = get(client, "/statistics?period=2016")
    assert 'aria-label="临江区：100%"' in page.html and 'aria-label="北山区：—"' in page.html
    assert f"/organisations/{world['district']}" in page.links
    assert "各区县的办结率" in page.text
    assert "各区县的挂网率" in get(client, "/statistics?period=2016&view=answering").text
    assert "各区县的" not in get(client, "/statistics/district?period=2016").text


@pytest.mark.parametrize(
    "text",
    [
        "code,column,row\na,1,1\nb,1,1\n",
        "code,column,row\na,0,1\n",
        "code,column,row\na,1,41\n",
        "code,column,row\na,x,1\n",
        "code,column\na,1\n",
        "code,column,row\na\n",
        "\x00",
    ],
)
def test_a_file_that_cannot_be_used_arranges_nothing(tmp_path: Path, text: str) -> None:
    """Two tiles in one place, places outside, words for numbers, missing columns."""
    (tmp_path / NAME).write_text(text, "utf-8")
    assert district_places(tmp_path) == {}


def test_a_file_gives_column_and_row(tmp_path: Path) -> None:
    """The sample file has a place of its own for each of its 38 districts, and is written once."""
    assert district_places(tmp_path) == {}
    (tmp_path / NAME).write_text("\ufeffcode,column,row\na,1,40\n b ,2,1\n", "utf-8")
    assert district_places(tmp_path) == {"a": (1, 40), "b": (2, 1)}
    arrange_districts(tmp_path / NAME)
    assert len(district_places(tmp_path)) == 2
    (tmp_path / NAME).unlink()
    arrange_districts(tmp_path / NAME)
    assert len(district_places(tmp_path)) == 38
