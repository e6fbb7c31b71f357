"""Draw mutants and say how many the tests notice: ``python -m tests.mutants COUNT [SEED]``.

Needs ``mutants/contexts`` and ``mutants/times.xml``, which ``make mutants`` records. A mutant runs
in a process of its own, in a copy of the checkout, against the tests that reach it, until the first
fails. Verdicts are kept in ``mutants/verdicts``: a run that was cut short goes on where it was, and
only survivors are tried again as long as their module stays as it is.
"""

import contextlib
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections import Counter
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from time import monotonic

import pytest
from hypothesis import Phase
from hypothesis import settings as hypothesis_settings

from tests.mutants.reach import Reach
from tests.mutants.sample import Mutant, sample, source

FOLDER = Path("mutants").resolve()
TREE = FOLDER / "tree"
VERDICTS = FOLDER / "verdicts"
LEAST = 0.9
"""The share of mutants that tests must notice."""
CATALOGUE = "tests/structure/test_translations.py::test_every_message_is_translated"
"""The test that holds the words of pages; it reads the code instead of running it."""
HEAVY = (
    *("flask_migrate", "flask_limiter", "flask_babel", "flask_wtf", "flask_login", "whoosh.index"),
    *("hypothesis.strategies", "sqlalchemy.orm", "psycopg", "docx", "xlsxwriter", "openpyxl"),
)
"""Packages of others that are imported once, before the processes of the mutants part."""


def _run(tests: list[str], output: Path, seconds: int) -> None:
    """Run ``tests`` in the copy of the checkout and end the process with what pytest answers.

    It may take ``seconds`` of processor time, which other work on the machine does not use up.
    """
    os.setsid()
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    os.chdir(TREE)
    for stream in (1, 2):
        os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
    for name in [each for each in sys.modules if each.partition(".")[0] == "tests"]:
        del sys.modules[name]
    sys.path.insert(0, str(TREE))
    os.environ["PYTHONPATH"] = str(TREE)
    sys.dont_write_bytecode = True
    # A failing example is enough; making it smaller is for people.
    quick = (Phase.explicit, Phase.generate)
    hypothesis_settings.register_profile(
        "mutants", deadline=None, database=None, derandomize=True, phases=quick
    )
    plugins = ("-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:cov")
    os._exit(pytest.main(["-x", "-q", "--hypothesis-profile=mutants", *plugins, *tests]))


def run(tests: dict[str, float]) -> str:
    """Run ``tests``: ``survived`` if all pass, ``killed`` if one fails, else ``timeout``."""
    seconds = 30 + int(5 * sum(tests.values()))
    given = (list(tests), FOLDER / "output", seconds)
    process = get_context("fork").Process(target=_run, args=given)
    process.start()
    # What waits for something that never comes uses no processor time.
    process.join(10 * seconds)
    if late := process.is_alive():
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid or 0, signal.SIGKILL)
        process.join()
    if late or process.exitcode in (-signal.SIGXCPU, -signal.SIGKILL):
        return "timeout"
    return "killed" if process.exitcode else "survived"


def verdict(mutant: Mutant, reach: Reach) -> str:
    """Put ``mutant`` into the copy, run the tests that reach it and take it out again."""
    tests = reach.tests(mutant.path, mutant.statements())
    if mutant.wording:
        tests[CATALOGUE] = 10.0
    if not tests:
        return "unreached"
    place = TREE / mutant.path
    place.write_text(mutant.text, "utf-8")
    try:
        return run(tests)
    finally:
        place.write_text(source(mutant.path), "utf-8")


def copy_checkout() -> None:
    """Copy what git knows and the compiled catalogues to ``TREE``."""
    shutil.rmtree(TREE, ignore_errors=True)
    known = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    catalogues = Path("portal").rglob("*.mo")
    for path in (*map(Path, known), *catalogues):
        if path.is_file():
            (TREE / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, TREE / path)
    # By their content, so that a mutant of the same length and second is not taken for the module.
    subprocess.run(
        [
            sys.executable,
            "-m",
            "compileall",
            "-q",
            "--invalidation-mode",
            "checked-hash",
            str(TREE),
        ],
        check=True,
    )


def main(count: int, seed: str) -> None:
    """Try the sample, print survivors and shares, and fail below ``LEAST``."""
    say = sys.stdout.write
    reach = Reach(FOLDER / "contexts", FOLDER / "times.xml")
    copy_checkout()
    for name in HEAVY:
        import_module(name)
    mutants, population = sample(seed, count)
    known = (
        dict(line.split() for line in VERDICTS.read_text().splitlines())
        if VERDICTS.exists()
        else {}
    )
    unchanged = next(filter(None, (reach.tests(m.path, m.statements()) for m in mutants)))
    if (answer := run(unchanged)) != "survived":
        sys.exit((FOLDER / "output").read_text() + f"The code without a mutant: {answer}")
    counted: Counter[str] = Counter()
    started = monotonic()
    for number, mutant in enumerate(mutants, start=1):
        answer = known.get(mutant.key, "")
        if answer not in ("killed", "timeout"):
            answer = verdict(mutant, reach)
            with VERDICTS.open("a") as file:
                file.write(f"{mutant.key} {answer}\n")
        counted[answer] += 1
        if answer in ("survived", "unreached"):
            say(f"\n{answer}, number {number} of {count}\n{mutant.diff}\n")
        elif number % 20 == 0:
            say(f"{number} of {count} after {monotonic() - started:.0f} s\n")
        sys.stdout.flush()
    share = (counted["killed"] + counted["timeout"]) / len(mutants)
    parts = ", ".join(f"{number} {name}" for name, number in sorted(counted.items()))
    say(f"\n{len(mutants)} of {population} mutants, seed {seed}: {parts}; {share:.1%} noticed\n")
    sys.exit(share < LEAST)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
