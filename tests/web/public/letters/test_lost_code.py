"""The pages on which a lost query code is replaced."""

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.channel_settings import SmsGateway
from portal.config import Settings
from portal.domain.messages.links import digits, sign
from portal.models import CodeRenewal
from portal.services.messages.composing import LOST
from portal.web.core.settings import keep_settings
from portal.web.public.letters.lost_code import TO_ONE_CONTACT
from tests.builders import World
from tests.pages import Client, Page, get, post
from tests.web.public.citizens import open_letter, receipt, value

PAGE = "/track/lost"
MAIL, PHONE = "zhou@mail.example", "13900000001"


@pytest.fixture(autouse=True)
def channels(app: Flask, settings: Settings) -> None:
    """An instance that sends mail and text messages."""
    gateway = SmsGateway(url="http://gateway.example/send", body="{number}{text}")
    on = {"smtp_host": "smtp.example", "mail_from": "box@letters.example", "sms": (gateway,)}
    keep_settings(app, settings.model_copy(update=on))


def ask(client: FlaskClient, contact: str, number: str = "", status: int = 302) -> Page:
    """Fill in the form."""
    return post(client, PAGE, {"contact": contact, "number": number}, status=status)


def key(session: Session) -> str:
    """Return the key of the last request."""
    session.rollback()
    newest = sa.select(CodeRenewal.key).order_by(CodeRenewal.id.desc()).limit(1)
    return session.scalars(newest).one()


def test_the_link_of_a_mail_shows_another_code_once(
    app: Flask, client: Client, session: Session, world: World, settings: Settings
) -> None:
    """Looking changes nothing; the button shows the code, which opens the letter; then it is over."""
    number, code = receipt(client, email=MAIL)
    ask(client, MAIL)
    link = f"/track/renew/{sign(settings.key('code'), LOST, key(session))}"
    other = app.test_client()
    form = get(other, link).form(link)
    assert open_letter(app.test_client(), number, code).status == 200
    page = post(other, link, form.hidden, status=200)
    assert value(page, "receipt-number") == number
    fresh = value(page, "receipt-code")
    assert fresh != code
    assert get(other, f"/letters/{number}").status == 200
    assert post(app.test_client(), "/track", {"number": number, "query_code": code}, status=422)
    assert open_letter(app.test_client(), number, fresh).status == 200
    assert post(other, link, form.hidden, status=410)


def test_the_digits_of_a_text_message_show_another_code(
    client: Client, session: Session, world: World, settings: Settings
) -> None:
    """They are typed on the page to which the form leads; wrong ones are said at their field."""
    number, _code = receipt(client, phone=PHONE)
    where = ask(client, "139 0000 0001").response.location or ""
    right = digits(settings.key("code"), LOST, key(session))
    wrong = "000000" if right != "000000" else "111111"
    assert "digits-error" in post(client, where, {"digits": wrong}, status=422).ids
    page = post(client, where, {"digits": f"{right[:3]} {right[3:]}"}, status=200)
    assert value(page, "receipt-number") == number


@pytest.mark.parametrize("contact", [MAIL, PHONE])
def test_known_and_unknown_contacts_get_the_same_answer(
    app: Flask, client: Client, session: Session, world: World, contact: str
) -> None:
    """Status, page and what is written are the same, whether there is such a letter or not."""
    pages = []
    for known in (False, True):
        if known:
            receipt(client, email=MAIL, phone=PHONE)
        stranger = app.test_client()
        where = ask(stranger, contact).response.location or ""
        token = where.rpartition("/")[2]
        pages.append(get(stranger, where).html.replace(token, ""))
    strip = [page.split('name="csrf_token"')[0] for page in pages]
    assert strip[0] == strip[1]


@pytest.mark.parametrize(
    ("contact", "number", "field"),
    [
        ("", "", "contact"),
        ("nobody", "", "contact"),
        ("023-63151234", "", "contact"),
        (MAIL, "20161231-00042-4", "number"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    client: Client, session: Session, world: World, contact: str, number: str, field: str
) -> None:
    """A contact that no message reaches and a mistyped number are refused, whatever there is."""
    page = ask(client, contact, number, status=422)
    assert f"{field}-error" in page.ids
    assert page.form(PAGE).fields["contact"] == [contact]
    assert session.scalars(sa.select(CodeRenewal)).all() == []


def test_one_contact_gets_few_messages(app: Flask, session: Session, world: World) -> None:
    """From whatever address and however spelled, a contact is sent a few; then comes a challenge."""
    most = int(TO_ONE_CONTACT.split()[0])
    for number in range(most):
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        ask(client, MAIL.title() if number % 2 else MAIL)
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = "192.0.2.99"
    page = ask(client, MAIL, status=429)
    assert page.response.headers["Retry-After"]
    assert "data-challenge" in page.html
    assert len(session.scalars(sa.select(CodeRenewal)).all()) == most


def test_without_channels_there_is_no_form(
    app: Flask, client: Client, settings: Settings, world: World
) -> None:
    """Where nothing is sent the page says so, and the tracking page does not lead there."""
    assert PAGE in " ".join(get(client, "/track").links)
    keep_settings(app, settings)
    assert PAGE not in " ".join(get(client, "/track").links)
    assert [form for form in get(client, PAGE).forms if form.action.endswith(PAGE)] == []


def test_a_forged_address_is_not_found(client: Client, world: World) -> None:
    """Neither page answers to a token that was not signed for it."""
    for path in (f"{PAGE}/mail-1.aaaaaaaaaaaaaaaaaaaa", "/track/renew/1.aaaaaaaaaaaaaaaaaaaa"):
        get(client, path, 404)
