"""Pages are valid HTML, as the Nu checker of the W3C sees them, in every language."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from portal.domain.access import GRANTS, Permission, Role
from portal.domain.languages import LANGUAGES
from tests.structure.site import ROUTES, Route, Site
from tests.structure.source import ROOT

JAVA = shutil.which("java")
CHECKER = ROOT / "node_modules/vnu-jar/build/dist/vnu.jar"
MORE = ("/archive?q=路灯", "/statistics?period=2016", "/statistics?with=city", "/nowhere")
"""Pages in a state of their own."""
FRAME = '<!DOCTYPE html><html lang="zh-CN"><title>A part of a page</title>{}</html>'


@pytest.mark.skipif(JAVA is None, reason="there is no Java for the Nu checker")
@pytest.mark.skipif(not CHECKER.exists(), reason="npm has not installed the Nu checker")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_valid(site: Site, tmp_path: Path, language: str) -> None:
    """The checker finds no error on any page that a route shows to somebody."""
    prefix = "" if language == next(iter(LANGUAGES)) else f"/{LANGUAGES[language].tag}"
    asked = {}
    for route in ROUTES:
        if route.method == "GET":
            asked[site.path(route)] = _reader(route)
    for path in MORE:
        asked[path] = None
    saved = {}
    for number, (path, role) in enumerate(asked.items()):
        client = site.app.test_client()
        if role is not None:
            client.set_cookie("letterbox", site.sessions[role][0])
        answer = client.get(prefix + path)
        if answer.mimetype == "text/html" and not 300 <= answer.status_code < 400:
            name = tmp_path / f"{number}.html"
            html = answer.get_data(as_text=True)
            name.write_text(html if html.startswith("<!") else FRAME.format(html), "utf-8")
            saved[name.name] = path
    assert len(saved) > 40
    command = [str(JAVA), "-jar", str(CHECKER), "--errors-only", "--format", "json"]
    done = subprocess.run(
        [*command, *map(str, tmp_path.glob("*.html"))], capture_output=True, text=True, check=False
    )
    found = [
        f"{saved.get(Path(each['url']).name, each['url'])}:{each.get('lastLine')} {each['message']}"
        for each in json.loads(done.stderr)["messages"]
    ]
    assert found == []


def _reader(route: Route) -> Role | None:
    """Return a role that may open ``route``; nobody for one that no role opens."""
    if route.permission in ("public", "token"):
        return None
    if route.permission == "staff":
        return Role.DISPATCHER
    return next(role for role in Role if Permission(route.permission) in GRANTS[role])
