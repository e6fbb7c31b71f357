"""The pages of what is asked most."""

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.domain.letters.states import Publication
from portal.queries.archive.matters import matter_of
from portal.services.archive.matters import place_entries
from portal.web.core.clock import now
from tests.archive import bring_up_to_date, published, withdraw
from tests.builders import World, a_letter
from tests.pages import get

TITLE = "小区门口的路灯什么时候能修好"


def _gather(settings: Settings) -> None:
    index = bring_up_to_date(settings)
    while place_entries(index):
        pass


def test_home_list_and_matter_lead_to_the_answers(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """Home and the list lead to the matter, the matter to its answers, an answer to the matter."""
    recent = now() - timedelta(days=30)
    ids = [published(session, world, now=recent).id for _ in range(2)]
    a_letter(session, world, publication=Publication.REFUSED, now=recent)
    _gather(settings)
    found = matter_of(session, ids[0])
    assert found == (found[0], 2) if found else False
    address = f"/hot/{found[0]}" if found else ""
    home = get(client, "/")
    assert "近来问得最多" in home.text
    assert address in home.links
    assert "/hot" in home.links
    listed = get(client, "/hot")
    assert address in listed.links
    assert "2 件答复" in listed.text
    page = get(client, address)
    assert {f"/archive/{i}" for i in ids} == {
        link for link in page.links if link.startswith("/archive/")
    }
    entry = get(client, f"/archive/{ids[0]}")
    assert address in entry.links
    assert "同一件事有 2 件答复" in entry.text
    assert "2 answers" in get(client, f"/en{address}").text


def test_a_withdrawn_entry_is_on_no_page(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """What is withdrawn is gone from list, matter and home with the next request."""
    entries = [published(session, world, now=now() - timedelta(days=9)) for _ in range(2)]
    kept = entries[0].id
    _gather(settings)
    found = matter_of(session, kept)
    assert found is not None
    withdraw(session, world, entries[1])
    get(client, f"/hot/{found[0]}", 404)
    assert TITLE not in get(client, "/hot").text
    assert "近来问得最多" not in get(client, "/").text
    assert "同一件事有" not in get(client, f"/archive/{kept}").text


def test_an_unknown_matter_is_not_found(client: FlaskClient, world: World) -> None:
    """A number that no matter has answers 404; the empty list says so."""
    get(client, "/hot/99", 404)
    assert "还没有多封来信问同一件事" in get(client, "/hot").text
