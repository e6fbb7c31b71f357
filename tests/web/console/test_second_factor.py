"""Logging in with a second factor, and setting it up under my account."""

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine
from flask import Flask
from webauthn.helpers import base64url_to_bytes

from portal.config import Settings
from portal.domain.access import Role
from portal.models import User
from portal.services.office.passkeys import Site, add_passkey
from portal.services.office.second_factor import add_totp
from portal.web.core.settings import code_key, keep_settings
from tests.builders import World
from tests.pages import PASSWORD, Client, Page, get, login, post
from tests.services.office.test_passkeys import FIRST, Device
from tests.web.console.conftest import Staff
from tests.world import a_person

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105
LOGIN, SECOND, FACTOR = "/account/login", "/account/second", "/account/factor"
CREDENTIALS = {"username": "city_handler", "password": PASSWORD}


@pytest.fixture
def codes(app: Flask, world: World, clock: datetime) -> list[str]:
    """The recovery codes of the handler, who has a second factor for an hour."""
    before = clock - timedelta(hours=1)
    with app.app_context():
        shown = pyotp.TOTP(SECRET).at(before)
        return add_totp(world.people["city_handler"], SECRET, shown, code_key(), before)


def enter(client: Client, code: str, status: int | None = 302) -> Page:
    """Log in with the password, then with ``code``."""
    answer = post(client, LOGIN, CREDENTIALS)
    assert answer.response.location == SECOND
    return post(client, SECOND, {"code": code}, status=status)


def test_a_login_needs_both(client: Client, codes: list[str], clock: datetime) -> None:
    """The password alone opens nothing; with the code of the device it does, once."""
    with time_machine.travel(clock, tick=False):
        shown = pyotp.TOTP(SECRET).at(clock)
        post(client, LOGIN, CREDENTIALS)
        assert client.get("/console/").status_code == 302
        assert "不对" in post(client, SECOND, {"code": "000000"}, status=401).text
        assert post(client, SECOND, {"code": shown}).response.location == "/console/"
        assert client.get("/console/").status_code == 200
        post(client, "/account/logout", page="/account/")
        assert "已经用过" in enter(client, shown, 401).text
        enter(client, codes[0])


def test_it_leads_to_the_page_that_was_asked_for(
    client: Client, codes: list[str], clock: datetime
) -> None:
    """Whoever was sent to log in comes to the page after the second step."""
    with time_machine.travel(clock, tick=False):
        page = f"{LOGIN}?next=/console/day"
        post(client, LOGIN, {**CREDENTIALS, "next": "/console/day"}, page=page)
        assert post(client, SECOND, {"code": codes[0]}).response.location == "/console/day"


def test_codes_cannot_be_tried_without_end(
    client: Client, codes: list[str], clock: datetime
) -> None:
    """After five wrong codes even the right one waits, and a known device has tries of its own."""
    with time_machine.travel(clock, tick=False):
        post(client, LOGIN, CREDENTIALS)
        for _ in range(5):
            post(client, SECOND, {"code": "000000"}, status=401)
        page = post(client, SECOND, {"code": codes[0]}, status=429)
        assert page.response.headers["Retry-After"] == "900"
        assert "15 分钟" in page.text


def test_the_second_step_waits_ten_minutes(
    client: Client, codes: list[str], clock: datetime
) -> None:
    """A password that was shown too long ago must be shown again; without one there is no step."""
    assert client.get(SECOND).location == LOGIN
    with time_machine.travel(clock, tick=False) as travel:
        post(client, LOGIN, CREDENTIALS)
        sent = {**get(client, SECOND).form(SECOND).hidden, "code": codes[0]}
        travel.shift(timedelta(minutes=10, seconds=1))
        assert client.post(SECOND, data=sent).location == LOGIN
        assert client.get("/console/").status_code == 302


def test_it_is_set_up_and_removed(staff: Staff, app: Flask, clock: datetime) -> None:
    """The page offers picture and secret; a code of it begins, the password ends it."""
    with time_machine.travel(clock, tick=False):
        client = staff("city_handler")
        page = get(client, FACTOR)
        assert "data:image/svg+xml" in page.html
        secret = re.search(r"<strong>([A-Z2-7 ]{39})</strong>", page.html)
        assert secret is not None
        shown = pyotp.TOTP(secret[1].replace(" ", "")).at(clock)
        wrong = post(client, FACTOR, {"code": "000000", "password": PASSWORD}, status=422)
        assert secret[1] in wrong.html
        done = post(client, FACTOR, {"code": shown, "password": PASSWORD}, status=200)
        codes = re.findall(r"<li>([a-z2-9]{5}-[a-z2-9]{5})</li>", done.html)
        assert len(codes) == 10
        assert "还有 10 个恢复码" in get(client, FACTOR).text
        other = app.test_client()
        assert isinstance(other, Client)
        enter(other, codes[3])
        remove = f"{FACTOR}/remove"
        post(client, remove, {"password": "wrong"}, page=FACTOR, status=422)
        post(client, remove, {"password": PASSWORD}, page=FACTOR)
        login(app.test_client(), "city_handler")


def test_a_role_can_require_it(
    staff: Staff, app: Flask, settings: Settings, clock: datetime
) -> None:
    """Who holds a role of the setting sets a second factor up before anything else."""
    keep_settings(app, settings.model_copy(update={"second_factor_roles": "auditor,reviewer"}))
    with time_machine.travel(clock, tick=False):
        assert staff("city_handler").get("/console/").status_code == 200
        client = staff("city_reviewer")
        assert client.get("/console/").location == FACTOR
        page = get(client, FACTOR)
        assert "您的角色要求两步验证" in page.text
        secret = re.search(r"<strong>([A-Z2-7 ]{39})</strong>", page.html)
        assert secret is not None
        shown = pyotp.TOTP(secret[1].replace(" ", "")).at(clock)
        post(client, FACTOR, {"code": shown, "password": PASSWORD}, status=200)
        assert client.get("/console/").status_code == 200


def test_two_administrators_remove_it(
    staff: Staff, world: World, client: Client, codes: list[str], password_hash: str
) -> None:
    """The page of a person offers to remove the factor of who has lost it, after which the password is enough."""
    a_person(world, "second", password_hash, (Role.ADMINISTRATOR, "office"))
    person = f"/admin/people/{world.people['city_handler']}"
    for username in ("office_administrator", "second"):
        post(staff(username), f"{person}/factor", page=person)
    world.session.rollback()
    user = world.session.get_one(User, world.people["city_handler"], populate_existing=True)
    assert user.totp_secret is None
    assert post(client, LOGIN, CREDENTIALS).response.location == "/console/"


def test_an_answer_of_a_passkey_counts_once(app: Flask, client: Client, world: World) -> None:
    """Sent again with a copy of the cookie, by a device that counts nothing, it opens no session."""
    url, site, device = f"{SECOND}/passkey", Site("localhost", "http://localhost", ""), Device()
    with app.app_context():
        user_id, made = world.people["city_handler"], device.make(FIRST, site)
        add_passkey(user_id, "x", made, site, FIRST, code_key(), datetime.now(UTC))
    post(client, LOGIN, CREDENTIALS)
    sent = get(client, SECOND).form(url).hidden
    copied = client.get_cookie("letterbox")
    with client.session_transaction() as kept:
        challenge = base64url_to_bytes(kept["passkey"])
    device.uses = -1
    answer = {**sent, "answer": device.sign(challenge, site)}
    assert client.post(url, data=answer).location == "/console/"
    post(client, "/account/logout", page="/account/")
    assert copied is not None
    client.set_cookie("letterbox", copied.value)
    assert client.post(url, data=answer).location == SECOND
    assert client.get("/console/").status_code == 302


@pytest.mark.parametrize(("password", "changes"), [("", False), ("wrong", False), (PASSWORD, True)])
def test_a_factor_comes_and_goes_with_the_password_alone(
    staff: Staff, world: World, clock: datetime, password: str, changes: bool
) -> None:
    """Whoever finds a session open adds no device, neither for codes nor a passkey, and removes none."""
    site, device, passkeys = (
        Site("localhost", "http://localhost", ""),
        Device(),
        "/account/passkeys",
    )
    user_id = world.people["city_handler"]

    def kept() -> tuple[bool, bool]:
        world.session.rollback()
        user = world.session.get_one(User, user_id, populate_existing=True)
        return user.totp_secret is not None, user.has_passkey

    with time_machine.travel(clock, tick=False):
        client, status = staff("city_handler"), None if changes else 422
        secret = re.search(r"<strong>([A-Z2-7 ]{39})</strong>", get(client, FACTOR).html)
        assert secret is not None
        code = pyotp.TOTP(secret[1].replace(" ", "")).at(clock)
        post(client, FACTOR, {"code": code, "password": password}, status=status)
        form = get(client, passkeys).form(passkeys)
        with client.session_transaction() as cookie:
            answer = device.make(base64url_to_bytes(cookie["passkey"]), site)
        sent = {**form.hidden, "name": "a", "answer": answer, "password": password}
        client.post(passkeys, data=sent)
        assert kept() == (changes, changes)


@pytest.mark.parametrize(("password", "left"), [("", True), ("wrong", True), (PASSWORD, False)])
def test_a_passkey_goes_with_the_password_alone(
    staff: Staff, app: Flask, world: World, password: str, left: bool
) -> None:
    """A wrong password leaves it, and the page says so beside the key."""
    site, device, page = Site("localhost", "http://localhost", ""), Device(), "/account/passkeys"
    client, user_id = staff("city_handler"), world.people["city_handler"]
    with app.app_context():
        made = device.make(FIRST, site)
        add_passkey(user_id, "x", made, site, FIRST, code_key(), datetime.now(UTC))
    remove = next(
        each.action for each in get(client, page).forms if each.action.endswith("/remove")
    )
    status = 422 if left else 302
    post(client, remove, {"password": password}, page=page, status=status)
    world.session.rollback()
    user = world.session.get_one(User, user_id, populate_existing=True)
    assert user.has_passkey is left


def test_passwords_cannot_be_tried_in_a_session_without_end(
    staff: Staff, app: Flask, world: World
) -> None:
    """Five wrong ones on either page wait, and so does the right one; the factor stays."""
    client, fresh = staff("city_handler"), "a new one 2016"
    with app.app_context():
        at = datetime.now(UTC)
        shown = pyotp.TOTP(SECRET).at(at)
        add_totp(world.people["city_handler"], SECRET, shown, code_key(), at)
    for number in range(3):
        typed = {"old": f"wrong {number}", "password": fresh, "repeat": fresh}
        post(client, "/account/", typed, status=422)
    remove = f"{FACTOR}/remove"
    for number in range(2):
        post(client, remove, {"password": f"wrong {number}"}, page=FACTOR, status=422)
    page = post(client, remove, {"password": PASSWORD}, page=FACTOR, status=429)
    assert int(page.response.headers["Retry-After"]) > 0
    typed = {"old": PASSWORD, "password": fresh, "repeat": fresh}
    post(client, "/account/", typed, status=429)
