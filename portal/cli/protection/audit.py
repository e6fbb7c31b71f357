"""``letterbox audit``: whether the audit trail still stands, and a copy of it for the auditor."""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

import click
import sqlalchemy as sa

from portal.adapters.noted_head import read_note_file
from portal.cli.checking import FAULTS_FOUND
from portal.cli.commands import UsageFault
from portal.cli.context import now, open_instance, progress
from portal.domain.access import SYSTEM
from portal.domain.audit.chain import read_note
from portal.domain.events import RecordAction
from portal.models import AuditHead, AuditKeys, db
from portal.queries.audit.check import verify as verify_chain
from portal.queries.audit.export import COLUMNS, exported
from portal.queries.integrity import listed
from portal.reporting.cells import safe_cell
from portal.services.audit.sealing import noted_head
from portal.services.core.acting import record
from portal.services.core.unit import writing
from portal.web.core.settings import settings_of

_day = click.DateTime(formats=["%Y-%m-%d"])


@click.group("audit")
def audit_group() -> None:
    """The audit trail: check that nothing was changed, or copy it for the auditor."""


@audit_group.command("verify")
@click.option(
    "--expect",
    metavar="COUNT:MAC",
    multiple=True,
    help="A head that was noted before; the chain must go through it.",
)
def verify(expect: tuple[str, ...]) -> None:
    """Compare every row of the audit trail with its seal; the letterbox may run meanwhile.

    Named are rows that were edited, deleted, inserted or cut off, the first one first. The head in the
    file audit-head of the instance must be in the chain, as must those of --expect. Nothing is changed.
    Ends with status 0 where all is well, 3 where a fault was found.
    """
    try:
        expected = [read_note(each) for each in expect]
    except ValueError as error:
        raise UsageFault(f"--expect {error}") from error
    with open_instance() as app:
        session = db.session()
        if noted := read_note_file(settings_of(app).instance):
            expected.append(_of_file(noted))
        total = session.scalar(sa.select(AuditHead.total))
        session.rollback()
        with progress("rows", total) as advance:
            verdict = verify_chain(session, AuditKeys.loaded(), now(), expected, advance)
        session.rollback()
    faults = verdict.faults
    said = f"{len(faults):,} faults" if faults else "ok"
    click.echo(f"audit: {verdict.sealed:,} rows sealed, {said}")
    for line in listed(faults):
        click.echo(f"  {line}")
    if verdict.removed:
        click.echo(f"{verdict.removed:,} reads were removed when their time was over")
    if verdict.waiting:
        since = f"{verdict.waiting_since:%Y-%m-%d %H:%M:%S} UTC"
        click.echo(f"{verdict.waiting:,} rows are not sealed yet, the oldest of {since}")
    if verdict.is_overdue:
        click.echo("The worker should have sealed them: does it run?")
    if verdict.noted:
        click.echo(f"head {verdict.noted}")
    if faults or verdict.is_overdue:
        sys.exit(FAULTS_FOUND)


def _of_file(noted: str) -> tuple[int, bytes]:
    try:
        return read_note(noted)
    except ValueError as error:
        raise click.ClickException(f"audit-head: {error}") from error


@audit_group.command("export")
@click.option("--from", "first", type=_day, required=True, help="The first civil day.")
@click.option("--to", "last", type=_day, required=True, help="The last civil day.")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
def export(first: Any, last: Any, path: Path) -> None:
    """Write the audit trail of a period to FILE, with the seals: .csv or .jsonl.

    Rows stand in the order of the chain, free texts are left out. FILE must not exist; only its owner
    may read it. That it was exported is recorded.
    """
    if path.suffix not in _WRITERS:
        raise UsageFault(f"FILE {path}: must end in .csv or .jsonl")
    since, until = first.date(), last.date()
    if until < since:
        raise UsageFault("--to: must not be before --from")
    with open_instance():
        session, head = db.session(), noted_head() or ""
        said = f"{since} to {until}, head {head.partition(':')[0]}"
        with writing() as unit:
            record(unit, RecordAction.EXPORT_AUDIT, SYSTEM, now(), subject="trail", reason=said)
        total = session.scalar(sa.select(AuditHead.total))
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as error:
            raise UsageFault(f"FILE {path}: is there already") from error
        except OSError as error:
            raise UsageFault(f"FILE {path}: {error.strerror}") from error
        with (
            os.fdopen(handle, "w", encoding="utf-8", newline="") as file,
            progress("rows", total) as advance,
        ):
            written = _WRITERS[path.suffix](file, exported(session, since, until, advance))
        session.rollback()
    click.echo(f"{path}: {written:,} rows, head {head}")


def _csv(file: TextIO, rows: Iterable[dict[str, Any]]) -> int:
    out, written = csv.writer(file), 0
    out.writerow(COLUMNS)
    for row in rows:
        out.writerow([safe_cell("" if (v := row.get(name)) is None else v) for name in COLUMNS])
        written += 1
    return written


def _lines(file: TextIO, rows: Iterable[dict[str, Any]]) -> int:
    written = 0
    for row in rows:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
        written += 1
    return written


_WRITERS = {".csv": _csv, ".jsonl": _lines}
