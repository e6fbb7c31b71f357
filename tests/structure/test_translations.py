"""The English catalogue says everything that the pages say in Chinese, and nothing else."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
ENGLISH = ROOT / "portal/translations/en/LC_MESSAGES/messages.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Return what the code and the templates say now."""
    target = tmp_path_factory.mktemp("messages") / "messages.pot"
    subprocess.run(
        [
            sys.executable,
            "-m",
            "babel.messages.frontend",
            "-q",
            "extract",
            "-F",
            "pyproject.toml",
            "-k",
            "_l",
            "-k",
            "N_",
            "-o",
            str(target),
            ".",
        ],
        cwd=ROOT,
        check=True,
    )
    with target.open("rb") as file:
        return read_po(file)


@pytest.fixture(scope="module")
def english() -> Catalog:
    """Return the English catalogue."""
    with ENGLISH.open("rb") as file:
        return read_po(file)


def test_every_message_is_translated(source: Catalog, english: Catalog) -> None:
    """No page falls back to Chinese where English was chosen."""
    missing = [m.id for m in source if m.id and not (m.id in english and english[m.id].string)]
    assert not missing


def test_no_translation_is_left_over(source: Catalog, english: Catalog) -> None:
    """A message that is gone from the code is gone from the catalogue."""
    assert not [m.id for m in english if m.id and m.id not in source]


def test_placeholders_agree(english: Catalog) -> None:
    """A translation fills in exactly what its source fills in."""
    wrong = [
        m.id
        for m in english
        if m.id
        and Counter(PLACEHOLDER.findall(str(m.id))) != Counter(PLACEHOLDER.findall(str(m.string)))
    ]
    assert not wrong


def test_no_translation_is_a_guess(english: Catalog) -> None:
    """No entry is marked fuzzy."""
    assert not [m.id for m in english if m.fuzzy and m.id]


@pytest.mark.parametrize("page", sorted((ROOT / "templates").rglob("*.*")), ids=lambda p: p.name)
def test_a_page_translates_by_hand_only_what_it_says_itself(page: Path) -> None:
    """What comes from elsewhere goes through ``say``: ``_()`` takes its text for safe markup and for
    a pattern, so that somebody's name could be either."""
    assert not re.findall(r"(?<!\w)_\(\s*[^'\"\s]", page.read_text(encoding="utf-8"))
