"""A sender proves a contact by the link of a mail or the digits of a text message."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.channel_settings import SmsGateway
from portal.config import Settings
from portal.domain.messages.links import digits, sign
from portal.domain.messages.states import Channel
from portal.models import Event, Letter
from portal.services.letters.contacts import correct_contacts
from portal.services.messages.composing import VERIFY, digit_subject, email_purpose
from portal.services.messages.verifying import ask_to_verify, verify_by_digits, verify_by_link
from portal.web.core.settings import keep_settings
from portal.web.public.letters.verifying import TRIED
from tests.builders import CODE_KEY, HOUR, START, World, a_letter
from tests.pages import Client, get, login, post
from tests.peers import MailServer, mail_server
from tests.services.messages.post import KEY, composer, mail_channel, messages, send_mail
from tests.web.public.citizens import an_opened_letter

MAIL, PHONE = "zhou@mail.example", "13900000001"


@pytest.fixture
def channels(app: Flask, settings: Settings) -> None:
    """An instance that sends mail and text messages."""
    gateway = SmsGateway(url="http://gateway.example/send", body="{number}{text}")
    on = {"smtp_host": "smtp.example", "mail_from": "box@letters.example", "sms": (gateway,)}
    keep_settings(app, settings.model_copy(update=on))


def now_of(session: Session, letter: Letter) -> Letter:
    """Return the letter as it is."""
    session.rollback()
    return session.get_one(Letter, letter.id)


def sent_digits(session: Session, key: bytes, letter: Letter) -> str:
    """Return the digits of the last text message."""
    hour = int(messages(session)[-1].created_at.timestamp()) // 3600
    return digits(key, VERIFY, digit_subject(now_of(session, letter), hour))


@pytest.mark.usefixtures("channels")
def test_a_telephone_is_proven_by_digits(
    client: Client, session: Session, world: World, settings: Settings
) -> None:
    """Digits typed on the letter's page mark it; wrong ones are said at their field."""
    letter = an_opened_letter(client, session, world, phone=PHONE)
    page = f"/letters/{letter.number}/verify"
    assert page in get(client, f"/letters/{letter.number}").links
    post(client, page, {"step": "sms"}, status=302)
    right = sent_digits(session, settings.key("code"), letter)
    wrong = "000000" if right != "000000" else "111111"
    assert "digits-error" in post(client, page, {"step": "", "digits": wrong}, status=422).ids
    assert not now_of(session, letter).has_verified_contact
    post(client, page, {"step": "", "digits": right}, status=302)
    assert now_of(session, letter).phone_verified_at is not None
    actions = [each.action for each in session.query(Event).filter_by(letter_id=letter.id)]
    assert "verify_contact" in actions


@pytest.mark.usefixtures("channels")
def test_an_address_is_proven_by_the_button_behind_the_link(
    app: Flask, client: Client, session: Session, world: World, settings: Settings
) -> None:
    """The link works in any browser; looking at it changes nothing, and a forged one proves nothing."""
    letter = an_opened_letter(client, session, world, phone="", email=MAIL)
    post(client, f"/letters/{letter.number}/verify", {"step": "mail"}, status=302)
    link = f"/verify/{sign(settings.key('code'), email_purpose(MAIL), letter.number)}"
    other = app.test_client()
    form = get(other, link).form(link)
    post(other, f"{link}x", form.hidden, status=410)
    assert not now_of(session, letter).has_verified_contact
    post(other, link, form.hidden, status=200)
    assert now_of(session, letter).email_verified_at is not None


@pytest.mark.usefixtures("channels")
def test_digits_are_tried_a_few_times(client: Client, session: Session, world: World) -> None:
    """Then the sender has to wait."""
    letter = an_opened_letter(client, session, world, phone=PHONE)
    page = f"/letters/{letter.number}/verify"
    for _ in range(int(TRIED.split()[0])):
        post(client, page, {"step": "", "digits": "abcdef"}, status=422)
    assert post(client, page, {"step": "", "digits": "abcdef"}, status=429).response.headers[
        "Retry-After"
    ]


def test_only_who_opened_the_letter_has_messages_sent(
    client: Client, session: Session, world: World
) -> None:
    """A stranger gets the page that asks for the code."""
    letter = a_letter(session, world)
    page = f"/letters/{letter.number}/verify"
    token = get(client, "/track").form("/track").hidden["csrf_token"]
    answer = client.post(page, data={"step": "sms", "csrf_token": token})
    assert answer.status_code == get(client, page, answer.status_code).status == 404
    assert messages(session) == []


def test_another_contact_has_to_be_proven_again(session: Session, world: World) -> None:
    """Correcting one contact leaves the other proven; the old link proves nothing any more."""
    letter = a_letter(session, world, email=MAIL, phone=PHONE)
    old = sign(CODE_KEY, email_purpose(MAIL), letter.number)
    assert verify_by_link(old, CODE_KEY, START)
    ask_to_verify(letter.id, Channel.SMS, "zh_CN", START)
    code = sent_digits(session, CODE_KEY, letter)
    assert not verify_by_digits(letter.id, code, CODE_KEY, START + 2 * HOUR)
    assert verify_by_digits(letter.id, code, CODE_KEY, START + timedelta(minutes=59))
    correct_contacts(letter.id, "", "li@mail.example", START)
    found = now_of(session, letter)
    assert (found.email_verified_at, found.phone_verified_at is not None) == (None, True)
    assert not verify_by_link(old, CODE_KEY, START)


def test_the_mail_has_the_link_and_nothing_of_the_letter(
    session: Session, settings: Settings, world: World
) -> None:
    """It goes to the address that is to be proven."""
    letter = a_letter(session, world, email=MAIL)
    ask_to_verify(letter.id, Channel.MAIL, "en", START)
    with mail_server(MailServer()) as server:
        send_mail(mail_channel(server.port), composer(settings), START)
        (mail,) = server.mails
    part = mail.get_body(("plain",))
    assert part is not None
    text = part.get_content()
    assert mail["To"] == MAIL
    assert f"/en/verify/{sign(KEY, email_purpose(MAIL), letter.number)}" in text
    assert letter.title not in text


def test_the_office_sees_that_a_contact_is_proven(
    client: Client, session: Session, world: World
) -> None:
    """The row of the inbox and the page of the letter say so."""
    letter = a_letter(session, world, email=MAIL)
    login(client, "city_dispatcher")
    inbox = "/console/?queue=all"
    assert "联系方式已验证" not in get(client, inbox).text
    assert verify_by_link(sign(CODE_KEY, email_purpose(MAIL), letter.number), CODE_KEY, START)
    assert "联系方式已验证" in get(client, inbox).text
    assert "已由来信人验证" in get(client, f"/console/letters/{letter.number}").text
