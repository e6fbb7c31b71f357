"""The letterbox command: one file for each group of commands."""

from __future__ import annotations

import click

from portal import __version__
from portal.cli.context import Commands
from portal.cli.demo import demo
from portal.cli.importing import import_command
from portal.cli.indexing import reindex
from portal.cli.organisations import organisation_group
from portal.cli.report import report
from portal.cli.serve import serve, work
from portal.cli.simulate import simulate_command
from portal.cli.users import user_group

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(cls=Commands, context_settings=_CONTEXT)
@click.version_option(__version__, prog_name="letterbox")
def main() -> None:
    """The public letterbox: citizens write, departments answer, answers are published.

    Everything written at run time lives in the instance folder (LETTERBOX_INSTANCE, by default
    'instance'); DATABASE_URL names a PostgreSQL database instead of the SQLite file there.
    """


for command in (
    serve,
    work,
    demo,
    import_command,
    reindex,
    report,
    simulate_command,
    user_group,
    organisation_group,
):
    main.add_command(command)
