"""Which tests reach a line, from coverage contexts, and how long each takes, from the JUnit file."""

from pathlib import Path
from xml.etree import ElementTree

from coverage import CoverageData

LONGEST = 40.0
"""Seconds of tests, as recorded, that a mutant is given before it counts as survived."""


class Reach:
    """The tests that reach each line."""

    def __init__(self, contexts: Path, times: Path) -> None:
        self._data = CoverageData(str(contexts))
        self._data.read()
        self._seconds = {
            f"{case.attrib['classname'].replace('.', '/')}.py::{case.attrib['name']}": float(
                case.attrib["time"]
            )
            for case in ElementTree.parse(times).iter("testcase")
        }

    def tests(self, path: Path, lines: set[int]) -> dict[str, float]:
        """Return the tests that reach ``lines`` of ``path`` and the seconds each takes.

        Tests of the folder that mirrors the module's come first, then the fastest, and those that
        reach the lines in a fixture only come last.
        """
        phases: dict[str, set[str]] = {}
        for line, contexts in self._data.contexts_by_lineno(str(path.resolve())).items():
            if line in lines:
                for test, _, phase in (context.rpartition("|") for context in contexts):
                    phases.setdefault(test, set()).add(phase)
        mirror = f"tests/{str(path.parent).removeprefix('portal/')}/"
        ordered = sorted(
            (test for test in phases if test in self._seconds),
            key=lambda test: (
                "run" not in phases[test],
                not test.startswith(mirror),
                self._seconds[test],
            ),
        )
        chosen: dict[str, float] = {}
        for test in ordered:
            if chosen and sum(chosen.values()) + self._seconds[test] > LONGEST:
                break
            chosen[test] = self._seconds[test]
        return chosen
