"""The order and reach of what the directory finds."""

from datetime import date

from sqlalchemy.orm import Session

from portal.queries.office.directory import find_organisations
from tests.builders import World

TODAY = date(2016, 6, 15)


def test_higher_organisations_come_first(session: Session, world: World) -> None:
    """A district stands before what is below it."""
    found = find_organisations(session, "临江区", TODAY)
    assert [place.id for place in found] == [world["district"], world["bureau"], world["township"]]


def test_the_whole_name_comes_first(session: Session, world: World) -> None:
    """An organisation that is named in full stands before its superiors."""
    assert find_organisations(session, "临江区教育委员会", TODAY)[0].id == world["bureau"]


def test_words_may_name_the_superior(session: Session, world: World) -> None:
    """Two words find a unit by its superior's name and its own."""
    found = find_organisations(session, "人民政府 石桥", TODAY)
    assert [place.id for place in found] == [world["township"]]


def test_the_office_is_no_addressee_of_its_own(session: Session, world: World) -> None:
    """The letterbox office is reached by not choosing, so it is not found."""
    assert find_organisations(session, "公开信箱办公室", TODAY) == []


def test_no_more_than_asked_for(session: Session, world: World) -> None:
    """The list ends at its limit."""
    assert len(find_organisations(session, "", TODAY, 2)) == 2
