"""How long a staff session lasts, and what a login leaves as it was."""

from datetime import datetime, timedelta

import time_machine
from flask import Flask

from portal.config import Settings
from tests.builders import World
from tests.pages import PASSWORD, Client, get, login

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


def test_a_session_without_a_beginning_is_none(client: Client, world: World) -> None:
    """A session that does not say when it began is over."""
    login(client, "city_handler")
    with client.session_transaction() as kept:
        del kept["began"]
    assert client.get(PROFILE).status_code == 302


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
