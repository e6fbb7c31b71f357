"""``letterbox report``: the annual report in the form in which it is printed."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from portal.cli.house import UsageFault, house, now, settings_of
from portal.domain.asof import as_of
from portal.domain.periods import Period
from portal.models import db
from portal.queries.rates.yearly import annual_report
from portal.services.reporting.formats import BINARY, FORMATS


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
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="Day up to whose end events count (by default the end of the year, or today).",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write to (by default the terminal; docx and xlsx need a file).",
)
def report(year: int, form: str, wanted: datetime | None, output: Path | None) -> None:
    """Print the annual report of YEAR: letters received, closed, published, and their rates.

    Rates are computed exactly and rounded half up where they are printed. Every run on the same
    data gives the same figures, on any database.
    """
    if form in BINARY and output is None and sys.stdout.isatty():
        raise UsageFault(f"--format {form} needs --output FILE, or a redirection to a file")
    moment, period = now(), Period(year)
    seen_from = as_of(period, moment, wanted.date() if wanted else None)
    with house() as app:
        site = settings_of(app).site_name
        found = annual_report(db.session(), period, seen_from, site, moment)
        content = FORMATS[form](found)
    if output is None:
        click.echo(content, nl=False)
    else:
        output.write_bytes(content)
        click.echo(f"{output}: {len(content):,} bytes", err=True)
