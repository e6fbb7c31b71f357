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
def verify(url: str, path: Path | None) -> None:
    """Check the record of the site at URL from outside.

    All signatures must be right, and each head must only add to the one before. Ends with status 0
    where that is so, 3 where it is not, 1 where the site could not be asked.
    """
    if not url.startswith(("https://", "http://")):
        raise UsageFault(f"URL {url}: must begin with https:// or http://")
    try:
        seen = known_heads(path)
        site = RecordSite(url)
        with progress("heads", None) as advance:
            heads, faults = site.verify(advance)
    except SiteFault as error:
        raise click.ClickException(str(error)) from error
    faults += compare(seen, heads)
    if path is not None and not faults:
        keep(path, heads)
    size = heads[-1].size if heads else 0
    _report(faults, f"{size:,} leaves, {len(heads):,} heads")


def _report(faults: list[str], about: str) -> None:
    click.echo(f"record: {about}, " + (f"{len(faults):,} faults" if faults else "ok"))
    for line in listed(faults):
        click.echo(f"  {line}")
    if faults:
        sys.exit(FAULTS_FOUND)
