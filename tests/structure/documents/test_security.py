"""The tables of threats and faults name tests that there are."""

import ast
import re

import pytest

from tests.structure.source import ROOT

_ROW = re.compile(r"^\| (?!Threat|Fault|---)(.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
_TEST = re.compile(r"`([\w/]+\.py)::(\w+)`")


@pytest.mark.parametrize("document", ["security.md", "reliability.md"])
def test_every_threat_and_fault_names_a_test_that_there_is(document: str) -> None:
    """Each row of the table has a test, and its function stands in the file it names."""
    text = (ROOT / "docs" / document).read_text(encoding="utf-8").partition("## Figures")[0]
    rows = _ROW.findall(text)
    assert len(rows) > 5
    for threat, _, tests in rows:
        named = _TEST.findall(tests)
        assert named or "`make chaos`" in tests, threat
        for file, function in named:
            tree = ast.parse(
                (ROOT / "tests" / file.removeprefix("tests/")).read_text(encoding="utf-8")
            )
            functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
            assert function in functions, f"{threat}: {file}::{function}"
