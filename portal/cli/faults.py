"""The faults of commands, each with the line that the operator reads."""

from __future__ import annotations

from collections.abc import Callable

import click
import sqlalchemy as sa
from alembic.util import CommandError
from flask_babel import force_locale, gettext
from sqlalchemy.exc import DBAPIError, OperationalError

from portal.adapters.backups import BackupFault
from portal.adapters.database_copy import CopyFailed
from portal.adapters.processes import InUse
from portal.app import create_app
from portal.cli.commands import UsageFault
from portal.config import Settings, SettingsError, load_settings
from portal.domain.errors import InvalidInput, LetterboxError
from portal.domain.languages import COMMAND_LINE
from portal.domain.translatable import Message


def explain(error: Exception, typed: Callable[[str], str]) -> click.ClickException | None:
    """Return the message about ``error`` for the operator; ``None`` for an unexpected error.

    ``typed`` turns the name of a field into the option that fills it.
    """
    match error:
        case SettingsError():
            return UsageFault(str(error))
        case InvalidInput():
            return UsageFault(f"{typed(error.field)}: {message_of(error)}")
        case LetterboxError():
            return click.ClickException(message_of(error))
        case BackupFault() | CopyFailed():
            return click.ClickException(str(error))
        case InUse():
            return click.ClickException(f"the letterbox is in use by {error.holder}")
        case CommandError():
            return click.ClickException(
                f"the database cannot be migrated: {error}; it may belong to a newer version"
            )
        case DBAPIError():
            return click.ClickException(_unreachable(error))
        case BrokenPipeError():
            # The reader of the output has closed it; click then ends silently.
            return None
        case OSError():
            place = f"{error.filename}: " if error.filename else ""
            return click.ClickException(f"{place}{error.strerror or error}")
        case _:
            return None


def message_of(error: LetterboxError) -> str:
    """Return the message of an error in English where the catalogue has it."""
    message = error.message if isinstance(error, InvalidInput) else str(error)
    app = create_app(quiet(load_settings()))
    with app.app_context(), force_locale(COMMAND_LINE):
        if isinstance(message, Message):
            return str(gettext(message.template) % message.values)
        return str(gettext(message))


def quiet(settings: Settings) -> Settings:
    """Return ``settings`` with logs of errors only, for commands that print what they do."""
    if settings.log_level == "DEBUG":
        return settings
    return settings.model_copy(update={"log_level": "ERROR"})


def _unreachable(error: DBAPIError) -> str:
    address = sa.make_url(load_settings().database_uri).render_as_string(hide_password=True)
    reason = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else "no answer"
    if not isinstance(error, OperationalError):
        return f"the database {address} refused: {reason}"
    return (
        f"DATABASE_URL: {address} cannot be used ({reason}); is it running, and is the name right?"
    )
