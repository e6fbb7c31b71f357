"""Alembic environment of the portal, run inside the application."""

from __future__ import annotations

from logging.config import fileConfig

from alembic import context
from flask import current_app

from portal.adapters.rate_counts import is_counts_table
from portal.migrations.earlier import set_aside
from portal.models import Model
from portal.models.base import EncryptedText, UtcDateTime
from portal.models.rates import Instant

config = context.config
if config.config_file_name is not None:
    fileConfig(config.config_file_name, disable_existing_loggers=False)

engine = current_app.extensions["migrate"].db.engine


def render(kind: str, item: object, autogen: object) -> str | bool:
    """Write the columns of our own types as plain types, so that a migration outlives the code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Instant):
        return "sa.BigInteger()"
    if kind == "type" and isinstance(item, EncryptedText):
        return "sa.Text()"
    return False


def included(name: str | None, kind: str, parents: object) -> bool:
    """Leave the counts of limits out of what is compared: their table makes itself."""
    return kind != "table" or not is_counts_table(name)


def run() -> None:
    """Migrate over one connection; SQLite checks foreign keys again only afterwards.

    Batch migrations recreate tables: with foreign keys on, dropping the old parent table would
    delete its children. The pragma works outside a transaction only.
    """
    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        raw = connection.connection.driver_connection
        if sqlite:
            raw.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=Model.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=render,
            include_name=included,
        )
        with context.begin_transaction():
            set_aside(connection)
            context.run_migrations()
        if sqlite:
            connection.commit()
            raw.execute("PRAGMA foreign_keys=ON")


run()
