"""An organisation that has closed is offered to nobody, whatever an old address says."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests.builders import World
from tests.pages import Client, get


@pytest.mark.parametrize("page", ["/write", "/disclosure/new"])
def test_an_old_address_does_not_choose_what_is_closed(
    client: Client, session: Session, world: World, page: str
) -> None:
    """An address that names a township chooses it while it is open, and no longer once closed."""
    address = f"{page}?organisation={world['township']}"
    option = f'selected value="{world["township"]}"'
    assert option in get(client, address, follow_redirects=True).html
    world.organisation("township").closed_on = date(2016, 6, 1)
    session.commit()
    found = get(client, address, follow_redirects=True)
    assert option not in found.html and "石桥街道" not in found.text
