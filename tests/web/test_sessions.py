"""How long a staff session lasts, and what a login leaves as it was."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from portal.config import Settings
from portal.domain.access import SYSTEM, Role
from portal.models import StaffSession, db
from portal.services.office import users
from tests.builders import START, World
from tests.pages import PASSWORD, Client, get, login, post
from tests.web.public.citizens import open_letter, receipt, send

PROFILE, LOGIN = "/account/", "/account/login"


def token(client: Client, path: str) -> str:
    """Return the token of the forms on a page."""
    forms = get(client, path).forms
    return next(form.hidden["csrf_token"] for form in forms if "csrf_token" in form.hidden)


def enter(client: Client, username: str, sent: str) -> int:
    """Send the login form with the token ``sent``; return the status."""
    data = {"username": username, "password": PASSWORD, "csrf_token": sent}
    return client.post(LOGIN, data=data).status_code


def test_a_session_left_alone_ends(
    client: Client, world: World, clock: datetime, settings: Settings
) -> None:
    """A session ends when nothing is asked for longer than the idle limit."""
    idle = timedelta(minutes=settings.session_idle_minutes)
    with time_machine.travel(clock, tick=False) as travel:
        login(client, "city_handler")
        travel.shift(idle - timedelta(seconds=1))
        assert client.get(PROFILE).status_code == 200
        travel.shift(idle - timedelta(seconds=1))
        assert client.get(PROFILE).status_code == 200
        travel.shift(idle + timedelta(seconds=1))
        assert client.get(PROFILE).status_code == 302


def test_a_session_in_use_ends_too(
    client: Client, world: World, clock: datetime, settings: Settings
) -> None:
    """A session ends after its hours although it was in use all the time."""
    step = timedelta(minutes=settings.session_idle_minutes) / 2
    end = clock + timedelta(hours=settings.session_hours)
    with time_machine.travel(clock, tick=False) as travel:
        login(client, "city_handler")
        now = clock
        while now + step < end:
            now += step
            travel.move_to(now)
            assert client.get(PROFILE).status_code == 200, now
        travel.move_to(end + timedelta(seconds=1))
        assert client.get(PROFILE).status_code == 302


def test_a_session_without_a_use_is_none(client: Client, world: World) -> None:
    """A session that does not say when it was last used is over."""
    login(client, "city_handler")
    with client.session_transaction() as kept:
        del kept["seen"]
    assert client.get(PROFILE).status_code == 302


def copied(client: Client) -> Client:
    """Return another browser with a copy of the cookie of ``client``."""
    cookie, other = client.get_cookie("letterbox"), client.application.test_client()
    assert cookie is not None and isinstance(other, Client)
    other.set_cookie("letterbox", cookie.value)
    return other


def test_a_copied_cookie_ends_with_the_logout(client: Client, world: World) -> None:
    """Who logs out ends every copy of the cookie."""
    login(client, "city_handler")
    thief = copied(client)
    assert thief.get(PROFILE).status_code == 200
    post(client, "/account/logout", page=PROFILE)
    assert thief.get(PROFILE).status_code == 302


@pytest.mark.parametrize("how", ["disabled", "roles", "password"])
def test_a_session_ends_with_what_it_stood_on(client: Client, world: World, how: str) -> None:
    """A disabled account, other roles and a new password end the sessions of the person."""
    login(client, "city_handler")
    user_id = world.people["city_handler"]
    if how == "disabled":
        users.disable(user_id, SYSTEM, START)
    elif how == "roles":
        users.add_grant(user_id, Role.HANDLER, world["police"], SYSTEM, START)
    else:
        users.reset_password(user_id, "another long password", SYSTEM, START)
    assert client.get(PROFILE).status_code == 302


def test_leaving_ends_every_copy(client: Client, world: World) -> None:
    """Who leaves an opened letter ends the copies of the cookie, for letter and receipt."""
    number, code = receipt(client, text="第一封")
    open_letter(client, number, code)
    send(client, text="第二封，路灯又坏了")
    thief = copied(client)
    assert thief.get(f"/letters/{number}").status_code == 200
    post(client, "/track/leave", page=f"/letters/{number}")
    assert thief.get(f"/letters/{number}").status_code == 404
    assert thief.get("/receipt").location == "/track"


def test_an_opened_letter_closes_after_a_while(
    client: Client, world: World, settings: Settings, clock: datetime
) -> None:
    """A letter stays open for as long as a session of the staff may last, not longer."""
    with time_machine.travel(clock, tick=False) as travel:
        number, code = receipt(client)
        open_letter(client, number, code)
        travel.shift(timedelta(hours=settings.session_hours, seconds=-1))
        get(client, f"/letters/{number}")
        travel.shift(timedelta(seconds=2))
        get(client, f"/letters/{number}", 404)


def test_sessions_are_listed_and_ended(app: Flask, client: Client, world: World) -> None:
    """The list names device and address of each session; one can be ended, and all others at once."""
    others = [app.test_client() for _ in range(3)]
    for other in others:
        login(other, "city_handler")
    stranger = app.test_client()
    login(stranger, "police_handler")
    login(client, "city_handler")
    page = get(client, "/account/sessions")
    assert page.text.count("127.0.0.1") == 4
    assert page.text.count("正在使用") == 1
    assert "Werkzeug" in page.text
    ending = [form.action for form in page.forms if form.action.endswith("/end")]
    assert len(ending) == 4
    post(client, ending[0], page="/account/sessions")
    assert [other.get(PROFILE).status_code for other in others] == [200, 200, 302]
    theirs = session_id(world, "police_handler")
    token_here = page.form(ending[1]).hidden
    client.post(f"/account/sessions/{theirs}/end", data=token_here)
    assert stranger.get(PROFILE).status_code == 200
    post(client, "/account/sessions/end", page="/account/sessions")
    assert [other.get(PROFILE).status_code for other in others] == [302, 302, 302]
    assert client.get(PROFILE).status_code == 200
    assert stranger.get(PROFILE).status_code == 200


def session_id(world: World, username: str) -> int:
    """Return the id of the newest session of a person."""
    world.session.rollback()
    query = sa.select(StaffSession.id).where(StaffSession.user_id == world.people[username])
    return world.session.scalars(query.order_by(StaffSession.id.desc())).first() or 0


def test_a_login_with_the_first_password_is_seen_by_the_person(
    app: Flask, client: Client, world: World
) -> None:
    """Whoever logged in before, from where and when stands on the page after the session has ended."""
    other = app.test_client()
    other.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    login(other, "city_handler")
    post(other, "/account/logout", page=PROFILE)
    login(client, "city_handler")
    here, earlier = get(client, "/account/sessions").text.split("以前的登录", 1)
    assert "198.51.100.7" not in here and "198.51.100.7" in earlier
    stranger = app.test_client()
    login(stranger, "police_handler")
    assert "以前的登录" not in get(stranger, "/account/sessions").text


def test_a_login_from_a_new_network_is_announced(client: Client, world: World) -> None:
    """The first login announces nothing; one from elsewhere is named, one from the same network is not."""

    def enter_from(address: str) -> str:
        sent = {**get(client, LOGIN).form(LOGIN).hidden}
        data = {**sent, "username": "city_handler", "password": PASSWORD}
        client.post(LOGIN, data=data, environ_base={"REMOTE_ADDR": address})
        page = get(client, PROFILE).text
        post(client, "/account/logout", page=PROFILE)
        return page

    assert "新的网络" not in enter_from("203.0.113.7")
    assert "新的网络" not in enter_from("203.0.113.200")
    page = enter_from("198.51.100.7")
    assert "第一次从这个网络登录" in page
    assert "198.51.100.7" in page
    assert "198.51.100.7" in enter_from("203.0.113.8")


def test_a_session_notes_its_use_now_and_then(
    client: Client, world: World, clock: datetime
) -> None:
    """The last use is noted to five minutes, so that pages hardly ever write."""
    with time_machine.travel(clock, tick=False) as travel:
        login(client, "city_handler")
        seen = []
        for _ in range(3):
            travel.shift(timedelta(minutes=3))
            client.get(PROFILE)
            row = world.session.get_one(
                StaffSession, session_id(world, "city_handler"), populate_existing=True
            )
            seen.append(row.seen_at - clock)
    assert seen == [timedelta(0), timedelta(minutes=6), timedelta(minutes=6)]


def test_a_request_of_the_staff_costs_no_query_more(client: Client, world: World) -> None:
    """Session and person are one look-up by an index."""
    login(client, "city_handler")
    said: list[str] = []
    with client.application.app_context():
        engine = db.engine
    listen = lambda *given: said.append(given[2])  # noqa: E731
    sa.event.listen(engine, "before_cursor_execute", listen)
    client.get(PROFILE)
    sa.event.remove(engine, "before_cursor_execute", listen)
    assert sum("key_hash = " in statement for statement in said) == 1
    assert sum("FROM user_account" in statement for statement in said) <= 1


def test_forms_of_the_same_person_outlive_a_login(client: Client, world: World) -> None:
    """A form open since before a session ended is still good when its writer has logged in."""
    login(client, "city_handler")
    before = token(client, PROFILE)
    with client.session_transaction() as kept:
        kept["seen"] = 0
    assert enter(client, "city_handler", before) == 302
    assert client.post("/account/logout", data={"csrf_token": before}).status_code == 302


def test_forms_of_somebody_else_do_not(app: Flask, client: Client, world: World) -> None:
    """A form left open by another person, or before anybody logged in, is no longer good."""
    login(client, "city_handler")
    other = token(client, PROFILE)
    with client.session_transaction() as kept:
        kept["seen"] = 0
    assert enter(client, "police_handler", other) == 302
    fresh = app.test_client()
    assert isinstance(fresh, Client)
    planted = token(fresh, LOGIN)
    assert enter(fresh, "city_handler", planted) == 302
    for browser, stale in ((client, other), (fresh, planted)):
        answer = browser.post("/account/logout", data={"csrf_token": stale})
        assert answer.status_code == 400
