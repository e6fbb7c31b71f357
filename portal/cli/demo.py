"""``letterbox demo``: an instance to explore."""

from __future__ import annotations

import click
from flask import Flask

from portal.adapters.district_grid import NAME
from portal.cli.context import now, open_instance, progress
from portal.cli.indexing import drain_outbox
from portal.domain.errors import ActionNotAllowed
from portal.models import db
from portal.tools.demo.run import set_up_demo
from portal.tools.demo.staff import ACCOUNTS, PASSWORD
from portal.tools.instance import size_of
from portal.tools.samples.organisations import arrange_districts
from portal.web.core.settings import settings_of


@click.command()
def demo() -> None:
    """Fill an empty letterbox with the demo: Chongqing's organisations, people, letters.

    Prints the accounts to log in with. A second run changes nothing and prints them again; a
    letterbox with other data is left alone.
    """
    with open_instance() as app:
        _print_demo(app)


def offer_demo(app: Flask) -> None:
    """Set the demo up where the instance is empty; one with other data stays as it is."""
    try:
        _print_demo(app)
    except ActionNotAllowed:
        click.echo("The letterbox has data of its own; no demo was added.")


def _print_demo(app: Flask) -> None:
    with progress("demo letters", None) as advance:
        made = set_up_demo(settings_of(app).key("code"), now(), advance)
    if made is not None:
        drain_outbox(app)
        arrange_districts(settings_of(app).instance / NAME)
    size = made or size_of(db.session())
    state = "set up" if made else "already here"
    click.echo(
        f"The demo is {state}: {size.organisations:,} organisations, {size.users:,} accounts, "
        f"{size.letters:,} letters, {size.published:,} published."
    )
    click.echo(f"Accounts of the demo, password {PASSWORD} (for trying out only):")
    for account in ACCOUNTS:
        click.echo(f"  {account.username:<10} {account.role.label}  {account.name}")
    db.session.rollback()
