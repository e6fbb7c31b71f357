"""Kinds of letters and languages: what is decided by them stands in their tables and nowhere else."""

import ast
import re
import subprocess
import sys

import pytest
from babel import Locale

from portal.domain.deadline_rules import letter_code
from portal.domain.languages import COMMAND_LINE, LANGUAGES, SOURCE
from portal.domain.letters.kinds import KINDS, KINDS_BY_WORD, LETTER_RULES, Kind
from tests.structure.source import ROOT, modules

KIND_FILES = {"portal/domain/letters/kinds.py", "portal/tools/samples/grammar.py"}
"""The table, and the sentences that invented letters of a kind are made of."""
LANGUAGE_FILES = {"portal/domain/languages.py", "portal/reporting/word.py"}
"""The table, and the report, which is Chinese whoever asks for it."""
TAGS = {*LANGUAGES, *(row.tag for row in LANGUAGES.values())}


def test_every_kind_has_its_row() -> None:
    """The table has each kind once, in the order of the kinds, and a deadline rule for each."""
    assert list(KINDS) == list(Kind)
    assert {rule.code for rule in LETTER_RULES} == {letter_code(kind) for kind in Kind}


def test_a_word_of_other_systems_means_one_kind() -> None:
    """No word for a kind in files of other systems stands in two rows."""
    words = [w for kind, row in KINDS.items() for w in (kind.value, kind.label, *row.also_called)]
    assert len(words) == len(KINDS_BY_WORD)


def test_no_code_names_a_kind() -> None:
    """Code asks the table what a kind is like; only the table and the samples name one."""
    named = [
        f"{module.name}:{node.lineno}"
        for module in modules("portal")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "Kind"
        and node.attr in Kind.__members__
        and module.name not in KIND_FILES
    ]
    assert named == []


def test_no_template_and_no_script_names_a_kind() -> None:
    """Pages show kinds as they come: no value of one stands in a template or a script."""
    words = "|".join(kind.value for kind in Kind if kind.value not in ("help", "report"))
    pattern = re.compile(rf"['\"]({words})['\"]|kind *(==|!=|in) *\(?['\"](help|report)['\"]")
    files = [*(ROOT / "templates").rglob("*.*"), *(ROOT / "portal/static/js").rglob("*.js")]
    assert files
    assert [path.name for path in files if pattern.search(path.read_text("utf-8"))] == []


@pytest.mark.slow
def test_one_more_kind_needs_the_table_alone() -> None:
    """With a row more, forms, filters, deadlines, figures and samples take the kind as theirs."""
    answer = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider"),
            *("-p", "tests.structure.extra_kind", "tests/structure/extra_kind_pages.py"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout[-3000:] + answer.stderr[-1000:]


def test_no_code_names_a_language() -> None:
    """Code asks the table of languages; neither a locale nor a tag stands anywhere else."""
    named = [
        f"{module.name}:{node.lineno}"
        for module in modules("portal")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant)
        and node.value in TAGS
        and module.name not in LANGUAGE_FILES
    ]
    assert named == []


def test_no_template_and_no_script_names_a_language() -> None:
    """Templates and scripts ask which language the page speaks."""
    pattern = re.compile("|".join(rf"['\"]{re.escape(tag)}['\"]" for tag in TAGS))
    files = [*(ROOT / "templates").rglob("*.*"), *(ROOT / "portal/static/js").rglob("*.js")]
    assert [path.name for path in files if pattern.search(path.read_text("utf-8"))] == []


def test_every_language_has_its_catalogue() -> None:
    """Each language but that of the source text has a folder of its own name, and no other has."""
    folders = {path.parent.parent.name for path in (ROOT / "portal").rglob("LC_MESSAGES/*.po")}
    assert folders == set(LANGUAGES) - {SOURCE}
    assert COMMAND_LINE in LANGUAGES


@pytest.mark.parametrize("locale", LANGUAGES)
def test_the_direction_is_that_of_the_script(locale: str) -> None:
    """A row says of its script what the Unicode tables say."""
    assert LANGUAGES[locale].direction == Locale.parse(locale).text_direction
