"""``letterbox organisation``: the tree of organisations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

import click
import sqlalchemy as sa

from portal.adapters.csv_reader import CsvProblem, CsvRow, open_csv
from portal.cli.commands import UsageFault
from portal.cli.context import now, open_instance, organisation_of
from portal.domain.access import SYSTEM
from portal.domain.organisations import OrganisationKind
from portal.models import Organisation, db
from portal.services.importing.columns import ImportFault, check_once
from portal.services.office import organisations
from portal.services.office.organisations import NewOrganisation

KINDS = ", ".join(f"{kind} ({kind.label})" for kind in OrganisationKind)
COLUMNS = ("code", "name", "kind", "parent_code")
_kind = click.Choice([str(kind) for kind in OrganisationKind])


@click.group("organisation", epilog=f"Kinds: {KINDS}.")
def organisation_group() -> None:
    """The tree of organisations: list, add, rename, move, close, import."""


@organisation_group.command("list")
@click.option("--below", metavar="CODE", help="Only this organisation and what is below it.")
@click.option("--closed", is_flag=True, help="Show closed ones too.")
def show(below: str | None, closed: bool) -> None:
    """List the organisations as a tree, with their codes."""
    with open_instance():
        query = sa.select(Organisation).order_by(Organisation.code)
        if below:
            query = query.where(
                Organisation.path.startswith(organisation_of(below).path, autoescape=True)
            )
        if not closed:
            query = query.where(Organisation.closed_on.is_(None))
        rows = list(db.session.scalars(query))
        by_parent: dict[int | None, list[Organisation]] = {}
        for each in rows:
            by_parent.setdefault(each.parent_id, []).append(each)
        shown = {each.id for each in rows}
        tops = [each for each in rows if each.parent_id not in shown]
        _print_tree(tops, by_parent, 0)


def _print_tree(
    rows: list[Organisation], by_parent: dict[int | None, list[Organisation]], depth: int
) -> None:
    for each in rows:
        ended = f"  closed on {each.closed_on}" if each.closed_on else ""
        click.echo(f"{'  ' * depth}{each.code}  {each.name}{ended}")
        _print_tree(by_parent.get(each.id, []), by_parent, depth + 1)


@organisation_group.command("add")
@click.argument("code")
@click.argument("name")
@click.option("--kind", type=_kind, required=True, help="What kind of member it is.")
@click.option("--parent", required=True, metavar="CODE", help="The organisation above it.")
@click.option("--short", default="", help="Short name, as lists show it.")
@click.option(
    "--founded",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="Day from which it is a member; without it, always.",
)
def add(code: str, name: str, kind: str, parent: str, short: str, founded: datetime | None) -> None:
    """Add the organisation NAME under the code CODE."""
    with open_instance():
        organisations.create_organisation(
            code,
            name,
            OrganisationKind(kind),
            organisation_of(parent).id,
            SYSTEM,
            now(),
            short_name=short,
            founded_on=founded.date() if founded else None,
        )
        click.echo(f"{code} {name} added below {parent}")


@organisation_group.command("rename")
@click.argument("code")
@click.argument("name")
@click.option("--short", help="Short name; without it the present one stays.")
def rename(code: str, name: str, short: str | None) -> None:
    """Rename CODE to NAME from today on; figures of the past keep the old name."""
    with open_instance():
        each = organisation_of(code)
        kept = each.short_name if short is None else short
        organisations.rename(each.id, name, kept, SYSTEM, now())
        click.echo(f"{code} is now {name}")


@organisation_group.command("move")
@click.argument("code")
@click.argument("parent")
def move(code: str, parent: str) -> None:
    """Move CODE and everything below it to PARENT from today on."""
    with open_instance():
        organisations.move(organisation_of(code).id, organisation_of(parent).id, SYSTEM, now())
        click.echo(f"{code} is now below {parent}")


@organisation_group.command("close")
@click.argument("code")
@click.option("--successor", metavar="CODE", help="Who takes over its business.")
def close(code: str, successor: str | None) -> None:
    """Close CODE: it can no longer be chosen; its letters and replies stay."""
    with open_instance():
        successor_id = organisation_of(successor).id if successor else None
        organisations.close(organisation_of(code).id, successor_id, SYSTEM, now())
        click.echo(f"{code} is closed")


@organisation_group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_tree(file: Path) -> None:
    """Add the organisations of FILE that are not in the tree yet.

    A CSV file with the columns code, name, kind and parent_code (empty: below the top), and
    short_name where there is one. Either all rows are added or none.
    """
    with open_instance():
        try:
            with open_csv(file) as source:
                rows = list(_new_organisations(source.header, source.rows))
        except (CsvProblem, ImportFault) as error:
            raise UsageFault(f"{file.name}: {error}") from error
        added = organisations.add_organisations(rows, SYSTEM, now())
        click.echo(f"{added:,} organisations added, {len(rows) - added:,} were there already")


def _new_organisations(
    header: tuple[str, ...], rows: Iterable[CsvRow]
) -> Iterator[NewOrganisation]:
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise CsvProblem(f"missing columns: {', '.join(missing)}")
    check_once(header, [header.index(name) for name in (*COLUMNS, "short_name") if name in header])
    top = db.session.scalars(sa.select(Organisation).where(Organisation.parent_id.is_(None))).one()
    for row in rows:
        if row.problem:
            raise CsvProblem(f"line {row.line}: {row.problem}")
        cells = dict(zip(header, (field.strip() for field in row.fields), strict=True))
        if cells["kind"] not in set(OrganisationKind):
            known = ", ".join(OrganisationKind)
            raise CsvProblem(f"line {row.line}: kind {cells['kind']!r} is none of {known}")
        if not cells["code"] or not cells["name"]:
            raise CsvProblem(f"line {row.line}: code and name are needed")
        yield NewOrganisation(
            code=cells["code"],
            name=cells["name"],
            kind=OrganisationKind(cells["kind"]),
            parent_code=cells["parent_code"] or top.code,
            short_name=cells.get("short_name", ""),
        )
