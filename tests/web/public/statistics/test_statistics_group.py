"""A kind of organisations can be asked for in the whole tree alone."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from portal.domain.letters.states import State
from tests.builders import World, a_letter
from tests.pages import Client, get

GROUP = "group=municipal_department"


@pytest.fixture(autouse=True)
def letters(session: Session, world: World) -> None:
    """A letter closed by a department, one in progress in a district that was founded in 2016."""
    a_letter(session, world, State.CLOSED, place="city")
    a_letter(session, world, State.IN_PROGRESS, place="township")
    world.organisation("district").founded_on = date(2016, 3, 1)
    session.commit()


@pytest.mark.parametrize(
    ("words", "group", "received"),
    [
        (GROUP, "municipal_department", 1),
        (f"{GROUP}&organisation=office", "municipal_department", 1),
        (f"{GROUP}&organisation=district", None, 1),
        (f"{GROUP}&organisation=city", None, 1),
        (f"{GROUP}&organisation=police", None, 0),
        ("", None, 2),
    ],
)
def test_a_kind_is_asked_of_the_whole_tree_alone(
    client: Client, words: str, group: str | None, received: int
) -> None:
    """Beside an organisation the kind is passed over, and the data do not say they are about it."""
    found = client.get(f"/statistics/data.json?period=2016&{words}").get_json()
    assert (found["group"], found["total"]["received"]) == (group, received)


def test_the_page_of_an_organisation_is_the_same_with_a_kind(client: Client) -> None:
    """Neither the figures, nor what is said of the organisation, nor the trend depend on it."""
    plain = get(client, "/statistics/district?period=2016&compare=2015")
    asked = get(client, f"/statistics/district?period=2016&compare=2015&{GROUP}")
    assert "成立于2016年3月1日" in plain.text and asked.text == plain.text
