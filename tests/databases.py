"""The two databases the suite runs on, each a real one: SQLite files and a PostgreSQL server.

``LETTERBOX_TEST_DATABASE`` chooses ``sqlite`` (default) or ``postgres``. Both are migrated once
for each test process: SQLite tests get a copy of the migrated file, PostgreSQL tests a database
whose tables have been emptied.
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path

import psycopg

CHOICE = os.environ.get("LETTERBOX_TEST_DATABASE", "sqlite")
if CHOICE not in ("sqlite", "postgres"):
    raise SystemExit(f"LETTERBOX_TEST_DATABASE={CHOICE}: say sqlite or postgres")
ON_POSTGRES = CHOICE == "postgres"

if ON_POSTGRES:
    from tests.postgres import get_server

Migrate = Callable[[str], None]
"""Brings the database at an address to the newest schema."""


class Sqlite:
    """A migrated file that each test gets a copy of."""

    def __init__(self, folder: Path, migrate: Migrate) -> None:
        self.template = folder / "template.db"
        migrate(f"sqlite:///{self.template}")
        # The copy must hold everything, so what is still in the write-ahead log goes home.
        with sqlite3.connect(self.template) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()

    def fresh(self, folder: Path) -> str:
        """Return the address of an empty migrated database in ``folder``."""
        path = folder / "letterbox.db"
        shutil.copyfile(self.template, path)
        return f"sqlite:///{path}"

    def stop(self) -> None:
        """Nothing runs."""


class Postgres:
    """A server of this test process with one database, emptied for each test."""

    def __init__(self, folder: Path, migrate: Migrate) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="letterbox-pg-"))
        self.server = get_server(self.home / "data", cleanup_mode="delete")
        self.plain = self.server.get_uri(database="postgres")
        with psycopg.connect(self.plain, autocommit=True) as connection:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
            connection.execute("CREATE DATABASE letterbox")
        self.address = self.server.get_uri(database="letterbox")
        migrate(self.address)
        with psycopg.connect(self.address) as connection:
            names = connection.execute(
                "SELECT quote_ident(tablename) FROM pg_tables"
                " WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
            ).fetchall()
        # A few rows are deleted in a third of the time that TRUNCATE takes for new files.
        emptied = " ".join(
            f"IF EXISTS (SELECT FROM {name}) THEN DELETE FROM {name}; END IF;" for (name,) in names
        )
        self.empty = (
            "SET session_replication_role = replica",
            f"DO $$ BEGIN {emptied} END $$",
            "SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence",
        )

    def fresh(self, folder: Path) -> str:
        """Return the address of the emptied database; what a test before left behind is gone."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            for statement in self.empty:
                connection.execute(statement)
        return self.address

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        self.server.cleanup()
        shutil.rmtree(self.home, ignore_errors=True)
