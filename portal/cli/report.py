"""``letterbox report``: the annual report as it is printed."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from portal.cli.commands import UsageFault
from portal.cli.context import now, open_instance
from portal.cli.faults import message_of
from portal.domain.periods import Period, PeriodError
from portal.domain.statistics.as_of import as_of, parse_day
from portal.models import db
from portal.queries.statistics.annual_report import annual_report
from portal.reporting.formats import BINARY, FORMATS
from portal.tools.simulation.resume import unfinished
from portal.web.core.settings import settings_of


@click.command()
@click.argument("year", type=int)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    help="Format of the report.",
)
@click.option(
    "--as-of",
    "wanted",
    default="",
    metavar="YYYY-MM-DD",
    help="Day up to whose end events count (by default the end of the year, or today).",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write to (by default the terminal; docx and xlsx need a file).",
)
def report(year: int, form: str, wanted: str, output: Path | None) -> None:
    """Print the annual report of YEAR: letters received, closed, published, and their rates.

    Rates are computed exactly and rounded half up where they are printed. Every run on the same
    data gives the same figures, on any database.
    """
    if form in BINARY and output is None and sys.stdout.isatty():
        raise UsageFault(f"--format {form} needs --output FILE, or a redirection to a file")
    moment, period = now(), _year(year)
    seen_from = as_of(period, moment, parse_day(wanted))
    with open_instance() as app:
        site = settings_of(app).site_name
        if options := unfinished(db.session()):
            click.echo(
                "Warning: a simulation was broken off here, and these figures are of the letters "
                f"written so far. Finish it with: letterbox simulate {options}",
                err=True,
            )
        found = annual_report(db.session(), period, seen_from, site, moment)
        content = FORMATS[form](found)
    if output is None:
        click.echo(content, nl=False)
    else:
        _write(output, content)


def _year(number: int) -> Period:
    try:
        return Period(number)
    except PeriodError as error:
        raise UsageFault(f"YEAR {number}: {message_of(error)}") from error


def _write(output: Path, content: bytes) -> None:
    try:
        output.write_bytes(content)
    except OSError as error:
        raise click.ClickException(
            f"--output {output}: {error.strerror}; name a file in a folder that you may write to"
        ) from error
    click.echo(f"{output}: {len(content):,} bytes", err=True)
