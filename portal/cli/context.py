"""What every command shares: opening the house, one clear line for each fault, progress.

A fault of what was typed or set ends with status 2, a fault of the surroundings with status 1;
neither shows a traceback.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Protocol

import click
import sqlalchemy as sa
from alembic.util import CommandError
from flask import Flask
from flask_babel import force_locale, gettext
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy.exc import DBAPIError, OperationalError

from portal.app import create_app, ensure_database
from portal.config import Settings, SettingsError, load_settings
from portal.domain.errors import InvalidInput, LetterboxError
from portal.domain.translatable import Message
from portal.models import Organisation, db


class Advance(Protocol):
    """Counts ``n`` steps more; a ``total`` learned meanwhile may come with it."""

    def __call__(self, n: int, total: int | None = None) -> None: ...


_SECONDS_BETWEEN_LINES = 10.0


class UsageFault(click.ClickException):
    """What was typed or set cannot be used."""

    exit_code = 2


class Commands(click.Group):
    """A group whose commands answer every expected fault with one line."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn faults of the house into messages."""
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            raise UsageFault(str(error)) from error
        except InvalidInput as error:
            raise UsageFault(f"{self._typed(ctx, error.field)}: {said(error)}") from error
        except LetterboxError as error:
            raise click.ClickException(said(error)) from error
        except CommandError as error:
            raise click.ClickException(
                f"the database cannot be migrated: {error}; it may belong to a newer version"
            ) from error
        except DBAPIError as error:
            raise click.ClickException(_unreachable(error)) from error
        except BrokenPipeError:
            # Whoever read the output has seen enough; click then ends without a word.
            raise
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            raise click.ClickException(f"{place}{error.strerror or error}") from error

    def _typed(self, ctx: click.Context, field: str) -> str:
        """Return the option that fills ``field``, as it is typed, or the field where there is none."""
        command = self.get_command(ctx, ctx.invoked_subcommand or "")
        option = "--" + field.replace("_", "-")
        known = {name for each in command.params for name in each.opts} if command else set()
        return option if option in known else field


def said(error: LetterboxError) -> str:
    """Return the message of an error in English where the catalogue has it."""
    message = error.message if isinstance(error, InvalidInput) else str(error)
    app = create_app(quiet(load_settings()))
    with app.app_context(), force_locale("en"):
        if isinstance(message, Message):
            return str(gettext(message.template) % message.values)
        return str(gettext(message))


def _unreachable(error: DBAPIError) -> str:
    address = sa.make_url(load_settings().database_uri).render_as_string(hide_password=True)
    reason = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else "no answer"
    if not isinstance(error, OperationalError):
        return f"the database {address} refused: {reason}"
    return (
        f"DATABASE_URL: {address} cannot be used ({reason}); is it running, and is the name right?"
    )


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


def quiet(settings: Settings) -> Settings:
    """Return ``settings`` for a command that speaks for itself: logs of errors only."""
    if settings.log_level.upper() == "DEBUG":
        return settings
    return settings.model_copy(update={"log_level": "ERROR"})


@contextmanager
def house() -> Iterator[Flask]:
    """Open the house: settings read, database migrated, application context pushed."""
    app = create_app(quiet(load_settings()))
    ensure_database(app, now())
    with app.app_context():
        yield app


def settings_of(app: Flask) -> Settings:
    """Return the settings of ``app``."""
    settings: Settings = app.extensions["letterbox"]
    return settings


def organisation_of(code: str) -> Organisation:
    """Return the organisation of ``code``; the error says where codes are listed."""
    found = db.session.scalar(sa.select(Organisation).where(Organisation.code == code))
    if found is None:
        raise UsageFault(
            f"there is no organisation with the code {code!r}; "
            "'letterbox organisation list' shows the codes"
        )
    return found


@contextmanager
def progress(label: str, total: int | None) -> Iterator[Advance]:
    """Show how far a long step is, on standard error; yield a function that counts ``n`` more.

    A terminal gets a bar, a log file a line now and then.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        with _lines(label, total) as advance:
            yield advance
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console) as bar:
        task = bar.add_task(label, total=total)

        def advance(n: int, total: int | None = None) -> None:
            bar.update(task, advance=n, total=total)

        yield advance


@contextmanager
def _lines(label: str, total: int | None) -> Iterator[Advance]:
    done, known, shown = 0, total, time.monotonic()

    def show() -> None:
        click.echo(f"{label}: {done:,}" + (f" of {known:,}" if known else ""), err=True)

    def advance(n: int, total: int | None = None) -> None:
        nonlocal done, known, shown
        done, known = done + n, total or known
        if time.monotonic() - shown >= _SECONDS_BETWEEN_LINES and done != known:
            shown = time.monotonic()
            show()

    yield advance
    if done:
        show()
