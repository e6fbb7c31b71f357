"""Each catalogue says everything that the pages say in Chinese, and nothing else."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from portal.domain.languages import LANGUAGES, SOURCE

ROOT = Path(__file__).resolve().parents[2]
TRANSLATIONS = ROOT / "portal/translations"
TRANSLATED = [locale for locale in LANGUAGES if locale != SOURCE]
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


@pytest.fixture(scope="module", params=TRANSLATED)
def translated(request: pytest.FixtureRequest) -> Catalog:
    """Return the catalogue of a language."""
    with (TRANSLATIONS / request.param / "LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file)


def test_every_message_is_translated(source: Catalog, translated: Catalog) -> None:
    """No page falls back to Chinese where another language was chosen."""
    missing = [
        m.id for m in source if m.id and not (m.id in translated and translated[m.id].string)
    ]
    assert not missing


def test_no_translation_is_left_over(source: Catalog, translated: Catalog) -> None:
    """A message that is gone from the code is gone from the catalogue."""
    assert not [m.id for m in translated if m.id and m.id not in source]


def test_placeholders_agree(translated: Catalog) -> None:
    """A translation fills in exactly what its source fills in."""
    wrong = [
        m.id
        for m in translated
        if m.id
        and Counter(PLACEHOLDER.findall(str(m.id))) != Counter(PLACEHOLDER.findall(str(m.string)))
    ]
    assert not wrong


def test_no_translation_is_a_guess(translated: Catalog) -> None:
    """No entry is marked fuzzy."""
    assert not [m.id for m in translated if m.fuzzy and m.id]


@pytest.mark.parametrize("page", sorted((ROOT / "templates").rglob("*.*")), ids=lambda p: p.name)
def test_a_page_translates_by_hand_only_what_it_says_itself(page: Path) -> None:
    """What comes from elsewhere goes through ``say``: ``_()`` takes its text for safe markup and for
    a pattern, so that somebody's name could be either."""
    assert not re.findall(r"(?<!\w)_\(\s*[^'\"\s]", page.read_text(encoding="utf-8"))
