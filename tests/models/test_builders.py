"""The builders reach every state on the database the suite runs on."""

import pytest
from sqlalchemy.orm import Session

from portal.domain.letters.states import Publication, State
from tests.builders import World, a_letter


@pytest.mark.parametrize("state", list(State))
def test_builder_reaches_every_state(session: Session, world: World, state: State) -> None:
    """A builder brings a letter to the state that it is asked for."""
    assert a_letter(session, world, state).state is state


@pytest.mark.parametrize("publication", list(Publication))
def test_builder_reaches_every_publication(
    session: Session, world: World, publication: Publication
) -> None:
    """A builder brings a letter to the publication that it is asked for."""
    assert a_letter(session, world, publication=publication).publication is publication
