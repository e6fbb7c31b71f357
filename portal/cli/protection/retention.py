"""``letterbox retention``: erasing what is older than the settings allow."""

from __future__ import annotations

from datetime import datetime

import click

from portal.cli.context import now, open_instance, progress
from portal.config import Settings
from portal.models import db
from portal.services.retention import Periods, due, erase_old
from portal.web.core.settings import settings_of


def periods_of(settings: Settings) -> Periods:
    """Return the periods that the settings give."""
    return Periods(
        settings.retention_years, settings.disclosure_retention_years, settings.login_days
    )


def _ended(before: datetime | None, setting: str) -> str:
    return f"that ended before {before:%Y-%m-%d}" if before else f"({setting} is 0)"


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would be erased, and erase nothing.")
def retention(dry_run: bool) -> None:
    """Erase senders and applicants of what ended long ago, forms never sent, and old sessions.

    Figures and events of a letter or request for disclosure stay, the person does not: name, contacts
    and every text that is not public. It cannot be undone; a backup made before has them still.
    """
    with open_instance() as app:
        settings, moment = settings_of(app), now()
        periods = periods_of(settings)
        found = due(db.session(), periods, moment)
        db.session.rollback()
        if not dry_run:
            with progress("letters and requests", found.letters + found.requests) as advance:
                found = erase_old(periods, moment, advance)
        done = "to erase" if dry_run else "erased"
        said = _ended(periods.letters_before(moment), "retention_years")
        click.echo(f"senders of letters {said}: {found.letters:,} {done}")
        said = _ended(periods.requests_before(moment), "disclosure_retention_years")
        click.echo(f"applicants of requests for disclosure {said}: {found.requests:,} {done}")
        click.echo(f"forms not sent within a day: {found.forms:,} {done}")
        click.echo(
            f"sessions of senders older than a day, of staff than {periods.login_days} days: "
            f"{found.sessions:,} {done}"
        )
