"""What checks a change is the same by hand, before a commit and in CI."""

import re

from tests.structure.source import ROOT


def text(name: str) -> str:
    """Return the text of a file of the repository."""
    return (ROOT / name).read_text("utf-8")


def targets() -> dict[str, list[str]]:
    """Return what each target of the Makefile needs, by its name."""
    rules = re.findall(r"^([a-z-]+):(?!=) *([^#\n]*)", text("Makefile"), re.MULTILINE)
    return {name: needed.split() for name, needed in rules}


def test_a_commit_is_checked_as_by_hand() -> None:
    """The only hook before a commit is ``make check``, over everything, whatever changed."""
    hook = text(".pre-commit-config.yaml")
    assert re.findall(r"entry: *(.*)", hook) == ["make check"]
    assert "always_run: true" in hook and "pass_filenames: false" in hook


def test_ci_runs_the_whole_suite_and_nothing_else() -> None:
    """``.ci/run`` is ``make test``."""
    lines = [line for line in text(".ci/run").splitlines() if line and not line.startswith("#")]
    assert lines == ["set -eu", 'cd "$(dirname "$0")/.."', "exec make test"]


def test_the_whole_suite_contains_the_quick_check() -> None:
    """``make test`` lints as ``make check`` does and runs every test, the unit tests among them."""
    needed = targets()
    assert needed["check"] == ["lint", "unit"]
    assert needed["test"] == ["lint", "sqlite", "postgres", "browser"]
