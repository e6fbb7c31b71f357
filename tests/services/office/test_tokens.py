"""Making and withdrawing tokens of programs."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.errors import InvalidInput, NotFound, NotPermitted
from portal.domain.tokens import NAME_MAX, hash_token
from portal.models import ApiToken
from portal.services.office.tokens import create_token, withdraw_token
from tests.builders import START, World

ADMIN = "office_administrator"
KEY = b"k" * 32


def test_only_administrators_make_tokens(session: Session, world: World) -> None:
    """A dispatcher makes none."""
    with pytest.raises(NotPermitted):
        create_token("热线", KEY, world.actor("office_dispatcher"), START)


@pytest.mark.parametrize("name", ["", " ", "字" * (NAME_MAX + 1)])
def test_a_token_without_a_usable_name_is_refused_by_its_field(world: World, name: str) -> None:
    """A missing or overlong purpose is an error of the field ``name``."""
    with pytest.raises(InvalidInput) as refused:
        create_token(name, KEY, world.actor(ADMIN), START)
    assert refused.value.field == "name"


def test_a_token_is_kept_as_its_hash(session: Session, world: World) -> None:
    """The row holds the purpose, the hash under the key, the maker and the moment."""
    text = create_token(" 热线 ", KEY, world.actor(ADMIN), START)
    row = session.scalars(sa.select(ApiToken)).one()
    assert (row.name, row.hash, row.creator_id, row.created_at) == (
        "热线",
        hash_token(KEY, text),
        world.people[ADMIN],
        START,
    )


def test_a_token_that_never_was_cannot_be_withdrawn(world: World) -> None:
    """Withdrawing an unknown number is no quiet success."""
    with pytest.raises(NotFound):
        withdraw_token(1, world.actor(ADMIN), START)
