"""The two databases the suite runs on, each a real one: SQLite files and a PostgreSQL server.

``LETTERBOX_TEST_DATABASE`` chooses ``sqlite`` (default) or ``postgres``. A test process has one
database, always at the same address, so that its application and the statements compiled for it
serve all its tests. What it holds can be kept under a name and put in place again: ``EMPTY`` as it
was migrated, ``WORLD`` with the people of the test world, and what the fixtures of a module prepare.
"""

import os
import shutil
import sqlite3
import tempfile
from pathlib import Path

import psycopg

CHOICE = os.environ.get("LETTERBOX_TEST_DATABASE", "sqlite")
if CHOICE not in ("sqlite", "postgres"):
    raise SystemExit(f"LETTERBOX_TEST_DATABASE={CHOICE}: say sqlite or postgres")
ON_POSTGRES = CHOICE == "postgres"
EMPTY, WORLD = "empty", "world"

if ON_POSTGRES:
    from tests.postgres import get_server


class Sqlite:
    """A file that each test gets a new copy of."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "letterbox.db"
        self.address = f"sqlite:///{self.file}"
        self._kept: dict[str, Path] = {}

    def keep(self, name: str) -> None:
        """Keep what the database holds as ``name``; nobody may be connected."""
        # The copy must hold everything, so what is still in the write-ahead log goes home.
        with sqlite3.connect(self.file) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        self._kept[name] = self.file.with_name(f"{name}.db")
        shutil.copyfile(self.file, self._kept[name])

    def keeps(self, name: str) -> bool:
        """Return whether something is kept as ``name``."""
        return name in self._kept

    def renew(self, name: str) -> None:
        """Put in place what was kept as ``name``."""
        # A new file: connections that a test has left open stay with the old one.
        for suffix in ("", "-wal", "-shm"):
            self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(self._kept[name], self.file)

    def fresh(self, folder: Path) -> str:
        """Return the address of an empty migrated database in ``folder``."""
        path = folder / "letterbox.db"
        shutil.copyfile(self._kept[EMPTY], path)
        return f"sqlite:///{path}"

    def stop(self) -> None:
        """Nothing runs."""


class Postgres:
    """A server of this test process with one database, emptied for each test."""

    def __init__(self, folder: Path) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="letterbox-pg-"))
        self.server = get_server(self.home / "data", cleanup_mode="delete")
        self.plain = self.server.get_uri(database="postgres")
        with psycopg.connect(self.plain, autocommit=True) as connection:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
            connection.execute("CREATE DATABASE letterbox")
        self.address = self.server.get_uri(database="letterbox")
        self._names: list[str] = []
        self._kept: dict[str, list[str]] = {}
        """Under each name the statements that fill the empty tables."""

    def keep(self, name: str) -> None:
        """Keep the rows of the database as ``name``, in a schema beside its tables."""
        schema = f"kept_{len(self._kept)}"
        filled = self._kept[name] = []
        with psycopg.connect(self.address) as connection:
            connection.execute(f"CREATE SCHEMA {schema}")
            for table in self._tables(connection):
                if connection.execute(f"SELECT FROM {table} LIMIT 1").fetchone() is not None:
                    connection.execute(f"CREATE TABLE {schema}.{table} AS SELECT * FROM {table}")
                    filled.append(f"INSERT INTO {table} SELECT * FROM {schema}.{table}")
            for sequence, value in connection.execute(
                "SELECT quote_ident(sequencename), last_value FROM pg_sequences"
                " WHERE last_value IS NOT NULL"
            ):
                filled.append(f"SELECT setval('{sequence}', {value})")

    def keeps(self, name: str) -> bool:
        """Return whether something is kept as ``name``."""
        return name in self._kept

    def renew(self, name: str) -> None:
        """Put in place what was kept as ``name``; whoever is connected loses the connection."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            # A few rows are deleted in a third of the time that TRUNCATE takes for new files.
            emptied = " ".join(
                f"IF EXISTS (SELECT FROM {table}) THEN DELETE FROM {table}; END IF;"
                for table in self._tables(connection)
            )
            statements = (
                "SET session_replication_role = replica",
                f"DO $$ BEGIN {emptied} END $$",
                "SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence",
                *self._kept[name],
            )
            connection.execute(";".join(statements))

    def _tables(self, connection: psycopg.Connection[tuple[str, ...]]) -> list[str]:
        """Return the tables as migrated, whatever a test has since done to the schema."""
        if not self._names:
            rows = connection.execute(
                "SELECT quote_ident(tablename) FROM pg_tables"
                " WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
            )
            self._names = [name for (name,) in rows]
        return self._names

    def fresh(self, folder: Path) -> str:
        """Return the address of the emptied database; what a test before left behind is gone."""
        self.renew(EMPTY)
        return self.address

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        self.server.cleanup()
        shutil.rmtree(self.home, ignore_errors=True)
