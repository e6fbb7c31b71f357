"""The language of a page stands in its address."""

import re
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.domain.languages import LANGUAGES, Language
from tests.builders import World, a_published
from tests.pages import get, login


@pytest.mark.parametrize("path", ["/", "/archive", "/write", "/track", "/statistics", "/about"])
def test_a_page_is_english_under_en(client: FlaskClient, world: World, path: str) -> None:
    """Without a prefix a page is Chinese, behind /en English, and its links stay there."""
    assert get(client, path, follow_redirects=True).lang == "zh-CN"
    page = get(client, f"/en{path}", follow_redirects=True)
    assert page.lang == "en"
    back = {page.response.request.path.removeprefix("/en"), "#content"}
    assert [each for each in page.links if not each.startswith("/en/") and each not in back] == []


def test_the_home_page_needs_no_slash_behind_its_language(
    client: FlaskClient, world: World
) -> None:
    """/en is the home page in English."""
    assert get(client, "/en").lang == "en"


def test_a_word_that_only_begins_like_a_language_is_none(client: FlaskClient, world: World) -> None:
    """/english is no page."""
    assert get(client, "/english", 404).lang == "zh-CN"


def test_the_switch_keeps_the_search(client: FlaskClient, world: World) -> None:
    """The link to another language leads to the same page with the same words in its query."""
    assert "/en/archive?q=%E8%B7%AF%E7%81%AF&amp;year=2016" in _hrefs(
        client, "/archive?q=路灯&year=2016"
    )
    assert "/archive?q=%E8%B7%AF%E7%81%AF" in _hrefs(client, "/en/archive?q=路灯")


def _hrefs(client: FlaskClient, path: str, status: int = 200) -> list[str]:
    return re.findall(r'<a class="language__link" href="([^"]+)"', get(client, path, status).html)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/archive?q=x&lang=en", "/en/archive?q=x"),
        ("/en/track?lang=zh_CN", "/track"),
        ("/?lang=en", "/en/"),
    ],
)
def test_an_address_of_an_earlier_release_is_redirected(
    client: FlaskClient, world: World, old: str, new: str
) -> None:
    """A language in the query moves to the head of the path for good."""
    answer = client.get(old)
    assert (answer.status_code, answer.location) == (301, new)


@pytest.mark.parametrize("path", ["/%09/evil.example/", "/%0A/evil.example/", "/%5Cevil.example/"])
def test_no_address_leads_to_another_host(client: FlaskClient, world: World, path: str) -> None:
    """Signs that a browser leaves out or takes for a slash stay quoted, in redirects and links."""
    answer = client.get(f"/en{path}?lang=zh_CN")
    assert (answer.status_code, answer.location) == (301, path)
    assert _hrefs(client, f"/en{path}", 404) == [path]


def test_an_unknown_language_in_the_query_is_no_matter(client: FlaskClient, world: World) -> None:
    """A language that does not exist leaves the page as its address says."""
    assert get(client, "/track?lang=klingon").lang == "zh-CN"


@pytest.mark.parametrize(
    "path", ["/archive/feed.atom", "/sitemap.xml", "/api/v1/entries", "/robots.txt"]
)
def test_a_document_has_one_address(client: FlaskClient, world: World, path: str) -> None:
    """What is the same in every language is redirected to the address without one."""
    answer = client.get(f"/en{path}?page=1")
    assert (answer.status_code, answer.location) == (301, f"{path}?page=1")


def test_search_engines_are_told_of_every_language(client: FlaskClient, world: World) -> None:
    """A page that may be kept names its address in each language; a form does not."""
    pattern = r'rel="alternate" hreflang="([^"]+)" href="http://[^/]+([^"]+)"'
    named = re.findall(pattern, get(client, "/en/about").html)
    assert named == [("zh-CN", "/about"), ("en", "/en/about")]
    assert 'rel="alternate" hreflang' not in get(client, "/track").html


def test_a_login_in_english_leads_to_the_console_in_english(
    client: FlaskClient, world: World
) -> None:
    """Somebody who is sent to the login comes back in the language of the page asked for."""
    answer = client.get("/en/console/?queue=all")
    assert unquote(answer.location) == "/en/account/login?next=/en/console/?queue=all"
    login(client, "city_handler")
    assert get(client, "/en/console/").lang == "en"


def test_every_other_language_is_offered(
    client: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With two languages the switch is one link, with three it names the two others."""
    assert _offered(client, "/track") == ["English"]
    monkeypatch.setitem(LANGUAGES, "zh_Hant", Language("zh-Hant", "繁體中文", "y年M月d日"))
    assert _offered(client, "/track") == ["English", "繁體中文"]
    assert get(client, "/zh-Hant/track").lang == "zh-Hant"
    assert _offered(client, "/zh-Hant/track") == ["中文", "English"]


def _offered(client: FlaskClient, path: str) -> list[str]:
    html = get(client, path).html
    return re.findall(r'<a class="language__link"[^>]*>\s*([^<\s]+)\s*</a>', html)


def test_a_language_has_its_direction_and_its_dates(
    client: FlaskClient, session: Session, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page in a script from right to left says so, writes dates its way and marks Chinese."""
    monkeypatch.setitem(LANGUAGES, "ug", Language("ug", "ئۇيغۇرچە", "d/M/y", "rtl"))
    letter = a_published(session, world)
    page = get(client, f"/ug/archive/{letter.id}")
    assert '<html lang="ug" dir="rtl">' in page.html
    assert "1/6/2016" in page.text
    assert '<span lang="zh-CN">山城市城市管理局</span>' in get(client, "/ug/statistics").html
