"""Cookies and addresses: what a browser keeps, and whose word counts for where somebody is."""

from collections.abc import Iterator

import pytest
from flask import Flask

from portal.app import create_app
from portal.config import Settings
from portal.models import db
from tests.builders import World
from tests.pages import PASSWORD, Client, get
from tests.web.public.citizens import receipt

SITE = "https://letters.example"
WRONG = "7K2M-9QXT-4BN8R"


def made(settings: Settings, **changes: object) -> Iterator[Flask]:
    """Yield an application with other settings."""
    app = create_app(settings.model_copy(update=changes))
    app.testing = True
    app.test_client_class = Client
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def encrypted(settings: Settings, world: World) -> Iterator[Flask]:
    """The application of a site that is served with HTTPS."""
    yield from made(settings, base_url=SITE)


def cookies_of_a_login(app: Flask, base: str) -> dict[str, set[str]]:
    """Log somebody in; return the attributes of each cookie of the answer, by its name."""
    client = app.test_client()
    form = get(client, "/account/login", base_url=base).form("/account/login").hidden
    answer = client.post(
        "/account/login",
        data={**form, "username": "water_handler", "password": PASSWORD},
        base_url=base,
    )
    assert answer.status_code == 302
    lines = [line.split("; ") for line in answer.headers.getlist("Set-Cookie")]
    return {parts[0].partition("=")[0]: set(parts[1:]) for parts in lines}


def test_cookies_of_an_encrypted_site_stay_with_it(encrypted: Flask) -> None:
    """Cookies go over HTTPS alone, to this host alone, to no script, and with no form of another site."""
    cookies = cookies_of_a_login(encrypted, SITE)
    assert set(cookies) == {"__Host-letterbox", "__Host-device"}
    for attributes in cookies.values():
        assert {"Secure", "HttpOnly", "Path=/"} <= attributes
        assert attributes & {"SameSite=Lax", "SameSite=Strict"}
        assert not [each for each in attributes if each.startswith("Domain")]


def test_cookies_of_a_site_without_encryption_are_kept_from_scripts(
    app: Flask, world: World
) -> None:
    """Where the site has no HTTPS cookies have names that browsers take there, and no script reads them."""
    cookies = cookies_of_a_login(app, "http://localhost")
    assert set(cookies) == {"letterbox", "device"}
    for attributes in cookies.values():
        assert "HttpOnly" in attributes
        assert attributes & {"SameSite=Lax", "SameSite=Strict"}
        assert "Secure" not in attributes


def test_an_encrypted_site_stays_encrypted(encrypted: Flask) -> None:
    """Browsers are told to come with HTTPS for a year."""
    answer = encrypted.test_client().get("/", base_url=SITE)
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def statuses(app: Flask, number: str, times: int) -> list[int]:
    """Try wrong codes, each with another forged address; return the statuses."""
    client = app.test_client()
    data = {**get(client, "/track").form("/track").hidden, "number": number, "query_code": WRONG}
    return [
        client.post(
            "/track", data=data, headers={"X-Forwarded-For": f"198.51.100.{each}"}
        ).status_code
        for each in range(times)
    ]


def test_a_forged_address_counts_for_nothing(app: Flask, client: Client, world: World) -> None:
    """Without a proxy the address that a visitor makes up gives no further tries."""
    number, _code = receipt(client)
    assert statuses(app, number, 13) == [422] * 10 + [429] * 3


def test_the_address_that_the_proxy_adds_counts(
    settings: Settings, client: Client, world: World
) -> None:
    """Behind one proxy what it adds at the end counts, not what the visitor wrote before it."""
    number, _code = receipt(client)
    [app] = made(settings, proxy_hops=1)
    other = app.test_client()
    data = {**get(other, "/track").form("/track").hidden, "number": number, "query_code": WRONG}

    def ask(said: str) -> int:
        return other.post("/track", data=data, headers={"X-Forwarded-For": said}).status_code

    forged = [ask(f"198.51.100.{each}, 203.0.113.9") for each in range(11)]
    assert forged == [422] * 10 + [429]
    assert ask("203.0.113.9, 198.51.100.77") == 422
    with app.app_context():
        db.engine.dispose()
