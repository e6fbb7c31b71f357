"""``letterbox import``: letters of another system, read from a CSV file."""

from __future__ import annotations

import resource
import sys
import time
import tomllib
from datetime import datetime
from pathlib import Path

import click
from flask import Flask

from portal.adapters.csv_reader import CsvProblem, CsvRow, CsvSource, open_csv
from portal.adapters.rejects_file import RejectsFile
from portal.cli.commands import UsageFault
from portal.cli.context import now, open_instance, organisation_of, progress
from portal.cli.indexing import drain_outbox
from portal.domain.letters.kinds import Kind
from portal.domain.redaction import FindingKind
from portal.services.importing.columns import RECOGNISED, ImportFault, map_columns
from portal.services.importing.letters import ImportPlan, Tally, import_letters
from portal.services.importing.rows import Defaults
from portal.web.core.settings import settings_of

_SHOWN_REJECTS = 20
_WAITS_FOR = {
    FindingKind.POSSIBLE_NAME: "possible name",
    FindingKind.UNKNOWN_NUMBER: "number of unknown kind",
    FindingKind.CONFIDENTIAL: "asks not to be shown",
    FindingKind.ID_CARD: "identity number",
    FindingKind.BANK_CARD: "card or account number",
    FindingKind.DOCUMENT: "document number",
}
_SHOWN_NAMES = 5
_BYTES_A_MEGABYTE = 1_000_000
EPILOG = (
    "Columns of ours: " + ", ".join(RECOGNISED) + ". Needed are title and text, and received_at "
    "unless --default-date is given. Common headings of other systems, Chinese ones too, are "
    'recognised. A map file is TOML: one line each, such as text = "content".'
)


@click.command("import", epilog=EPILOG)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--map",
    "map_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML file that says which column is which.",
)
@click.option(
    "--column",
    "pairs",
    multiple=True,
    metavar="OURS=THEIRS",
    help="One column, before the map file; may be repeated.",
)
@click.option("--dry-run", is_flag=True, help="Check everything, write nothing to the database.")
@click.option(
    "--publish",
    is_flag=True,
    help="Put answered letters into the public archive, personal data masked by the "
    "default rules. Letters with what only a person can judge wait for one. Only for letters "
    "that are public where they come from.",
)
@click.option(
    "--rejects",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where bad rows are written; by default a new file under 'imports' in the instance "
    "folder, and none in a dry run.",
)
@click.option(
    "--organisation",
    metavar="CODE",
    help="Holds the letters whose organisation is not known here (by default the "
    "letterbox office).",
)
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in Kind]),
    help="Kind of rows that name none, or one unknown here (by default consultation, "
    "and unknown kinds are rejected).",
)
@click.option(
    "--default-date",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="Date of letters and replies that have none; without it they are rejected.",
)
@click.option(
    "--date-format",
    "date_formats",
    multiple=True,
    metavar="FORMAT",
    help="How dates are written, such as %d/%m/%Y, where they could be read in two ways; may be "
    "repeated.",
)
@click.option(
    "--encoding",
    metavar="NAME",
    help="Encoding of FILE, such as gb18030 or big5, instead of the one it seems to be in.",
)
@click.option(
    "--source",
    default="import",
    show_default=True,
    help="Name of the other system; ids are kept apart by it.",
)
def import_command(
    file: Path,
    map_file: Path | None,
    pairs: tuple[str, ...],
    dry_run: bool,
    publish: bool,
    rejects: Path | None,
    organisation: str | None,
    kind: str | None,
    default_date: datetime | None,
    date_formats: tuple[str, ...],
    encoding: str | None,
    source: str,
) -> None:
    """Import letters, with their replies, from FILE (CSV).

    UTF-8, GB18030, Big5 and UTF-16 are recognised.

    Answered letters arrive closed, others wait for acceptance. Bad rows are listed with line
    and reason and written to a file that can be corrected and imported again; good rows are kept.
    Importing the same file again adds nothing.
    """
    defaults = Defaults(
        Kind(kind) if kind else None,
        default_date.date() if default_date else None,
        source,
        date_formats,
    )
    _check_rejects(rejects, file, map_file)
    begun = time.monotonic()
    with open_instance() as app:
        place = organisation_of(organisation).id if organisation else None
        try:
            with open_csv(file, encoding) as csv_source:
                columns = map_columns(csv_source.header, _given(map_file, pairs))
                plan = ImportPlan(columns, defaults, place, publish, dry_run)
                bad = _rejects_file(app, file, rejects, csv_source, dry_run)
                tally, seconds, written = _take_over(file, csv_source, plan, bad)
        except (CsvProblem, ImportFault) as error:
            raise UsageFault(f"{file.name}: {error}") from error
        if publish and not dry_run:
            drain_outbox(app)
            click.echo(f"index           {_size(settings_of(app).index_folder):.1f} MB")
        _report(tally, plan, seconds, time.monotonic() - begun, written)


def _check_rejects(rejects: Path | None, *inputs: Path | None) -> None:
    """Refuse a rejects file that would overwrite one of the inputs."""
    if rejects is None or not rejects.exists():
        return
    if not rejects.is_file():
        raise UsageFault(f"--rejects: {rejects} is not an ordinary file; name another one")
    if any(each is not None and rejects.samefile(each) for each in inputs):
        raise UsageFault(
            f"--rejects: {rejects} is the file to be read and would be overwritten; "
            "name another one"
        )


def _rejects_file(
    app: Flask, file: Path, rejects: Path | None, source: CsvSource, dry_run: bool
) -> RejectsFile | None:
    if rejects is not None:
        return RejectsFile(rejects, source.header, replace=True)
    if dry_run:
        return None
    place = settings_of(app).instance / "imports" / f"{file.stem}.rejects.csv"
    return RejectsFile(place, source.header, replace=False)


def _given(map_file: Path | None, pairs: tuple[str, ...]) -> dict[str, str]:
    """Return the column map; options override the map file."""
    given: dict[str, str] = {}
    if map_file is not None:
        try:
            content = tomllib.loads(map_file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UsageFault(f"{map_file}: {error}") from error
        content = content.get("columns", content)
        wrong = [name for name, value in content.items() if not isinstance(value, str)]
        if wrong:
            raise UsageFault(f"{map_file}: {wrong[0]} must be a column name in quotes")
        given.update(content)
    for pair in pairs:
        ours, sign, theirs = pair.partition("=")
        if not sign or not ours or not theirs:
            raise UsageFault(f"--column {pair!r} must look like text=content")
        given[ours.strip()] = theirs.strip()
    return given


def _take_over(
    file: Path, source: CsvSource, plan: ImportPlan, bad: RejectsFile | None
) -> tuple[Tally, float, Path | None]:
    """Import the rows; return the counts, the seconds taken and the file of bad rows."""
    click.echo(f"{file.name}: {source.encoding}, columns {_named(source, plan)}", err=True)
    shown, written = 0, None

    def reject(row: CsvRow, reason: str) -> None:
        nonlocal shown
        if bad is not None:
            bad.write(row, reason)
        shown += 1
        if shown <= _SHOWN_REJECTS:
            click.echo(f"line {row.line}: {reason}", err=True)
        elif shown == _SHOWN_REJECTS + 1:
            click.echo("… further rows are only in the rejects file (--rejects)", err=True)

    begun = time.monotonic()
    try:
        with progress("rows", None) as advance:
            tally = import_letters(source, plan, now(), reject, advance)
    finally:
        if bad is not None:
            written = bad.close()
    return tally, time.monotonic() - begun, written


def _named(source: CsvSource, plan: ImportPlan) -> str:
    return ", ".join(f"{ours}={source.header[i]}" for ours, i in plan.columns.items())


def _reasons(tally: Tally) -> str:
    """Return why letters wait, the commonest reason first."""
    counted = ", ".join(f"{_WAITS_FOR[kind]} {n:,}" for kind, n in tally.waits_for.most_common())
    return f" ({counted})" if counted else ""


def _report(
    tally: Tally, plan: ImportPlan, seconds: float, in_all: float, rejects: Path | None
) -> None:
    would = "would be " if plan.dry_run else ""
    click.echo(f"rows read       {tally.read:,}")
    click.echo(
        f"{would}added{'' if would else '     '}      {tally.added:,}"
        f" ({tally.answered:,} answered, {tally.published:,} published)"
    )
    if plan.publish and not plan.dry_run:
        click.echo(f"wait for review {tally.waiting:,}" + _reasons(tally))
    click.echo(f"known already   {tally.known:,}")
    click.echo(f"rejected        {tally.rejected:,}" + (f" → {rejects}" if rejects else ""))
    if plan.dry_run:
        click.echo(f"checking        {_rate(tally.read, seconds)} rows/s")
    else:
        click.echo(f"writing         {_rate(tally.added, seconds)} letters written/s")
        indexing = ", indexing included" if plan.publish else ""
        click.echo(f"whole command   {_rate(tally.added, in_all)} letters/s{indexing}")
    click.echo(f"peak memory     {_peak():.0f} MB")
    for name, count in tally.unmatched.most_common(_SHOWN_NAMES):
        click.echo(f"organisation unknown here: {name} ({count:,} letters)", err=True)


def _rate(count: int, seconds: float) -> str:
    return f"{seconds:.1f} s, {count / max(seconds, 1e-9):,.0f}"


def _size(folder: Path) -> float:
    """Return the megabytes that the files below ``folder`` take."""
    files = (each.stat().st_size for each in folder.rglob("*") if each.is_file())
    return sum(files) / _BYTES_A_MEGABYTE


def _peak() -> float:
    """Return the peak memory of this process in megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / _BYTES_A_MEGABYTE if sys.platform == "darwin" else peak * 1024 / _BYTES_A_MEGABYTE
