"""The page of one's own messages, and the link that confirms an address."""

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.domain.messages.links import sign
from portal.domain.messages.occasions import Frequency, Occasion
from portal.models import Event, OutgoingMessage, StaffMessages
from portal.services.messages.composing import STOP, confirming
from portal.web.console.staff_messages import LINKS_AN_HOUR
from tests.builders import World
from tests.pages import Client, get, login, post

PAGE = "/account/messages"
ADDRESS = "he.jing@office.example"
OFTEN = dict.fromkeys(("new_work", "sent_back", "urged", "due_soon", "overdue"), "at_once")


def rows(session: Session) -> list[StaffMessages]:
    """Return all addresses as they are now."""
    session.rollback()
    return list(session.scalars(sa.select(StaffMessages)))


@pytest.fixture
def handler(client: Client, world: World) -> Client:
    """A handler who is logged in."""
    login(client, "city_handler")
    return client


def test_an_address_is_kept_and_asked_to_confirm(handler: Client, session: Session) -> None:
    """The address and the choice are kept, a link is sent, and the log says that there was a change."""
    post(handler, PAGE, {"address": ADDRESS, **OFTEN, "new_work": "daily"})
    (row,) = rows(session)
    assert (row.address, row.confirmed_at) == (ADDRESS, None)
    assert (row.new_work, row.urged) == (Frequency.DAILY, Frequency.AT_ONCE)
    assert session.scalars(sa.select(OutgoingMessage.occasion)).all() == [Occasion.ADDRESS]
    event = session.scalars(sa.select(Event).where(Event.action == "set_address")).one()
    assert (event.subject, event.reason) == ("user:city_handler", None)
    assert get(handler, PAGE).form(PAGE).fields["address"] == [ADDRESS]


def test_the_link_confirms_after_login(
    app: Flask, handler: Client, session: Session, settings: Settings, world: World
) -> None:
    """The link leads through the login, and then confirms; a wrong one says so."""
    post(handler, PAGE, {"address": ADDRESS, **OFTEN})
    who = str(world.people["city_handler"])
    link = f"{PAGE}/confirm/{sign(settings.key('code'), confirming(ADDRESS), who)}"
    assert app.test_client().get(link).status_code == 302
    handler.get(f"{link}x")
    assert rows(session)[0].confirmed_at is None
    handler.get(link)
    assert rows(session)[0].confirmed_at is not None


def test_an_empty_address_ends_messages(handler: Client, session: Session) -> None:
    """Whoever takes the address out gets nothing any more, and nothing of it is kept."""
    post(handler, PAGE, {"address": ADDRESS, **OFTEN})
    post(handler, PAGE, {"address": "", **OFTEN})
    assert rows(session) == []


@pytest.mark.parametrize(
    ("given", "field"),
    [({"address": "nobody"}, "address"), ({"urged": "hourly"}, "new_work")],
)
def test_what_cannot_be_is_said_at_its_field(
    handler: Client, session: Session, given: dict[str, str], field: str
) -> None:
    """A wrong address and an unknown frequency are refused, and nothing is kept."""
    page = post(handler, PAGE, {"address": ADDRESS, **OFTEN, **given}, status=422)
    assert f"{field}-error" in page.ids
    assert rows(session) == []


def test_links_are_limited(handler: Client, session: Session) -> None:
    """Nobody fills a stranger's mailbox with links."""
    most = int(LINKS_AN_HOUR.split()[0])
    for number in range(most):
        post(handler, PAGE, {"address": f"a{number}@office.example", **OFTEN})
    page = post(handler, PAGE, {"address": "last@office.example", **OFTEN}, status=429)
    assert "address-error" in page.ids
    assert rows(session)[0].address == f"a{most - 1}@office.example"


def test_one_click_stops_messages_to_staff(
    app: Flask, handler: Client, session: Session, settings: Settings, world: World
) -> None:
    """The link of a message stops all of them without login; the address stays."""
    post(handler, PAGE, {"address": ADDRESS, **OFTEN})
    subject = f"staff-{world.people['city_handler']}"
    link = f"/stop/{sign(settings.key('code'), STOP, subject)}"
    stranger = app.test_client()
    assert get(stranger, link).form(link)
    stranger.post(link, data={"List-Unsubscribe": "One-Click"})
    (row,) = rows(session)
    assert {row.often(each) for each in (Occasion.NEW_WORK, Occasion.URGED)} == {Frequency.NEVER}
    assert row.weekly is False
    assert row.address == ADDRESS
