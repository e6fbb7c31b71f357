"""``letterbox record``: whether the public record still stands, from inside and from outside."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import sqlalchemy as sa

from portal.adapters.record_site import RecordSite, SiteFault, compare, keep, known_heads
from portal.cli.checking import FAULTS_FOUND
from portal.cli.commands import UsageFault
from portal.cli.context import open_instance, progress
from portal.domain.letters.numbers import NumberError, parse_number
from portal.models import RecordHead, RecordLeaf, db
from portal.queries.integrity import listed
from portal.queries.record.check import head_faults, leaf_faults
from portal.web.core.settings import settings_of


@click.group("record")
def record_group() -> None:
    """The public record: what was received, closed and published, with signed heads."""


@record_group.command("check")
def check() -> None:
    """Compare the database with the signed record; the letterbox may run meanwhile.

    Found are letters, closings and publications that were deleted, moved in time or inserted
    afterwards. Ends with status 0 where all agrees, 3 where a fault was found.
    """
    with open_instance() as app:
        settings, session = settings_of(app), db.session()
        count = sa.select(sa.func.count())
        leaves = session.scalar(count.select_from(RecordLeaf)) or 0
        heads = session.scalar(count.select_from(RecordHead)) or 0
        faults = head_faults(session, settings.key("record"))
        with progress("leaves", leaves) as advance:
            faults += leaf_faults(session, settings.key("code"), advance)
        session.rollback()
    _report(faults, f"{leaves:,} leaves, {heads:,} heads")


@record_group.command("verify")
@click.argument("url")
@click.option(
    "--keep",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File with the heads seen before, with which the site must agree; brought up to date.",
)
@click.option("--number", help="Letter that must be in the record, by the number on its receipt.")
@click.option("--code", help="Its query code; asked for where it is not given.")
def verify(url: str, path: Path | None, number: str | None, code: str | None) -> None:
    """Check the record of the site at URL from outside.

    All signatures must be right, and each head must only add to the one before; a letter must be
    proven to be among the leaves. Ends with status 0 where that is so, 3 where it is not, 1 where
    the site could not be asked or the letter is of a day without a head.
    """
    if not url.startswith(("https://", "http://")):
        raise UsageFault(f"URL {url}: must begin with https:// or http://")
    if code and not number:
        raise UsageFault("--code needs --number")
    letter = _letter_number(number) if number else ""
    if letter and not code:
        code = click.prompt("Query code", hide_input=True, err=True)
    try:
        seen = known_heads(path)
        site = RecordSite(url)
        with progress("heads", None) as advance:
            heads, faults = site.verify(advance)
        if letter and code:
            faults += site.includes(letter, code, heads)
    except SiteFault as error:
        raise click.ClickException(str(error)) from error
    faults += compare(seen, heads)
    if path is not None and not faults:
        keep(path, heads)
    size = heads[-1].size if heads else 0
    about = f", with letter {letter}" if letter and not faults else ""
    _report(faults, f"{size:,} leaves, {len(heads):,} heads{about}")


def _letter_number(text: str) -> str:
    try:
        return parse_number(text)
    except NumberError as error:
        raise UsageFault(f"--number {text}: is no number of a letter") from error


def _report(faults: list[str], about: str) -> None:
    click.echo(f"record: {about}, " + (f"{len(faults):,} faults" if faults else "ok"))
    for line in listed(faults):
        click.echo(f"  {line}")
    if faults:
        sys.exit(FAULTS_FOUND)
