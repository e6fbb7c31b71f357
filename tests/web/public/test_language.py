"""The switch between languages."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.domain.languages import LANGUAGES, Language
from tests.builders import World, a_published
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


def test_the_switch_offers_every_other_language(
    client: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With two languages the switch is one button, with three it names the two others."""
    assert _offered(client) == ["English"]
    monkeypatch.setitem(LANGUAGES, "zh_Hant", Language("zh-Hant", "繁體中文", "y年M月d日"))
    assert _offered(client) == ["English", "繁體中文"]
    post(client, "/language", {"locale": "zh_Hant"}, page="/track")
    assert get(client, "/track").lang == "zh-Hant"
    assert _offered(client) == ["中文", "English"]


def _offered(client: FlaskClient) -> list[str]:
    html = get(client, "/track").html
    return re.findall(r'<button class="language__button"[^>]*>\s*([^<\s]+)\s*</button>', html)


def test_a_language_has_its_direction_and_its_dates(
    client: FlaskClient, session: Session, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page in a script from right to left says so, writes dates its way and marks Chinese."""
    monkeypatch.setitem(LANGUAGES, "ug", Language("ug", "ئۇيغۇرچە", "d/M/y", "rtl"))
    letter = a_published(session, world)
    post(client, "/language", {"locale": "ug"}, page="/track")
    page = get(client, f"/archive/{letter.id}")
    assert '<html lang="ug" dir="rtl">' in page.html
    assert "1/6/2016" in page.text
    assert '<span lang="zh-CN">山城市城市管理局</span>' in get(client, "/statistics").html
