"""The ``letterbox`` command, with a module for each group of commands."""

from __future__ import annotations

import click

from portal import __version__
from portal.cli.commands import Commands, Place

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
_PLACES = {
    "audit": Place("protection.audit", "audit_group", "The audit trail: verify it, or export it."),
    "backup": Place("backups", "backup", "Copy database, keys and settings while it runs."),
    "check": Place("checking", "check", "Check database, keys, letters, archive and index."),
    "demo": Place("demo", "demo", "Fill an empty letterbox with the demo."),
    "embed": Place("indexing", "embed", "Compute the vectors by which entries compare in meaning."),
    "import": Place(
        "importing", "import_command", "Import letters, with their replies, from a CSV file."
    ),
    "key": Place("protection.keys", "key_group", "Secret keys: list, add, rotate, drop."),
    "messages": Place(
        "worker.messages", "messages_group", "Jobs of the worker that were given up."
    ),
    "organisation": Place("organisations", "organisation_group", "The tree of organisations."),
    "record": Place("record", "record_group", "The public record: check it, or verify a site."),
    "reindex": Place("indexing", "reindex", "Rebuild the full-text index."),
    "report": Place("report", "report", "Print the annual report of a year."),
    "restore": Place("backups", "restore", "Put the backup DIR back into this instance."),
    "retention": Place(
        "protection.retention", "retention", "Erase senders of letters that ended long ago."
    ),
    "serve": Place("serve", "serve", "Serve the letterbox, with its worker."),
    "simulate": Place(
        "simulate", "simulate_command", "Fill a fresh letterbox with simulated years."
    ),
    "user": Place("users", "user_group", "Accounts of the staff."),
    "work": Place("serve", "work", "Run the background worker alone."),
}


@click.group(cls=Commands, places=_PLACES, context_settings=_CONTEXT)
@click.version_option(__version__, prog_name="letterbox")
def main() -> None:
    """The public letterbox: citizens write, departments answer, answers are published.

    Everything written at run time lives in the instance folder (LETTERBOX_INSTANCE, by default
    'instance' in a checkout, else the user's data folder); DATABASE_URL names a PostgreSQL database instead of the SQLite file there.
    """
