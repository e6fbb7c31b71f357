"""The shape of the code: small modules, thin views, one-way arrows, one place that commits."""

import ast
import re
import statistics
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from tests.structure.source import PACKAGES, ROOT, calls, modules, tracked_files, views

LONGEST, LONGEST_TEST = 400, 600
MOST_MODULES = 15
MEDIAN_VIEW = 15


def test_modules_are_short() -> None:
    """A module has at most 400 lines, one of tests at most 600; what grows beyond is two things."""
    for folders, most in ((PACKAGES, LONGEST), (("tests",), LONGEST_TEST)):
        counted = {
            module.name: len(module.path.read_text("utf-8").splitlines())
            for module in modules(*folders)
        }
        assert counted
        assert {name: lines for name, lines in counted.items() if lines > most} == {}


def test_folders_are_small() -> None:
    """A folder has at most 15 modules; what grows beyond has parts of its own."""
    counted = Counter(
        str(module.path.parent.relative_to(ROOT))
        for module in modules(*PACKAGES, "tests")
        if module.path.stem != "__init__"
    )
    assert counted
    assert {name: count for name, count in counted.items() if count > MOST_MODULES} == {}


def test_views_are_thin() -> None:
    """The median view has fewer than 15 lines: load, form, one service call, redirect."""
    lengths = views()
    assert lengths
    assert statistics.median(lengths.values()) < MEDIAN_VIEW, sorted(
        lengths.items(), key=lambda pair: -pair[1]
    )[:10]


def test_imports_stand_at_the_top() -> None:
    """No function imports anything, so that no cycle can hide in one."""
    hidden = [
        f"{module.name}:{node.lineno}"
        for module in modules(*PACKAGES, "tests")
        for function in module.functions()
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


@pytest.mark.slow
def test_arrows_run_one_way() -> None:
    """The import contracts of the project are kept."""
    answer = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout[-3000:]


def test_one_place_commits() -> None:
    """Nothing but the unit of work commits."""
    found = [place for module in modules("portal") for place in calls(module, "commit")]
    assert {place.partition(":")[0] for place in found} == {"portal/services/core/unit.py"}


def test_web_and_commands_write_through_services() -> None:
    """No view and no command puts a row into the session or takes one out."""
    found = [
        f"{module.name}:{node.lineno}"
        for module in modules("portal/web", "portal/cli", "portal/queries")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("add", "add_all", "delete", "merge", "flush", "bulk_save_objects")
        and "session" in ast.unparse(node.func.value)
    ]
    assert found == []


def test_nothing_below_the_web_reads_the_clock() -> None:
    """The moment is an argument everywhere below web and commands."""
    below = ("services", "queries", "adapters", "models", "domain")
    found = [
        place
        for module in modules(*(f"portal/{room}" for room in below))
        for place in calls(module, "utcnow", "today")
    ]
    found += [
        f"{module.name}:{node.lineno}"
        for module in modules(*(f"portal/{room}" for room in below))
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "datetime.now"
    ]
    assert found == []


def test_modules_say_what_they_are_for() -> None:
    """Every module begins with a docstring, and so does every public function of the portal."""
    silent = [m.name for m in modules(*PACKAGES) if m.tree.body and not _said(m.tree)]
    for module in modules(*PACKAGES):
        silent += [
            f"{module.name}:{node.name}"
            for node in module.tree.body
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
            and not node.name.startswith("_")
            and not _said(node)
        ]
    assert silent == []


def test_tests_say_what_they_hold() -> None:
    """Every test has a sentence."""
    silent = [
        f"{module.name}:{function.name}"
        for module in modules("tests")
        for function in module.functions()
        if function.name.startswith("test_") and not _said(function)
    ]
    assert silent == []


def _said(node: ast.Module | ast.FunctionDef | ast.ClassDef) -> bool:
    return bool(ast.get_docstring(node))


def test_every_dependency_has_a_reason() -> None:
    """A line of pyproject that names a dependency says in a comment what it is for."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    project = tomllib.loads(text)["project"]
    names = [*project["dependencies"], *sum(project["optional-dependencies"].values(), [])]
    assert names
    for name in names:
        line = next(each for each in text.splitlines() if each.strip().startswith(f'"{name}"'))
        assert re.search(r'",?\s*# \S.{4,}', line), f"why {name}?"


def test_nothing_names_a_machine() -> None:
    """No file of the project names a path of somebody's machine or a package host."""
    hosts = "|".join(("py" + r"pi\.org", r"files\.python" + "hosted", "registry" + r"\.npmjs"))
    told = re.compile(
        rf"/(?:home|root|Users)/\w|/work/(?:main|shared)|{hosts}|--(?:extra-)?index-url=?\s*http"
    )
    found = [
        f"{path.relative_to(ROOT)}: {match.group(0)}"
        for path in tracked_files()
        for match in told.finditer(path.read_text("utf-8", errors="replace"))
        if path != Path(__file__)
    ]
    assert found == []
