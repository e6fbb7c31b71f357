"""Templates and scripts keep to the strict content security policy and to the sprite."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted(
    path for path in (ROOT / "templates").rglob("*.html") if "email" not in path.parts
)
STATIC = ROOT / "portal" / "static"


def offenders(pattern: str, paths: list[Path] = TEMPLATES) -> list[str]:
    found = re.compile(pattern, re.IGNORECASE)
    return [
        f"{path.relative_to(ROOT)}: {match.group(0)[:60]}"
        for path in paths
        for match in found.finditer(path.read_text("utf-8"))
    ]


def test_no_inline_style() -> None:
    """A template carries no style attribute and no style element."""
    assert not offenders(r"<[^>]*\sstyle\s*=|<style\b")


def test_no_inline_script() -> None:
    """A template carries no handler attribute and no script without a source.

    Data for search engines may stand in a page: browsers do not run them, and ``tojson`` keeps
    what is in them from ending the element.
    """
    data = r" type=\"application/ld\+json\">\{\{ \w+\|tojson \}\}</script>"
    script = rf"<script(?![^>]*\bsrc=)(?!{data})[^>]*>"
    assert not offenders(rf"<[a-z][^>]*\son[a-z]+\s*=|{script}|javascript:")


def test_nothing_from_another_host() -> None:
    """A page, a style sheet or a script fetches nothing from another host."""
    assert not offenders(r"(?:src|href)=\"(?:https?:)?//")
    sheets = sorted((STATIC / "css").glob("*.css"))
    assert not offenders(r"@import|url\(\s*['\"]?(?:https?:)?//", sheets)
    scripts = sorted((STATIC / "js").glob("*.js"))
    assert not offenders(r"['\"`](?:https?:)?//[a-z]", scripts)


def test_every_icon_is_in_the_sprite() -> None:
    """An icon that a template asks for by name exists in the sprite."""
    sprite = (STATIC / "img" / "icons.svg").read_text("utf-8")
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    asked = {
        name
        for path in TEMPLATES
        for name in re.findall(r"\bicon(?:_name=|\()'([\w-]+)'", path.read_text("utf-8"))
    }
    asked |= {
        name
        for path in TEMPLATES
        for name in re.findall(r"\bcall empty\(.*, '([\w-]+)'[,)]", path.read_text("utf-8"))
    }
    chips = (ROOT / "templates" / "components" / "chips.html").read_text("utf-8")
    asked |= {shape for _tone, shape in re.findall(r": \('(\w+)', '([\w-]+)'\)", chips)}
    assert asked
    assert not asked - drawn


def test_every_module_that_main_loads_exists() -> None:
    """What main.js or a template names lies in the folder, and nothing lies there unused."""
    folder = STATIC / "js"
    named = set(re.findall(r'"\./([\w-]+\.js)"', (folder / "main.js").read_text("utf-8")))
    named |= {
        found
        for page in TEMPLATES
        for found in re.findall(r"'js/([\w-]+\.js)'", page.read_text("utf-8"))
    }
    assert named == {path.name for path in folder.glob("*.js")}
