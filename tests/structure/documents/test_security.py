"""docs/security.md names tests that there are."""

import ast
import re

from tests.structure.source import ROOT

_ROW = re.compile(r"^\| (?!Threat|---)(.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
_TEST = re.compile(r"`([\w/]+\.py)::(\w+)`")


def test_every_threat_names_a_test_that_there_is() -> None:
    """Each row of the table has a test, and its function stands in the file it names."""
    rows = _ROW.findall((ROOT / "docs" / "security.md").read_text(encoding="utf-8"))
    assert len(rows) > 5
    for threat, _, tests in rows:
        named = _TEST.findall(tests)
        assert named, threat
        for file, function in named:
            tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
            functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
            assert function in functions, f"{threat}: {file}::{function}"
