"""Many letters from one address: a limit, and a challenge that lets an office go on."""

import re

import pytest
from flask import Flask

from portal.app import create_app
from portal.config import Settings
from portal.models import db
from portal.web.core.guards.challenge import FIELD
from tests.builders import World
from tests.challenges import challenge_of, solved
from tests.pages import FROM_HERE, Client, Page, check, get, read
from tests.web.public.citizens import typed


@pytest.fixture
def strict(settings: Settings, world: World) -> Flask:
    """The application with two letters an hour from one address."""
    app = create_app(settings.model_copy(update={"submit_limit": "2 per hour"}))
    app.testing = True
    app.test_client_class = Client
    return app


def preview(client: Client, text: str) -> Page:
    """Return the preview of a letter."""
    form = get(client, "/write", follow_redirects=True).form("/write").hidden
    answer = client.post(
        "/write", data={**form, **typed(text=text), "step": "preview"}, headers=FROM_HERE
    )
    return get(client, answer.location or "")


def send(client: Client, page: Page, **more: str) -> Page:
    """Send the letter of a preview."""
    data = {**page.form("/write").hidden, "step": "send", **more}
    answer = read(client.post("/write", data=data, headers=FROM_HERE))
    if answer.status == 429:
        check(client.application, answer)
    return answer


def test_an_office_behind_one_address_goes_on(strict: Flask) -> None:
    """Beyond the limit a letter without a solved challenge is kept, and with one it is taken."""
    client = strict.test_client()
    assert isinstance(client, Client)
    for each in ("一", "二"):
        assert send(client, preview(client, f"路灯不亮，第{each}次来信")).status == 302
    refused = send(client, preview(client, "路灯不亮，第三次来信"))
    assert refused.status == 429
    assert int(refused.response.headers["Retry-After"]) > 3500
    assert "路灯不亮，第三次来信" in refused.text
    solution = solved(refused)
    assert send(client, refused, **{FIELD: solution}).status == 302
    again = send(client, preview(client, "路灯不亮，第四次来信"), **{FIELD: solution})
    assert again.status == 429
    with strict.app_context():
        db.engine.dispose()


def test_the_preview_carries_the_challenge_before_the_limit(strict: Flask) -> None:
    """With half of the letters used up the preview has the browser compute, and not before."""
    client = strict.test_client()
    assert isinstance(client, Client)
    first = preview(client, "路灯不亮，第一次来信")
    assert challenge_of(first) is None
    send(client, first)
    near = preview(client, "路灯不亮，第二次来信")
    assert challenge_of(near) is not None
    assert re.search(r'name="challenge" value=""', near.html)
    with strict.app_context():
        db.engine.dispose()
