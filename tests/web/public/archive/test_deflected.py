"""Readers who find the answer and need not write any more, and say so."""

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.models import ArchiveEntry, DeflectedLetter
from portal.web.public.archive import entries as archive
from tests.archive import bring_up_to_date, published, withdraw
from tests.builders import World
from tests.pages import Client, get
from tests.web.public.citizens import preview

ASK = "这条答复解决您的问题了吗？"
OFFER = "我本来要写信，现在不用了"
THANKS = "谢谢，您少写了一封信"


def deflected(session: Session) -> list[DeflectedLetter]:
    """All deflected letters."""
    session.rollback()
    return list(session.scalars(sa.select(DeflectedLetter)))


def sending(client: FlaskClient, entry: ArchiveEntry) -> dict[str, str]:
    """Open the entry with a letter in hand and return what its button sends."""
    url = f"/archive/{entry.id}"
    return get(client, f"{url}?from=write").form(f"{url}/solved").hidden


def test_a_reader_with_a_letter_in_hand_is_asked(
    client: FlaskClient, session: Session, world: World
) -> None:
    """An entry opened while writing asks whether it helped and leads back to the letter."""
    entry = published(session, world)
    page = get(client, f"/archive/{entry.id}?from=write")
    assert ASK in page.text and "没有，回去接着写" in page.text and "/write" in page.links
    assert OFFER not in page.text


def test_other_readers_find_a_quiet_line(
    client: FlaskClient, session: Session, world: World
) -> None:
    """An entry opened otherwise asks nothing and leads to the question beside the votes."""
    entry = published(session, world)
    page = get(client, f"/archive/{entry.id}")
    assert OFFER in page.text and ASK not in page.text
    assert f"/archive/{entry.id}?from=write#solved-ask" in page.links


def test_a_letter_not_written_is_counted(
    client: FlaskClient, session: Session, world: World
) -> None:
    """The button counts one letter to the organisation that answered, and thanks."""
    entry = published(session, world)
    data = sending(client, entry)
    answer = client.post(f"/archive/{entry.id}/solved", data=data)
    assert (answer.status_code, answer.location) == (303, f"/archive/{entry.id}#solved")
    (row,) = deflected(session)
    assert (row.entry_id, row.organisation_id, row.kind) == (
        entry.id,
        world["city"],
        entry.kind,
    )
    page = get(client, f"/archive/{entry.id}")
    assert THANKS in page.text and ASK not in page.text and OFFER not in page.text


def test_nothing_of_the_person_is_kept(client: FlaskClient, session: Session, world: World) -> None:
    """A row holds entry, organisation, kind, moment and the hash of a random value, no more."""
    entry = published(session, world)
    data = sending(client, entry)
    client.post(f"/archive/{entry.id}/solved", data=data)
    (row,) = deflected(session)
    assert set(DeflectedLetter.__table__.columns.keys()) == {
        "id",
        "entry_id",
        "organisation_id",
        "kind",
        "occurred_at",
        "month",
        "form_key",
    }
    assert row.form_key != data["form_token"]


def test_a_double_click_counts_once(app: object, session: Session, world: World) -> None:
    """Two requests with the same cookies and the same page count one letter."""
    entry = published(session, world)
    first = app.test_client()  # type: ignore[attr-defined]
    data = sending(first, entry)
    second = app.test_client()  # type: ignore[attr-defined]
    cookie = first.get_cookie("letterbox")
    second.set_cookie(cookie.key, cookie.value)
    for client in (first, second):
        assert client.post(f"/archive/{entry.id}/solved", data=data).status_code == 303
    assert len(deflected(session)) == 1


def test_a_visitor_counts_once_for_an_entry(
    client: FlaskClient, session: Session, world: World
) -> None:
    """The page opened twice before the button is pressed on both counts one letter."""
    entry = published(session, world)
    pages = [sending(client, entry), sending(client, entry)]
    assert pages[0]["form_token"] != pages[1]["form_token"]
    for data in pages:
        client.post(f"/archive/{entry.id}/solved", data=data)
    assert len(deflected(session)) == 1


def test_another_entry_counts_too(client: FlaskClient, session: Session, world: World) -> None:
    """A visitor whom two entries spared two letters is counted twice."""
    for entry in (published(session, world), published(session, world)):
        client.post(f"/archive/{entry.id}/solved", data=sending(client, entry))
    assert len(deflected(session)) == 2


def test_another_site_cannot_count(client: FlaskClient, session: Session, world: World) -> None:
    """Without the token of the form nothing is counted."""
    entry = published(session, world)
    assert client.post(f"/archive/{entry.id}/solved").status_code == 400
    assert deflected(session) == []


def test_a_form_without_its_random_value_counts_but_once(
    app: object, session: Session, world: World
) -> None:
    """Requests made by hand without the random value share one count, whoever sends them."""
    entry = published(session, world)
    for _ in range(3):
        client: Client = app.test_client()  # type: ignore[attr-defined]
        data = {"csrf_token": sending(client, entry)["csrf_token"]}
        assert client.post(f"/archive/{entry.id}/solved", data=data).status_code == 303
    assert len(deflected(session)) == 1


def test_an_address_is_limited(
    app: object, session: Session, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the limit of an address the reader is thanked and nothing is counted."""
    monkeypatch.setattr(archive, "VOTE_LIMIT", "2 per hour")
    entry = published(session, world)
    for _ in range(4):
        client: Client = app.test_client()  # type: ignore[attr-defined]
        data = sending(client, entry)
        assert client.post(f"/archive/{entry.id}/solved", data=data).status_code == 303
        assert THANKS in get(client, f"/archive/{entry.id}").text
    assert len(deflected(session)) == 2


def test_an_entry_that_is_gone_says_so(client: FlaskClient, session: Session, world: World) -> None:
    """A reader of an entry that was withdrawn meanwhile learns it, with a way to write."""
    entry = published(session, world)
    data = sending(client, entry)
    withdraw(session, world, entry)
    answer = client.post(f"/archive/{entry.id}/solved", data=data)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 410 and "已撤下" in text and 'href="/write"' in text
    assert deflected(session) == []


@pytest.mark.parametrize("number", ["999", "99999999999999999999"])
def test_an_unknown_entry_is_not_found(
    client: FlaskClient, session: Session, world: World, number: str
) -> None:
    """A number that no entry has answers 404."""
    data = sending(client, published(session, world))
    assert client.post(f"/archive/{number}/solved", data=data).status_code == 404


def test_suggestions_carry_the_mark(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """What is suggested beside the form and on the preview opens as for somebody who writes."""
    entry = published(session, world)
    bring_up_to_date(settings)
    given = {"title": "路灯坏了", "text": "小区门口的路灯坏了，晚上看不清路。"}
    beside = client.get("/archive/similar", query_string=given).get_data(as_text=True)
    assert f"/archive/{entry.id}?from=write" in beside
    page = preview(client)
    assert f"/archive/{entry.id}?from=write" in page.links and "也许已经有答复" in page.text


def test_the_mark_goes_on_to_further_entries(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """Similar letters beside an entry are opened as the entry was."""
    one, other = published(session, world), published(session, world)
    bring_up_to_date(settings)
    for came in ("?from=write", ""):
        links = get(client, f"/archive/{one.id}{came}").links
        assert f"/archive/{other.id}{came}" in links


def test_a_report_of_wrongdoing_is_not_talked_out_of(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """The preview of a report suggests nothing instead of sending it."""
    published(session, world)
    bring_up_to_date(settings)
    assert "也许已经有答复" in preview(client).text
    assert "也许已经有答复" not in preview(client, kind="report").text
