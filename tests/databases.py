"""The two databases the suite runs on, each a real one: SQLite files and a PostgreSQL server.

``LETTERBOX_TEST_DATABASE`` chooses ``sqlite`` (default) or ``postgres``. A test process has one
database, always at the same address, so that its application and the statements compiled for it
serve all its tests. It is migrated once; what it then holds is kept, empty and with the world in
it, and each test begins with one of the two.
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

if ON_POSTGRES:
    from tests.postgres import get_server


class Sqlite:
    """A file that each test gets anew."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "letterbox.db"
        self.address = f"sqlite:///{self.file}"
        self._empty, self._world = folder / "empty.db", folder / "world.db"

    def keep_empty(self) -> None:
        """Keep the database as migrated, without rows."""
        self._keep(self._empty)

    def keep_world(self) -> None:
        """Keep the database with the world in it."""
        self._keep(self._world)

    def _keep(self, kept: Path) -> None:
        # The copy must hold everything, so what is still in the write-ahead log goes home.
        with sqlite3.connect(self.file) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        shutil.copyfile(self.file, kept)

    def renew(self, *, world: bool) -> None:
        """Put the empty database in place, or the one with the world."""
        # A new file: connections that a test has left open keep the old one.
        for suffix in ("", "-wal", "-shm"):
            self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(self._world if world else self._empty, self.file)

    def fresh(self, folder: Path) -> str:
        """Return the address of an empty migrated database in ``folder``."""
        path = folder / "letterbox.db"
        shutil.copyfile(self._empty, path)
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
        self._empty: list[str] = []
        self._world: list[str] = []

    def keep_empty(self) -> None:
        """Keep the names of the tables as migrated."""
        with psycopg.connect(self.address) as connection:
            names = _tables(connection)
        # A few rows are deleted in a third of the time that TRUNCATE takes for new files.
        emptied = " ".join(
            f"IF EXISTS (SELECT FROM {name}) THEN DELETE FROM {name}; END IF;" for name in names
        )
        self._empty = [
            f"DO $$ BEGIN {emptied} END $$",
            "SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence",
        ]

    def keep_world(self) -> None:
        """Keep the rows of the world in a schema beside the tables, and where numbers go on."""
        with psycopg.connect(self.address) as connection:
            connection.execute("CREATE SCHEMA world")
            for name in _tables(connection):
                if connection.execute(f"SELECT FROM {name} LIMIT 1").fetchone() is not None:
                    connection.execute(f"CREATE TABLE world.{name} AS SELECT * FROM {name}")
                    self._world.append(f"INSERT INTO {name} SELECT * FROM world.{name}")
            for name, value in connection.execute(
                "SELECT quote_ident(sequencename), last_value FROM pg_sequences"
                " WHERE last_value IS NOT NULL"
            ):
                self._world.append(f"SELECT setval('{name}', {value})")

    def renew(self, *, world: bool) -> None:
        """Empty the database; put the world into it where a test wants it."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            connection.execute("SET session_replication_role = replica")
            connection.execute(";".join(self._empty + (self._world if world else [])))

    def fresh(self, folder: Path) -> str:
        """Return the address of the emptied database; what a test before left behind is gone."""
        self.renew(world=False)
        return self.address

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        self.server.cleanup()
        shutil.rmtree(self.home, ignore_errors=True)


def _tables(connection: psycopg.Connection[tuple[str, ...]]) -> list[str]:
    rows = connection.execute(
        "SELECT quote_ident(tablename) FROM pg_tables"
        " WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
    )
    return [name for (name,) in rows]
