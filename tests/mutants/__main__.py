"""Draw mutants and say how many the tests notice: ``python -m tests.mutants COUNT SEED JOBS``.

Needs ``mutants/contexts`` and ``mutants/times.xml``, which ``make mutants`` records. A mutant runs
in a process of its own, in one of ``JOBS`` copies of the checkout, against the tests that reach it,
until the first fails. Verdicts are kept in ``mutants/verdicts``: a run that was cut short goes on where it was, and
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
from concurrent.futures import ProcessPoolExecutor
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
VERDICTS = FOLDER / "verdicts"
LEAST = 0.9
"""The share of mutants that tests must notice."""
CATALOGUE = "tests/structure/test_translations.py::test_every_message_is_translated"
"""The test that holds the words of pages; it reads the code instead of running it."""
REFUSALS = "tests/structure/test_forms.py"
"""The tests that hold the fields and messages of refusals; they read the code, too."""
REFUSING = ("InvalidInput(", "required(", "optional(", "limited(")
HEAVY = (
    *("flask_migrate", "flask_limiter", "flask_babel", "flask_wtf", "flask_login", "whoosh.index"),
    *("hypothesis.strategies", "sqlalchemy.orm", "psycopg", "docx", "xlsxwriter", "openpyxl"),
)
"""Packages of others that are imported once, before the processes of the mutants part."""


def _run(tree: Path, tests: list[str], output: Path, seconds: int) -> None:
    """Run ``tests`` in the copy of the checkout ``tree`` and end the process with what pytest answers.

    It may take ``seconds`` of processor time, which other work on the machine does not use up.
    """
    os.setsid()
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    os.chdir(tree)
    for stream in (1, 2):
        os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
    for name in [each for each in sys.modules if each.partition(".")[0] == "tests"]:
        del sys.modules[name]
    sys.path.insert(0, str(tree))
    os.environ["PYTHONPATH"] = str(tree)
    sys.dont_write_bytecode = True
    # A failing example is enough; making it smaller is for people.
    quick = (Phase.explicit, Phase.generate)
    hypothesis_settings.register_profile(
        "mutants", deadline=None, database=None, derandomize=True, phases=quick
    )
    plugins = ("-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:cov")
    os._exit(pytest.main(["-x", "-q", "--hypothesis-profile=mutants", *plugins, *tests]))


def run(tree: Path, tests: dict[str, float]) -> str:
    """Run ``tests`` in ``tree``: ``survived`` if all pass, ``killed`` if one fails, else ``timeout``."""
    seconds = 30 + int(5 * sum(tests.values()))
    given = (tree, list(tests), tree.with_suffix(".output"), seconds)
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


def verdict(mutant: Mutant, tests: dict[str, float]) -> str:
    """Put ``mutant`` into the copy of this process, run ``tests`` and take it out again."""
    if not tests:
        return "unreached"
    tree = FOLDER / f"tree-{os.getpid()}"
    if not tree.exists():
        copy_checkout(tree)
    place = tree / mutant.path
    place.write_text(mutant.text, "utf-8")
    try:
        return run(tree, tests)
    finally:
        place.write_text(source(mutant.path), "utf-8")


def copy_checkout(tree: Path) -> None:
    """Copy what git knows and the compiled catalogues to ``tree``."""
    known = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    catalogues = Path("portal").rglob("*.mo")
    for path in (*map(Path, known), *catalogues):
        if path.is_file():
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, tree / path)
    # By their content, so that a mutant of the same length and second is not taken for the module.
    subprocess.run(
        [
            sys.executable,
            "-m",
            "compileall",
            "-q",
            "--invalidation-mode",
            "checked-hash",
            str(tree),
        ],
        check=True,
    )


def main(count: int, seed: str, jobs: int) -> None:
    """Try the sample, print survivors and shares, and fail below ``LEAST``."""
    say = sys.stdout.write
    reach = Reach(FOLDER / "contexts", FOLDER / "times.xml")
    for left in FOLDER.glob("tree-*"):
        if left.is_dir():
            shutil.rmtree(left)
    for name in HEAVY:
        import_module(name)
    mutants, population = sample(seed, count)
    reached = {each.key: _tests(each, reach) for each in mutants}
    known = (
        dict(line.split() for line in VERDICTS.read_text().splitlines())
        if VERDICTS.exists()
        else {}
    )
    original = FOLDER / "tree-0"
    copy_checkout(original)
    if (answer := run(original, next(filter(None, reached.values())))) != "survived":
        said = original.with_suffix(".output").read_text()
        sys.exit(f"{said}The code without a mutant: {answer}")
    counted: Counter[str] = Counter()
    started = monotonic()
    done = {each.key for each in mutants if known.get(each.key) in ("killed", "timeout")}
    counted.update(known[key] for key in done)
    with ProcessPoolExecutor(jobs, get_context("fork")) as pool:
        tried = [each for each in mutants if each.key not in done]
        answers = pool.map(verdict, tried, [reached[each.key] for each in tried])
        for mutant, answer in zip(tried, answers, strict=True):
            with VERDICTS.open("a") as file:
                file.write(f"{mutant.key} {answer}\n")
            counted[answer] += 1
            number = counted.total()
            if answer in ("survived", "unreached"):
                say(f"\n{answer}, number {number} of {count}\n{mutant.diff}\n")
            elif number % 20 == 0:
                say(f"{number} of {count} after {monotonic() - started:.0f} s\n")
            sys.stdout.flush()
    share = (counted["killed"] + counted["timeout"]) / len(mutants)
    parts = ", ".join(f"{number} {name}" for name, number in sorted(counted.items()))
    say(f"\n{len(mutants)} of {population} mutants, seed {seed}: {parts}; {share:.1%} noticed\n")
    sys.exit(share < LEAST)


def _tests(mutant: Mutant, reach: Reach) -> dict[str, float]:
    """Return the tests that may notice ``mutant`` and how long each takes."""
    tests = reach.tests(mutant.path, mutant.statements())
    if any(each in mutant.diff for each in REFUSING):
        tests[REFUSALS] = 5.0
    return tests | {CATALOGUE: 10.0} if mutant.wording else tests


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
