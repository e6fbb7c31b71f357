"""How senders choose to get messages, change it, and stop them by one click."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from portal.adapters.message_words import message_words
from portal.channel_settings import SmsGateway
from portal.config import Settings
from portal.domain.messages.states import Channel
from portal.models import Letter, MessageChoice, OutgoingMessage
from portal.services.messages.announcing import Outlets, announce
from portal.services.messages.composing import STOP, Composer
from portal.web.core.settings import keep_settings
from tests.archive import LATER
from tests.builders import World, new_letter, send
from tests.pages import Client, get, post
from tests.services.messages.post import choose_mail
from tests.web.public.citizens import an_opened_letter, letters, preview, written
from tests.web.public.citizens import send as send_letter

GATEWAY = SmsGateway(url="http://gateway.example/send", body="{number}{text}")


@pytest.fixture
def outlets(app: Flask, settings: Settings) -> Outlets:
    """An instance that sends mail and text messages."""
    on = {"smtp_host": "smtp.example", "mail_from": "box@letters.example", "sms": (GATEWAY,)}
    keep_settings(app, settings.model_copy(update=on))
    return Outlets(frozenset({Channel.MAIL, Channel.SMS}))


def choices(session: Session) -> list[Channel]:
    """Return what senders have chosen."""
    session.rollback()
    return list(session.scalars(sa.select(MessageChoice.channel)))


def test_nothing_is_offered_where_nothing_is_sent(client: Client, world: World) -> None:
    """Without a channel the form has no question about messages."""
    assert "messages" not in written(client).fields


def test_nobody_gets_messages_who_does_not_choose_them(
    client: Client, session: Session, world: World, outlets: Outlets
) -> None:
    """The form offers mail and text messages, and none is chosen at first."""
    assert written(client).fields["messages"] == ["none"]
    send_letter(client, email="zhou@mail.example")
    assert choices(session) == []
    assert announce(outlets, LATER)
    assert session.scalars(sa.select(OutgoingMessage)).all() == []


@pytest.mark.parametrize("channel", [Channel.MAIL, Channel.SMS])
def test_what_is_chosen_survives_the_preview(
    client: Client, session: Session, world: World, outlets: Outlets, channel: Channel
) -> None:
    """Who chooses a channel gets the receipt by it, in the language of the page."""
    form = preview(client, email="zhou@mail.example", messages=str(channel)).form("/write")
    client.post("/write", data={**form.hidden, "step": "send"})
    assert choices(session) == [channel]
    announce(outlets, LATER)
    (message,) = session.scalars(sa.select(OutgoingMessage)).all()
    (letter,) = letters(session)
    assert (message.channel, message.letter_id) == (channel, letter.id)
    assert (message.language, message.limit_on) == ("zh_CN", letter.due_on)


@pytest.mark.parametrize(
    ("given", "channel"),
    [
        ({"phone": "13900000001", "email": ""}, "mail"),
        ({"phone": "023-63151234", "email": "zhou@mail.example"}, "sms"),
        ({"phone": "", "email": "zhou@mail.example"}, "sms"),
    ],
)
def test_a_channel_needs_its_contact(
    client: Client, session: Session, world: World, outlets: Outlets, given: Any, channel: str
) -> None:
    """Mail without an address, or a text message to a landline, is refused at the field."""
    page = send_letter(client, status=422, messages=channel, **given)
    assert 'id="messages-error"' in page.html
    assert letters(session) == []


def test_a_channel_that_is_not_set_counts_as_none(
    client: Client, session: Session, world: World
) -> None:
    """A form that asks for mail where none is sent hands the letter in all the same."""
    send_letter(client, email="zhou@mail.example", messages="mail")
    assert len(letters(session)) == 1
    assert choices(session) == []


def test_the_choice_is_changed_on_the_opened_letter(
    client: Client, session: Session, world: World, outlets: Outlets
) -> None:
    """The sender turns messages on, to another channel and off; others see nothing."""
    letter = an_opened_letter(client, session, world, email="zhou@mail.example")
    address = f"/letters/{letter.number}/messages"
    for channel, kept in (("mail", [Channel.MAIL]), ("sms", [Channel.SMS]), ("none", [])):
        post(client, address, {"messages": channel}, follow=True)
        assert choices(session) == kept
        assert get(client, address).form(address).fields["messages"] == [channel]
    get(client.application.test_client(), address, 404)


def test_a_choice_without_contact_is_refused(
    client: Client, session: Session, world: World, outlets: Outlets
) -> None:
    """Mail is refused where the letter has no address."""
    letter = an_opened_letter(client, session, world, email="")
    address = f"/letters/{letter.number}/messages"
    page = post(client, address, {"messages": "mail"}, status=422)
    assert 'id="messages-error"' in page.html


def link(letter: Letter, settings: Settings) -> str:
    """Return the path of the way out of messages about ``letter``."""
    words, _faults = message_words(settings.instance)
    composer = Composer("信箱", "", words, settings.key("code"))
    return composer.way_out(f"letter-{letter.number}", "zh_CN")


def test_one_click_stops_messages_without_a_session(
    client: Client, session: Session, world: World, settings: Settings
) -> None:
    """Looking at the link changes nothing; a mail program's post, without cookie or token, stops."""
    new = new_letter(world["city"], email="zhou@mail.example")
    letter = session.get_one(Letter, send(new).id)
    choose_mail(letter)
    path = link(letter, settings)
    get(client, path)
    assert choices(session) == [Channel.MAIL]
    answer = client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert choices(session) == []
    assert client.post(path).status_code == 200


def test_a_link_for_another_letter_stops_nothing(
    client: Client, session: Session, world: World, settings: Settings
) -> None:
    """A number without its signature, or with that of another letter, is not found."""
    first, second = (session.get_one(Letter, send(new_letter(world["city"])).id) for _ in "ab")
    path = link(first, settings)
    forged = path.replace(first.number, second.number)
    for wrong in (forged, path[:-1], f"/{STOP}/letter-{first.number}", f"/{STOP}/x"):
        assert client.get(wrong).status_code == 404
        assert client.post(wrong).status_code == 404


def test_the_button_of_the_way_out_stops_messages(
    client: Client, session: Session, world: World, settings: Settings
) -> None:
    """What the page offers leads to where messages are stopped."""
    letter = session.get_one(Letter, send(new_letter(world["city"], email="zhou@mail.example")).id)
    choose_mail(letter)
    path = link(letter, settings)
    form = get(client, path).form(path)
    assert client.post(form.action, data=form.hidden).status_code == 200
    assert choices(session) == []
