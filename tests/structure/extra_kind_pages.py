"""What :mod:`tests.structure.test_tables` runs with one more kind of letter in the product."""

from collections.abc import Callable
from random import Random

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import State
from portal.domain.organisations import OrganisationKind
from portal.models import Letter, RateFact
from portal.tools.samples.grammar import LetterGrammar
from tests.builders import World, a_letter
from tests.pages import Client, get

Staff = Callable[[str], Client]
PRIVATE = Kind("private")


def test_the_kind_is_in_every_list(client: Client, staff: Staff, world: World) -> None:
    """The form offers it with its hint; filters, statistics and the deadline page have it."""
    form = get(client, "/write", follow_redirects=True)
    assert "密件" in form.text and "只给领导看的信" in form.text
    for address in ("/statistics", "/api/v1/entries?kind=private", "/archive?kind=private"):
        get(client, address)
    assert 'value="private"' in get(client, "/statistics").html
    assert 'value="private"' in get(staff("city_handler"), "/console/").html
    assert "密件来信的答复" in get(staff("office_administrator"), "/admin/deadline-rules").text


def test_a_letter_of_the_kind_is_handled_and_counted(
    session: Session, client: Client, world: World
) -> None:
    """It has a due date, is answered, is counted under its kind and never proposed."""
    letter = a_letter(session, world, State.CLOSED, kind=PRIVATE)
    assert letter.due_on is not None and letter.never_public
    assert (
        session.scalar(sa.select(RateFact.kind).where(RateFact.letter_id == letter.id)) is PRIVATE
    )
    assert session.scalar(sa.select(Letter.kind)) is PRIVATE
    assert "密件" in get(client, "/statistics").text


def test_letters_of_the_kind_are_invented() -> None:
    """The simulation writes letters of it without sentences of its own."""
    draft = LetterGrammar(1).letter(Random(1), PRIVATE, OrganisationKind.DISTRICT_GOVERNMENT)
    assert draft.kind is PRIVATE and draft.text
