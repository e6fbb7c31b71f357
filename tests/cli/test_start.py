"""The command line loads what the command needs."""

import json
import subprocess
import sys

import click
import pytest

from portal.cli import main
from portal.cli.commands import Commands

PROBE = """
import json, sys
from portal.cli import main
main(sys.argv[1:], prog_name="letterbox", standalone_mode=False)
print(json.dumps(sorted(sys.modules)))
"""


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_load_neither_flask_nor_sqlalchemy(option: str) -> None:
    """What the table of commands answers needs no module of a command."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, option], capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert "portal.cli" in loaded
    assert not {"flask", "sqlalchemy", "pydantic", "granian", "rich", "portal.app"} & loaded


def test_every_command_is_where_the_table_says() -> None:
    """Each place leads to the command of its name, and its line begins as the command's help."""
    assert isinstance(main, Commands)
    context = click.Context(main)
    for name, place in main.places.items():
        command = main.get_command(context, name)
        assert command is not None and command.name == name
        assert command.help is not None
        assert command.help.split()[:2] == place.summary.split()[:2], name


def test_an_unknown_command_is_refused() -> None:
    """A name that is not in the table is no command."""
    assert main.get_command(click.Context(main), "serbe") is None
