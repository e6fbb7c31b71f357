"""Bring faults about and print what they cost: ``python -m tests.chaos [KILLS] [STEP …]``.

Ends with status 1 where a promise is broken: an acknowledged letter is lost or doubled, index and
archive differ, typed words are gone.
"""

import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.chaos import clock, indexing, kills, postgres, storage, upkeep
from tests.chaos.steps import Row

KILLS = 15
_VERDICT = {True: "ok", False: "FAULT", None: "not run"}


def steps(times: int) -> dict[str, Callable[[Path], Row]]:
    """Return every step by its name; ``times`` is how often everything is killed."""
    return {
        "stop": kills.stopped,
        "lock": storage.locked,
        "full": storage.full,
        "read-only": storage.read_only,
        **{name.replace(" ", "-"): partial(indexing.harmed, name=name) for name in indexing.HARMS},
        "rebuild": indexing.rebuilt,
        "poison": indexing.poisoned,
        "indexer": upkeep.indexer_killed,
        "withdrawal": upkeep.withdrawn,
        "backup": upkeep.backed_up,
        "mail": upkeep.silent_mail,
        "clock": clock.put_back,
        "year-end": clock.year_ends,
        "postgres-gone": postgres.gone,
        "postgres-restart": postgres.restarted,
        "kill": partial(kills.killed, kills=times),
    }


def _brought_about(name: str, step: Callable[[Path], Row], folder: Path) -> Row:
    """Return the row of a step; one that waited in vain is a fault, and the others go on."""
    try:
        return step(folder)
    except AssertionError as error:
        return Row(name, str(error), False)


def main(words: list[str]) -> int:
    """Print a row for each fault; return the status of the program."""
    numbers = [int(word) for word in words if word.isdigit()]
    every = steps(numbers[0] if numbers else KILLS)
    wanted = [word for word in words if not word.isdigit()] or list(every)
    if unknown := set(wanted) - every.keys():
        print(f"no such step: {', '.join(sorted(unknown))}; there are {', '.join(every)}")
        return 2
    well = True
    print("| Fault | Figure | |\n|---|---|---|", flush=True)
    for name in wanted:
        with tempfile.TemporaryDirectory(prefix="letterbox-chaos-") as folder:
            row = _brought_about(name, every[name], Path(folder))
        well = well and row.good is not False
        print(f"| {row.name} | {row.figure} | {_VERDICT[row.good]} |", flush=True)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
