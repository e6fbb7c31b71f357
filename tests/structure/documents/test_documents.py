"""Templates keep to the strict policy, and the documents to the code."""

import re
import shlex
from enum import StrEnum
from pathlib import Path

import click
import pytest
from pydantic import AliasChoices

from portal.cli import main
from portal.config import Settings
from portal.domain.access import GRANTS, Permission, Reach, Role
from portal.domain.periods import Granularity
from portal.domain.statistics.measures import View
from portal.domain.statistics.rates import Basis
from tests.pages import Client, get
from tests.structure.documents.reading import blocks, code_words, document, paths, section, table
from tests.structure.source import ROOT
from tests.world import World

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
OPERATING, FIGURES = "docs/operating.md", "docs/figures.md"
PLACES = re.compile(
    r"(?<![\w/])(?:portal|search_index|templates|tests|docs)/[\w./-]*\w(?:\.\w+)?/?"
)
REACHES = {Reach.UNIT: "own", Reach.SUBTREE: "subtree", Reach.ALL: "all", None: ""}


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
    """No template has an inline style, a handler attribute or a script that is no plain data."""
    inline = re.compile(
        r"<[a-z][^>]*\s(?:style|on[a-z]+)\s*=|<style\b|"
        r"<script(?![^>]*\bsrc=)(?! type=\"application/ld\+json\">\{\{ \w+\|tojson)[^>]*>",
        re.IGNORECASE,
    )
    found = [
        f"{path.relative_to(ROOT)}: {match.group(0)[:60]}"
        for path in TEMPLATES
        if "email" not in path.parts
        for match in inline.finditer(path.read_text("utf-8"))
    ]
    assert found == []


def test_pages_of_the_console_compare_nothing() -> None:
    """Which words, labels and forms a page of the console shows is decided in Python."""
    compared = re.compile(r"\{[{%][^}%]*(?:[=!]= |\bin \()")
    found = [
        f"{path.name}: {match.group(0)}"
        for path in TEMPLATES
        if "console" in path.parts
        for match in compared.finditer(path.read_text("utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize("path", paths(), ids=lambda path: path.name)
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


def test_documents_link_to_headings_that_exist() -> None:
    """A link to a part of a document leads to a heading."""
    wrong, links = [], 0
    for path in paths():
        for target in re.findall(r"\]\(([^):]*#[^)]+)\)", path.read_text("utf-8")):
            links += 1
            name, _hash, anchor = target.partition("#")
            text = (path.parent / name if name else path).read_text("utf-8")
            headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
            known = {re.sub(r"[^\w -]", "", h).strip().lower().replace(" ", "-") for h in headings}
            if anchor not in known:
                wrong.append(f"{path.name}: {target}")
    assert links
    assert wrong == []


def variables(name: str) -> set[str]:
    """Return the environment variables that set a setting."""
    alias = Settings.model_fields[name].validation_alias
    given = alias.choices if isinstance(alias, AliasChoices) else [f"LETTERBOX_{name.upper()}"]
    return {str(each) for each in given} - {name}


def test_the_settings_of_the_document_are_those_of_the_code() -> None:
    """operating.md lists every setting, and none that there is not."""
    assert sorted(table(OPERATING, "Setting").words()) == sorted(Settings.model_fields)


@pytest.mark.parametrize("row", table(OPERATING, "Setting").rows, ids=lambda row: row[0])
def test_a_setting_is_documented_as_it_is(row: tuple[str, ...]) -> None:
    """A setting has the variable and the default that operating.md gives."""
    (name,), (variable,) = code_words(row[0]), code_words(row[1])
    assert variable in variables(name)
    default = str(Settings.model_fields[name].default)
    if len(code_words(row[2])) == 1 and row[2].startswith("`") and row[2].endswith("`"):
        assert code_words(row[2])[0].lower() in (default.lower(), "http://host:port")


def test_documents_name_variables_that_exist() -> None:
    """A LETTERBOX_ variable in a document belongs to a setting or to the tests."""
    known = {each for name in Settings.model_fields for each in variables(name)}
    texts = {path.name: path.read_text("utf-8") for path in paths()}
    named = {(name, v) for name, text in texts.items() for v in re.findall(r"LETTERBOX_\w+", text)}
    of_tests = ("LETTERBOX_TEST_", "LETTERBOX_SHARED_DATA")
    wrong = [f"{n}: {v}" for n, v in named if v not in known and not v.startswith(of_tests)]
    assert [each for each in wrong if not each.endswith("LETTERBOX_")] == []


def command(words: list[str]) -> tuple[click.Command | None, list[str]]:
    """Return the command that ``words`` call, and what follows its name."""
    found: click.Command | None = main
    while isinstance(found, click.Group) and words and not words[0].startswith("-"):
        found, words = found.get_command(click.Context(found), words[0]), words[1:]
    return found, words


def test_the_commands_of_the_document_are_those_of_the_code() -> None:
    """operating.md lists every command and every command of a group, and none that there is not."""
    listed: list[str] = []
    for called, said in table(OPERATING, "Command").rows:
        name = code_words(called)[0].split()[1]
        listed.append(name)
        found, _rest = command([name])
        if isinstance(found, click.Group):
            assert sorted(code_words(said)) == sorted(found.list_commands(click.Context(found)))
    assert sorted(listed) == sorted(main.list_commands(click.Context(main)))


def test_documents_call_commands_that_exist() -> None:
    """A call of the letterbox in a document names a command and options that there are."""
    wrong, calls = [], 0
    for path in paths():
        name = str(path.relative_to(ROOT))
        inline = [word for word in code_words(document(name)) if re.match(r"letterbox [a-z]", word)]
        shell = [line for text in blocks(name, "sh") for line in text.splitlines()]
        called = [line for line in shell if re.match(r"(?:\S*/)?letterbox [a-z]", line)]
        for call in inline + called:
            calls += 1
            words = shlex.split(call.replace("…", ""), comments=True)[1:]
            found, rest = command(words)
            known = {option for each in found.params for option in each.opts} if found else set()
            asked = {
                word.strip("[]").split("=")[0] for word in rest if word.strip("[").startswith("--")
            }
            if found is None or asked - known - {"--help"}:
                wrong.append(f"{name}: {call}")
    assert calls
    assert wrong == []


def test_the_targets_of_the_documents_are_those_of_the_makefile() -> None:
    """developing.md lists every ``make`` target; none is named anywhere that there is not."""
    targets = set(re.findall(r"^([a-z-]+):.*## ", document("Makefile"), re.MULTILINE))
    listed = table("docs/developing.md", "Command").words()
    assert {word for word in listed if word.startswith("make ")} == {f"make {t}" for t in targets}
    named = {
        (path.name, target)
        for path in paths()
        for target in re.findall(r"(?:`|^)make ([a-z-]+)", path.read_text("utf-8"), re.MULTILINE)
    }
    assert [f"{name}: make {target}" for name, target in named if target not in targets] == []


def test_the_permissions_of_the_document_are_those_of_the_code() -> None:
    """roles.md gives each permission, and each role the reach that the table of grants gives."""
    found = table("docs/roles.md", "Permission")
    roles = [Role(word) for word in found.head[2:]]
    assert set(roles) == set(Role)
    said = {code_words(row[0])[0]: row[2:] for row in found.rows}
    known = {p.value: tuple(REACHES[GRANTS[r].get(p)] for r in roles) for p in Permission}
    assert said == known


def test_the_words_of_the_open_data_are_documented(client: Client, world: World) -> None:
    """figures.md lists the keys of the JSON and the columns of the CSV, and none besides."""
    answer = client.get("/statistics/data.json").json
    assert answer is not None
    counts = set(table(FIGURES, "Count").words())
    assert set(answer["total"]) == counts
    assert set(table(FIGURES, "Key of `beyond`").words()) == set(answer["beyond"])
    keys = set(table(FIGURES, "Key of the JSON").words())
    asked = set(
        code_words(section(FIGURES, "## Open data").split("Every answer says")[1].split(".\n")[0])
    )
    assert set(answer) == keys | (asked - {"JSON"})
    columns = set(
        client.get("/statistics/data.csv").text.lstrip("\ufeff").splitlines()[0].split(",")
    )
    assert columns == asked | counts | set(table(FIGURES, "Column of the CSV").words())


def test_the_words_of_addresses_are_documented(client: Client, world: World) -> None:
    """figures.md lists the words that the form of a page of figures sends; each of them is read."""
    (form,) = [f for f in get(client, "/statistics").forms if f.action == "/statistics"]
    two_sides = {"compare", "compare_part", "with", "with_name"}
    said = set(table(FIGURES, "Word of the address").words())
    assert set(form.fields) - two_sides - {"rank"} <= said
    status = {word: client.get(f"/statistics/data.json?{word}=!").status_code for word in said}
    # A subject is what an office called it, so that any word may be one.
    assert status == dict.fromkeys(said, 400) | {"category": 200}


@pytest.mark.parametrize(
    ("word", "values"),
    [("basis", Basis), ("view", View), ("by", [g for g in Granularity if g != "year"])],
)
def test_the_values_of_addresses_are_documented(word: str, values: type[StrEnum]) -> None:
    """figures.md lists the values that a word of the address takes."""
    (row,) = [row for row in table(FIGURES, "Word of the address").rows if row[0] == f"`{word}`"]
    assert set(code_words(row[1])) - {word} == {str(value) for value in values}


STEPS = {
    "docs/recipes.md": r"^(?:\d+\.|-) (.*(?:\n {2,}.*)*)",
    "docs/architecture.md": r"^\d+\. (.*(?:\n   .*)*)",
}
ITEMS = [
    item
    for name in STEPS
    for item in re.findall(STEPS[name], document(name), re.MULTILINE)
    if "`" in item
]
"""The steps of recipes and of walks through the code."""


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item[:40])
def test_a_step_names_what_is_in_its_file(item: str) -> None:
    """A name that a step gives is in one of the files or folders that the step gives."""
    places = [ROOT / word for word in code_words(item) if "/" in word and " " not in word]
    files = [
        each
        for place in places
        for each in ([place] if place.is_file() else place.rglob("*.*"))
        if each.suffix in (".py", ".po", ".toml", ".md", ".html", ".txt")
    ]
    names = [w for w in code_words(item) if re.fullmatch(r"[A-Za-z_]\w*(?:\.\w+)*(?:\(\))?", w)]
    text = "\n".join(each.read_text("utf-8") for each in files)
    lacking = [
        name for name in names if not re.search(rf"\b{name.split('.')[-1].rstrip('()')}\b", text)
    ]
    assert files
    assert lacking == []
