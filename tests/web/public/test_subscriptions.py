"""The pages on which readers follow something by mail."""

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.domain.messages.links import sign
from portal.models import ArchiveEntry, Subscription
from portal.services.messages.composing import STOP, SUBSCRIPTION
from portal.web.core.settings import keep_settings
from tests.builders import World, a_published
from tests.pages import Client, get, post

MAIL = "reader@mail.example"


@pytest.fixture(autouse=True)
def mail(app: Flask, settings: Settings) -> None:
    """An instance that sends mail."""
    on = {"smtp_host": "smtp.example", "mail_from": "box@letters.example"}
    keep_settings(app, settings.model_copy(update=on))


def rows(session: Session) -> list[Subscription]:
    """Return every subscription."""
    session.rollback()
    return list(session.scalars(sa.select(Subscription).order_by(Subscription.id)))


def link(session: Session, settings: Settings) -> str:
    """Return the address of the page that the last mail leads to."""
    return f"/subscriptions/{sign(settings.key('code'), SUBSCRIPTION, rows(session)[-1].key)}"


def test_an_organisation_is_followed_after_a_second_yes(
    client: Client, session: Session, world: World, settings: Settings
) -> None:
    """The page of the organisation leads to the form; the link of the mail begins by a button."""
    page = get(client, f"/organisations/{world['city']}")
    (path,) = [each for each in page.links if "/subscribe" in each]
    form = get(client, path).form("/subscribe")
    post(client, form.action, {"email": MAIL}, status=200)
    (row,) = rows(session)
    assert (row.address, row.confirmed_at) == (MAIL, None)
    manage = link(session, settings)
    get(client, manage)
    assert rows(session)[0].confirmed_at is None
    post(client, manage, {"step": "confirm"}, status=302)
    assert rows(session)[0].confirmed_at is not None
    assert "山城市城市管理局" in get(client, manage).text


def test_one_or_all_are_cancelled_on_the_page_of_the_link(
    client: Client, session: Session, world: World, settings: Settings
) -> None:
    """What is followed stands there; cancelling erases it, and a key of somebody else's does nothing."""
    a_published(session, world)
    entry = session.scalars(sa.select(ArchiveEntry.id)).one()
    for path in ("/subscribe", "/subscribe?q=路灯", f"/subscribe?entry={entry}"):
        post(client, path, {"email": MAIL}, status=200)
    post(client, "/subscribe", {"email": "other@mail.example"}, status=200)
    stranger = rows(session)[-1]
    manage = f"/subscriptions/{sign(settings.key('code'), SUBSCRIPTION, rows(session)[0].key)}"
    post(client, manage, {"which": stranger.key}, status=302)
    post(client, manage, {"which": rows(session)[1].key}, status=302)
    assert len(rows(session)) == 3
    post(client, manage, {"step": "all"}, status=302)
    assert [row.address for row in rows(session)] == ["other@mail.example"]
    assert get(client, manage).status == 200


def test_one_click_cancels_a_subscription(
    client: Client, session: Session, world: World, settings: Settings
) -> None:
    """The way out of a mail asks first; a mail program ends it at once."""
    post(client, "/subscribe", {"email": MAIL}, status=200)
    path = f"/stop/{sign(settings.key('code'), STOP, f'subscription-{rows(session)[0].key}')}"
    assert get(client, path).form(path)
    assert len(rows(session)) == 1
    client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert rows(session) == []


def test_what_cannot_be_followed_is_not_found(client: Client, world: World) -> None:
    """There is no form for an entry that does not exist, and no page for a forged link."""
    get(client, "/subscribe?entry=77", 404)
    get(client, "/subscribe?entry=x", 404)
    get(client, "/subscriptions/1.aaaaaaaaaaaaaaaaaaaa", 404)


@pytest.mark.parametrize(
    "address", ["nobody", "box@letters.example", "no-reply@bank.example", "a@mailinator.com"]
)
def test_a_wrong_address_is_said_at_its_field(
    client: Client, session: Session, address: str
) -> None:
    """Nothing is kept of one that is none, is the site's own, only sends, or is gone in minutes."""
    page = post(client, "/subscribe?q=路灯", {"email": address}, status=422)
    assert "email-error" in page.ids
    assert rows(session) == []


def test_a_mailbox_is_not_flooded(client: Client, session: Session) -> None:
    """After a few mails to one address a challenge is asked for."""
    for number in range(5):
        post(client, f"/subscribe?q=路灯{number}", {"email": MAIL}, status=200)
    page = post(client, "/subscribe?q=路灯", {"email": MAIL}, status=429)
    assert page.response.headers["Retry-After"]
    assert len(rows(session)) == 5


def test_without_mail_there_is_no_form(app: Flask, client: Client, settings: Settings) -> None:
    """The page leads to the feed instead."""
    keep_settings(app, settings)
    page = get(client, "/subscribe")
    assert [form for form in page.forms if "/subscribe" in form.action] == []
    assert any("feed.atom" in each for each in page.links)
