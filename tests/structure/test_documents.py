"""Templates keep to the strict policy, and the documents to the code."""

import re
from pathlib import Path

import click
import pytest

from portal.cli import main
from portal.config import Settings
from tests.structure.source import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
OPERATING = ROOT / "docs" / "operating.md"


def test_templates_escape_everything() -> None:
    """No template switches escaping off."""
    found = [
        f"{path.relative_to(ROOT)}: {match.group(0)}"
        for path in TEMPLATES
        for match in re.finditer(r"\|\s*safe\b|autoescape\s+false", path.read_text("utf-8"))
    ]
    assert TEMPLATES
    assert found == []


def test_templates_carry_no_style_and_no_handler() -> None:
    """No template has an inline style, a handler attribute or a script of its own."""
    inline = re.compile(
        r"<[a-z][^>]*\s(?:style|on[a-z]+)\s*=|<style\b|<script(?![^>]*\bsrc=)[^>]*>", re.IGNORECASE
    )
    found = [
        f"{path.relative_to(ROOT)}: {match.group(0)[:60]}"
        for path in TEMPLATES
        if "email" not in path.parts
        for match in inline.finditer(path.read_text("utf-8"))
    ]
    assert found == []


@pytest.mark.skipif(not OPERATING.exists(), reason="docs/operating.md is not there")
@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_documented(name: str) -> None:
    """A setting stands in docs/operating.md under the name of its variable."""
    text = OPERATING.read_text("utf-8")
    assert re.search(rf"\b(?:LETTERBOX_)?{name.upper()}\b", text), name


DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PLACES = re.compile(
    r"(?<![\w/])(?:portal|search_index|templates|tests|docs)/[\w./-]*\w(?:\.\w+)?/?"
)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_documents_name_files_that_exist(path: Path) -> None:
    """A file or folder that a document names, or links to, is there."""
    text = path.read_text("utf-8")
    named = [ROOT / place for place in PLACES.findall(text)]
    linked = [
        path.parent / target.partition("#")[0]
        for target in re.findall(r"\]\(([^)]+)\)", text)
        if "://" not in target and not target.startswith("#")
    ]
    assert [str(each) for each in (*named, *linked) if not each.exists()] == []


def test_every_command_is_documented() -> None:
    """A command of the command line stands in docs/operating.md."""
    text = OPERATING.read_text("utf-8")
    assert [
        name for name in main.list_commands(click.Context(main)) if f"letterbox {name}" not in text
    ] == []
