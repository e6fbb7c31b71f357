"""``letterbox simulate``: whole years of invented letters in a fresh instance."""

from __future__ import annotations

import re
import time
from pathlib import Path

import click
from flask import Flask

from portal.adapters.archive_index import open_index
from portal.adapters.csv_reader import CsvProblem, open_csv
from portal.cli.commands import UsageFault
from portal.cli.context import now, open_instance, progress
from portal.cli.indexing import build_index
from portal.domain.errors import ActionNotAllowed
from portal.domain.letters.kinds import Kind
from portal.domain.periods import FIRST_YEAR, LAST_YEAR
from portal.domain.statistics.rates import Figures, wan_text
from portal.services.archive.indexing import is_complete
from portal.services.importing.columns import ImportFault
from portal.tools.simulation.disclosure_requests import REPORTED
from portal.tools.simulation.resume import CompleteSimulation, OtherSimulation
from portal.tools.simulation.run import simulate
from portal.tools.simulation.specification import MOST_REQUESTS, Specification
from portal.tools.simulation.texts import Wording, read_corpus
from portal.web.core.settings import settings_of

_COUNTS = re.compile(r"\d{1,6}(,\d{1,6}){3}")
_YEARS = re.compile(r"(\d{4})(?:-(\d{4}))?")


@click.command("simulate")
@click.option(
    "--year",
    "--years",
    "years",
    required=True,
    metavar="YEAR|FIRST-LAST",
    help="Year or years to simulate, such as 2016 or 2012-2021.",
)
@click.option("--received", type=int, required=True, help="Letters received in each year.")
@click.option("--closed", type=int, required=True, help="Of those, closed by the year's end.")
@click.option("--published", type=int, required=True, help="Of those, published by then.")
@click.option(
    "--disclosure",
    metavar="N,N,N,N",
    help="Requests for disclosure answered in each year: disclosed, not ours, nonexistent, unclear. "
    "The year 2016 alone has those of its report unless this option names others. From 2009 on, "
    f"{MOST_REQUESTS:,} for all years at most.",
)
@click.option(
    "--corpus",
    "files",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    help="CSV file of real letters to sample texts from; may be repeated. "
    "Without it a built-in grammar writes them.",
)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="The same seed gives the same letters."
)
@click.option(
    "--index/--no-index", default=True, show_default=True, help="Build the search index afterwards."
)
def simulate_command(
    years: str,
    received: int,
    closed: int,
    published: int,
    disclosure: str | None,
    files: tuple[Path, ...],
    seed: int,
    index: bool,
) -> None:
    """Fill a fresh letterbox with simulated years that have exactly the counts asked for.

    Every letter has a plausible history: arrival by season and hour, transfers, returns,
    extensions, waits, replies, sign-off, publication, ratings. Needs an empty instance; set
    LETTERBOX_INSTANCE to a new folder. The year 2016 as Chongqing reported it:

    \b
    letterbox simulate --year 2016 --received 124655 --closed 109245 --published 76930

    What was interrupted goes on where it stopped when the same command is given again.
    """
    span = _years(years)
    requests = _requests(disclosure, span)
    specification = Specification(span, received, closed, published, seed, requests)
    specification.check(now())
    corpus = _corpus(files, seed)
    with open_instance() as app:
        try:
            _fill(app, specification, corpus, index)
        except KeyboardInterrupt as stopped:
            said = "Not complete. Give the same command again, and it goes on from here."
            click.echo(said, err=True)
            raise click.Abort from stopped


def _years(text: str) -> tuple[int, ...]:
    match = _YEARS.fullmatch(text.strip())
    if match is None:
        raise UsageFault(f"--year {text!r}: write a year such as 2016, or a range 2012-2021")
    first, last = int(match[1]), int(match[2] or match[1])
    if first < FIRST_YEAR or last > LAST_YEAR:
        raise UsageFault(f"--year {text!r}: years go from {FIRST_YEAR} to {LAST_YEAR}")
    if last < first:
        raise UsageFault(f"--year {text!r}: the range ends before it begins")
    return tuple(range(first, last + 1))


def _requests(text: str | None, years: tuple[int, ...]) -> tuple[int, ...]:
    if text is None:
        return REPORTED.get(years[0], ()) if len(years) == 1 else ()
    if not _COUNTS.fullmatch(text):
        raise UsageFault(f"--disclosure {text!r}: write four counts such as 512,76,34,10")
    return tuple(int(count) for count in text.split(","))


def _corpus(files: tuple[Path, ...], seed: int) -> list[tuple[Kind | None, Wording]]:
    found: list[tuple[Kind | None, Wording]] = []
    for file in files:
        try:
            with open_csv(file) as source:
                usable = read_corpus(source, seed)
        except CsvProblem as fault:
            raise UsageFault(f"--corpus {file}: {fault}") from fault
        except ImportFault as fault:
            # The fault goes on to name an option of the import that this command has not.
            lacking = str(fault).partition(". ")[0]
            raise UsageFault(f"--corpus {file}: {lacking}; call them title and content") from fault
        if not usable:
            raise UsageFault(f"--corpus {file}: the file holds no letter with a title and a text")
        found += usable
    return found


_ELSEWHERE = "LETTERBOX_INSTANCE to a new folder, or DATABASE_URL to an empty database"


def _fill(
    app: Flask, specification: Specification, corpus: list[tuple[Kind | None, Wording]], index: bool
) -> None:
    started = time.monotonic()
    place = settings_of(app).instance
    try:
        what = "letters and requests" if specification.disclosure_requests else "letters"
        with progress(what, specification.written + specification.disclosure_requests) as advance:
            loaded = simulate(specification, corpus, now(), advance)
    except CompleteSimulation as fault:
        if index and not is_complete(open_index(settings_of(app))):
            click.echo("The letters are complete; their search index is not yet.")
            build_index(app)
            return
        raise click.ClickException(
            f"{place} holds this very simulation already, complete"
        ) from fault
    except OtherSimulation as fault:
        raise click.ClickException(
            f"{place} holds a simulation that was broken off. Finish it with the options it began "
            f"with ({fault.options}, and the same --corpus), or set {_ELSEWHERE}"
        ) from fault
    except ActionNotAllowed as fault:
        raise click.ClickException(
            f"{place} is in use already: it holds organisations, people or letters. "
            f"Set {_ELSEWHERE}"
        ) from fault
    seconds = time.monotonic() - started
    figures = Figures(specification.received, specification.closed, specification.published)
    click.echo(
        f"{loaded.letters:,} letters for {loaded.organisations:,} organisations in "
        f"{seconds:.0f} s; at the end of each year: received {wan_text(figures.received)}, "
        f"closed {wan_text(figures.closed)} ({figures.closure.text}), "
        f"published {wan_text(figures.published)} ({figures.publication.text})"
    )
    if index:
        build_index(app)
