"""Where a letter may go: the order of what words find, and what is offered first."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.letters.states import Action
from portal.domain.organisations import OrganisationKind
from portal.domain.periods import civil_date
from portal.models import Organisation
from portal.queries.targets import find, named, usual_targets
from portal.services.office.organisations import create_organisation
from tests.builders import START, World, a_walk

TODAY = civil_date(START)


def founded(world: World, code: str, name: str, short: str = "") -> int:
    """Found an organisation below the office."""
    return create_organisation(
        code,
        name,
        OrganisationKind.MUNICIPAL_DEPARTMENT,
        world["office"],
        world.actor("office_administrator"),
        START,
        short_name=short,
    )


def test_the_nearest_match_comes_first(session: Session, world: World) -> None:
    """The exact name, short name or code, then the beginning of a name, then a part of it."""
    inside = founded(world, "a", "山城市园林局")
    beginning = founded(world, "b", "园林研究所")
    short = founded(world, "c", "山城市绿化处", "园林")
    exact = founded(world, "d", "园林")
    found = find(session, sa.true(), "园林")
    assert [each.id for each in found] == [short, exact, beginning, inside]
    assert [each.id for each in named(session, sa.true(), "山城市园林局")] == [inside]
    by_code = find(session, sa.true(), "b")
    assert by_code[0].id == beginning


@pytest.mark.parametrize(
    ("holder", "action", "targets"),
    [
        ("bureau", Action.TRANSFER, ["district", "township"]),
        ("district", Action.TRANSFER, ["office", "city", "police", "water", "bureau", "township"]),
        ("district", Action.DISPATCH, ["bureau", "township"]),
    ],
)
def test_the_neighbours_are_offered(
    session: Session, world: World, holder: str, action: Action, targets: list[str]
) -> None:
    """A letter is passed on beside, above or below its holder, and dispatched right below."""
    letter = a_walk(session, world, holder).letter
    offered: list[Organisation] = usual_targets(session, letter, action, TODAY)
    assert [each.code for each in offered] == targets
