"""What is Chinese on a page in another language is marked, so that it is read aloud as Chinese (WCAG 3.1.2)."""

import re
from html.parser import HTMLParser

import pytest

from portal.domain.languages import LANGUAGES, SOURCE
from tests.structure.site import ROUTES, Site

HAN = re.compile(r"[一-鿿]+")
OTHERS = [each for each in LANGUAGES if each != SOURCE]
MORE = (
    "/archive?q=路灯",
    "/archive?q=路灯&year=2016",
    "/organisations?q=水",
    "/statistics?with=city",
)
"""Pages in a state of their own."""
UNMARKABLE = {"title", "script", "style", "option", "textarea"}
"""Elements whose text no element can mark, or which carry the mark themselves."""
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Unmarked(HTMLParser):
    """Collects Han characters in text that no element around it marks as Chinese."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[tuple[str, str]] = [("", "")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Go into an element, with its language or that of the one around it."""
        if tag not in VOID:
            self._open.append((tag, dict(attrs).get("lang") or self._open[-1][1]))

    def handle_endtag(self, tag: str) -> None:
        """Leave an element, and those in it that have no end."""
        if tag in {name for name, _ in self._open}:
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Look at a text."""
        tag, language = self._open[-1]
        if tag not in UNMARKABLE and not language.startswith("zh"):
            self.found += HAN.findall(data)


@pytest.mark.parametrize("language", OTHERS)
def test_chinese_on_a_public_page_in_another_language_is_marked(site: Site, language: str) -> None:
    """No Han character of a public page stands outside an element marked as Chinese."""
    public = [r for r in ROUTES if r.method == "GET" and r.permission == "public"]
    found = {}
    for path in [*map(site.path, public), *MORE]:
        answer = site.app.test_client().get(f"/{LANGUAGES[language].tag}{path}")
        if answer.mimetype == "text/html" and answer.status_code == 200:
            page = Unmarked()
            page.feed(answer.get_data(as_text=True))
            if page.found:
                found[path] = page.found
    assert found == {}
