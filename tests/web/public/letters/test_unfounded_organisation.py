"""An organisation yet to be founded is offered to nobody before its day."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from portal.domain.errors import InvalidInput
from portal.domain.letters.states import Action, State
from portal.queries.office.directory import (
    closest_organisations,
    find_organisations,
    members,
    named_organisations,
    subordinates,
)
from portal.queries.targets import usual_targets
from portal.services.disclosure.filing import addressee
from portal.services.letters import handling
from portal.services.letters.submission import chosen_organisation
from portal.web.core.clock import today
from tests.builders import World, a_letter
from tests.pages import Client, get


@pytest.fixture(autouse=True)
def _founded_later(session: Session, world: World) -> None:
    """Make a township and a department that begin on a day to come."""
    for place in ("township", "police"):
        world.organisation(place).founded_on = today() + timedelta(days=400)
    session.commit()


@pytest.fixture
def founded(world: World) -> date:
    """The day on which they begin."""
    day = world.organisation("police").founded_on
    assert day is not None
    return day


def test_the_directory_has_it_from_its_day_on(
    session: Session, world: World, founded: date
) -> None:
    """No list and no search gives it the day before, all of them do on the day."""

    def offered(day: date) -> list[bool]:
        district = world.organisation("district")
        levels = (members(session, day), subordinates(session, district, day))
        return [
            *(
                any(p.id == world["police"] for p in find(session, "山城市公安局", day))
                for find in (find_organisations, named_organisations, closest_organisations)
            ),
            *(
                any(o.id in (world["police"], world["township"]) for o in sum(rows.values(), []))
                for rows in levels
            ),
        ]

    assert offered(founded - timedelta(days=1)) == [False] * 5
    assert offered(founded) == [True] * 5


@pytest.mark.parametrize("take", [chosen_organisation, addressee])
def test_it_is_refused_until_its_day(
    session: Session, world: World, founded: date, take: Callable[..., object]
) -> None:
    """Neither a letter nor a request reaches it before; what is wrong is said by the field."""
    with pytest.raises(InvalidInput, match="还没有成立") as refused:
        take(session, world["police"], founded - timedelta(days=1))
    assert refused.value.field == "organisation"
    assert take(session, world["police"], founded) == world.organisation("police")


@pytest.mark.parametrize("page", ["/write", "/disclosure/new"])
def test_an_address_does_not_choose_it(client: Client, world: World, page: str) -> None:
    """An address that names it chooses nothing, and the lists do not have it."""
    found = get(client, f"{page}?organisation={world['police']}", follow_redirects=True)
    assert f'value="{world["police"]}"' not in found.html


def test_its_pages_do_not_lead_to_writing(client: Client, world: World) -> None:
    """Its own page says when it begins, and the statistics of it offer no letter either."""
    code = world.organisation("police").code
    own, figures = (
        get(client, a) for a in (f"/organisations/{world['police']}", f"/statistics/{code}")
    )
    assert "这个单位还没有成立" in own.text
    assert "给这个单位写信" not in own.text + figures.text


def test_a_letter_is_not_handed_to_it(session: Session, world: World, founded: date) -> None:
    """The handler who hands a letter on is not offered what does not exist yet."""
    letter = a_letter(session, world, State.IN_PROGRESS)
    days = (founded - timedelta(days=1), founded)
    offered = [usual_targets(session, letter, Action.TRANSFER, day) for day in days]
    assert [world.organisation("police") in found for found in offered] == [False, True]
    actor, when = world.actor("city_dispatcher"), letter.received_at + timedelta(days=2)
    with pytest.raises(InvalidInput, match="没有这个单位"):
        handling.transfer(letter.id, letter.version, world["police"], "归公安管。", actor, when)
