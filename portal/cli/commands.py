"""The group of all commands, which imports the module of a command when it is called.

``--help`` and ``--version`` need only the table of commands. A wrong option or setting ends with
status 2, a fault of the environment with status 1; neither shows a traceback.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

import click


class UsageFault(click.ClickException):
    """An option or setting that cannot be used."""

    exit_code = 2


class Place(NamedTuple):
    """The module beside this one and the attribute of a command, and its line in the list."""

    module: str
    attribute: str
    summary: str


class Commands(click.Group):
    """A group of commands that answer every expected fault with one line."""

    def __init__(self, *arguments: Any, places: Mapping[str, Place], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.places = places

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return sorted(self.places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, its module imported; ``None`` where there is no such command."""
        place = self.places.get(cmd_name)
        if place is None:
            return None
        found = getattr(import_module(f"portal.cli.{place.module}"), place.attribute)
        assert isinstance(found, click.Command)  # noqa: S101 - narrows the type
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, self.places[name].summary) for name in sorted(self.places)])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn expected faults into messages."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as error:
            explained: click.ClickException | None = import_module("portal.cli.faults").explain(
                error, lambda field: self._typed(ctx, field)
            )
            if explained is None:
                raise
            raise explained from error

    def _typed(self, ctx: click.Context, field: str) -> str:
        """Return the option that fills ``field``, or the field where there is no such option."""
        command = self.get_command(ctx, ctx.invoked_subcommand or "")
        option = "--" + field.replace("_", "-")
        known = {name for each in command.params for name in each.opts} if command else set()
        return option if option in known else field
