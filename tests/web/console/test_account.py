"""Logging in and out, and one's own account."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from portal.domain.access import SYSTEM
from portal.models import Event
from portal.services.office import accounts
from portal.services.office.users import reset_password
from portal.web.console.account import MORE_IN_ALL
from portal.web.core.guards.challenge import FIELD
from tests.builders import START, World
from tests.challenges import solved
from tests.pages import PASSWORD, Client, Page, get, login, post, read
from tests.web.console.conftest import Staff

LOGIN_FAILURES = 5


def test_login_leads_to_the_inbox(client: Client, world: World) -> None:
    """A handler who logs in stands before the letters to be handled."""
    page = post(
        client, "/account/login", {"username": "city_handler", "password": PASSWORD}, follow=True
    )
    assert page.title.startswith("待我处理")


def test_login_answers_wrong_name_and_password_alike(client: Client, world: World) -> None:
    """A wrong password and an unknown name get the same words, and the name stays."""
    wrong = post(
        client, "/account/login", {"username": "city_handler", "password": "no"}, status=401
    )
    unknown = post(client, "/account/login", {"username": "nobody", "password": "no"}, status=401)
    assert "用户名或密码不正确。" in wrong.text
    assert wrong.text == unknown.text
    assert wrong.form("/account/login").fields["username"] == ["city_handler"]


def test_login_names_what_is_missing(client: Client, world: World) -> None:
    """An empty form says at each field what to fill in."""
    page = post(client, "/account/login", {"username": " ", "password": ""}, status=422)
    assert "请填写用户名。" in page.text
    assert "请填写密码。" in page.text


def enter(client: Client, username: str, password: str, address: str = "127.0.0.1") -> Page:
    """Send the login form from ``address``."""
    form = get(client, "/account/login", follow_redirects=True).form("/account/login").hidden
    data = {**form, "username": username, "password": password}
    return read(client.post("/account/login", data=data, environ_base={"REMOTE_ADDR": address}))


@pytest.mark.parametrize("name", ["city_handler", "nobody"])
def test_known_and_unknown_names_look_alike(client: Client, world: World, name: str) -> None:
    """Nine wrong passwords get the same answers in the same order, whether there is the name or not."""
    pages = [enter(client, name, "no") for _ in range(9)]
    assert [page.status for page in pages] == [401] * 5 + [429] * 4
    assert {page.form("/account/login").fields["username"][0] for page in pages} == {name}
    assert 890 <= int(pages[-1].response.headers["Retry-After"]) <= 900
    said = pages[-1].html.split("data-error-summary", 1)[1].split("</ul>", 1)[0]
    assert "登录失败次数过多，请等页面确认后再试，或者 15 分钟后再试。" in said


def test_who_guesses_elsewhere_locks_nobody_out(client: Client, world: World) -> None:
    """Wrong passwords from another address leave the person free to log in."""
    for _ in range(7):
        enter(client, "city_handler", "no", "203.0.113.7")
    assert enter(client, "city_handler", PASSWORD).status == 302


def test_who_guesses_behind_one_address_locks_nobody_out(
    app: Flask, client: Client, world: World
) -> None:
    """Behind one address, a device on which the person has logged in before stays open."""
    own = app.test_client()
    assert isinstance(own, Client)
    login(own, "city_handler")
    post(own, "/account/logout", page="/account/")
    for _ in range(7):
        enter(client, "city_handler", "no")
    assert enter(client, "city_handler", PASSWORD).status == 429
    assert enter(own, "City_Handler", PASSWORD).status == 302


def test_a_known_device_is_limited_too(app: Flask, client: Client, world: World) -> None:
    """On a device that the person has used there are as many tries, and for others none more."""
    login(client, "city_handler")
    post(client, "/account/logout", page="/account/")
    statuses = [enter(client, "city_handler", "no").status for _ in range(6)]
    assert statuses == [401] * 5 + [429]
    assert enter(client, "police_handler", PASSWORD).status == 302


def test_a_challenge_lets_the_person_in(client: Client, world: World) -> None:
    """Where the tries are used up, a solved challenge has the right password looked at."""
    for _ in range(6):
        page = enter(client, "city_handler", "no")
    typed = {"username": "city_handler", "password": PASSWORD, FIELD: solved(page)}
    post(client, "/account/login", typed)


def test_a_forged_device_is_none(app: Flask, client: Client, world: World) -> None:
    """A cookie that this server did not sign makes no device known."""
    for _ in range(5):
        enter(client, "city_handler", "no")
    client.set_cookie("device", "eyJhIjoiYiJ9.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb")
    assert enter(client, "city_handler", "no").status == 429


def test_many_addresses_bring_a_challenge(client: Client, world: World) -> None:
    """Guesses at one name from ever new addresses end, but for who solves a challenge."""
    statuses = [
        enter(client, "city_handler", "no", f"203.0.113.{number // 5}").status
        for number in range(LOGIN_FAILURES * MORE_IN_ALL + 1)
    ]
    assert statuses == [401] * LOGIN_FAILURES * MORE_IN_ALL + [429]
    page = enter(client, "city_handler", PASSWORD)
    assert page.status == 429
    typed = {"username": "city_handler", "password": PASSWORD, FIELD: solved(page)}
    post(client, "/account/login", typed)


def test_the_name_is_typed_as_it_is(client: Client) -> None:
    """Telephones neither begin the name with a capital nor mend it."""
    field = re.search(r'<input[^>]*name="username"[^>]*>', get(client, "/account/login").html)
    assert field is not None
    for attribute in ('autocapitalize="none"', 'autocorrect="off"', 'spellcheck="false"'):
        assert attribute in field[0]


def test_login_is_limited_by_address(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch, password_hash: str
) -> None:
    """An address that guesses at many names is told to wait."""
    # What nobody's password is checked against costs as little as the hashes of the world.
    monkeypatch.setattr(accounts, "_DUMMY", password_hash)
    form = get(client, "/account/login").form("/account/login").hidden
    answers = [
        client.post("/account/login", data={**form, "username": f"n{n}", "password": "x"})
        for n in range(31)
    ]
    assert [a.status_code for a in answers[:30]] == [401] * 30
    assert answers[30].status_code == 429


def test_login_goes_back_to_the_page_that_was_asked_for(client: Client, world: World) -> None:
    """Somebody sent to log in comes back to the page, filters included."""
    sent = client.get("/console/?queue=overdue").location
    assert sent is not None
    answer = post(
        client, sent.split("?")[0], {"username": "city_handler", "password": PASSWORD}, page=sent
    )
    assert answer.response.location == "/console/?queue=overdue"


@pytest.mark.parametrize("evil", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_login_never_leads_off_the_site(client: Client, world: World, evil: str) -> None:
    """An address of another site in ``next`` is ignored."""
    form = get(client, "/account/login").form("/account/login").hidden
    data = {**form, "username": "city_handler", "password": PASSWORD, "next": evil}
    assert client.post("/account/login", data=data).location == "/console/"


def test_logout_ends_the_session(staff: Staff) -> None:
    """After logging out the inbox asks for a name again."""
    client = staff("city_handler")
    post(client, "/account/logout", page="/account/")
    assert client.get("/console/").status_code == 302


def test_profile_shows_roles_with_their_places(staff: Staff) -> None:
    """One's own account names every role and where it is held."""
    page = get(staff("district_supervisor"), "/account/")
    assert "督办员 · 临江区人民政府" in page.text


def test_passwords_are_not_said_to_be_kept(staff: Staff) -> None:
    """After an error the fields of passwords are empty, and the page does not say otherwise."""
    typed = {"old": PASSWORD, "password": "short", "repeat": "short"}
    page = post(staff("city_handler"), "/account/", typed, status=422)
    assert "新密码至少 10 个字符。" in page.text
    assert "内容都还在" not in page.text


def test_password_is_changed_and_other_sessions_end(staff: Staff, app: Flask) -> None:
    """A new password ends the session of another browser and keeps this one."""
    here, elsewhere = staff("city_handler"), staff("city_handler")
    fresh = "ein neues langes Wort"
    post(here, "/account/", {"old": PASSWORD, "password": fresh, "repeat": fresh})
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302
    login(app.test_client(), "city_handler", fresh)


@pytest.mark.parametrize(
    ("old", "new", "repeat", "said"),
    [
        ("wrong", "ein neues Wort", "ein neues Wort", "原密码不正确。"),
        (PASSWORD, "short", "short", "新密码至少 10 个字符。"),
        (PASSWORD, "1234567890", "1234567890", "这个密码太常见"),
        (PASSWORD, "ein neues Wort", "ein anderes Wort", "两次输入的新密码不一致。"),
        (PASSWORD, PASSWORD, PASSWORD, "新密码不能和原密码相同。"),
    ],
)
def test_password_errors_stand_at_the_field(
    staff: Staff, old: str, new: str, repeat: str, said: str
) -> None:
    """A password that cannot be taken is refused with the reason."""
    page = post(
        staff("city_handler"),
        "/account/",
        {"old": old, "password": new, "repeat": repeat},
        status=422,
    )
    assert said in page.text


def test_failed_logins_are_recorded_without_the_password(
    client: Client, world: World, session: Session
) -> None:
    """The trail says that somebody failed to log in, and nothing of what was typed."""
    post(client, "/account/login", {"username": "city_handler", "password": "geheim"}, status=401)
    event = session.scalar(sa.select(Event).where(Event.action == "login_failed"))
    assert event is not None
    assert event.subject == "user:city_handler"
    stored = " ".join(str(v) for row in session.execute(sa.select(Event.__table__)) for v in row)
    assert "geheim" not in stored


def test_a_one_time_password_is_changed_first(
    client: Client, session: Session, world: World
) -> None:
    """Who logs in with a password from the administrator changes it and then begins to work."""
    made_up, own = "abcd-efgh-jkmn", "ein neues langes Wort"
    reset_password(world.people["city_handler"], made_up, SYSTEM, START)
    page = post(
        client, "/account/login", {"username": "city_handler", "password": made_up}, follow=True
    )
    assert "请先设一个只有您自己知道的密码" in page.text
    assert "/console/" not in page.html.split("<main", 1)[0]
    assert client.get("/console/").location == "/account/"
    page = post(client, "/account/", {"old": made_up, "password": own, "repeat": own}, follow=True)
    assert page.title.startswith("待我处理")
    assert get(client, "/account/").text.count("只有您自己知道的密码") == 0
