"""The switch between Chinese and English."""

import pytest
from flask.testing import FlaskClient

from tests.builders import World
from tests.pages import get, post


def test_the_switch_turns_the_page_to_english_and_back(client: FlaskClient, world: World) -> None:
    """A reader changes the language of the page at hand, and changes it back."""
    answer = post(client, "/language", {"locale": "en"}, page="/track")
    assert answer.response.location.startswith("/track")
    assert get(client, "/track").lang == "en"
    post(client, "/language", {"locale": "zh_CN"}, page="/track")
    assert get(client, "/track").lang == "zh-CN"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_the_switch_leads_to_this_site_only(client: FlaskClient, world: World, target: str) -> None:
    """A forged way back is not followed."""
    answer = post(client, "/language", {"locale": "en", "next": target}, page="/track")
    assert answer.response.location == "/"


def test_an_unknown_language_is_chinese(client: FlaskClient, world: World) -> None:
    """A language that does not exist leaves the page in Chinese."""
    post(client, "/language", {"locale": "klingon"}, page="/track")
    assert get(client, "/track").lang == "zh-CN"
