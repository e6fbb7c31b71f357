"""The copy of a whole database while others write to it, and the way back.

SQLite is copied by its own backup interface from one read transaction, so that writers neither wait
nor make the copy begin again. PostgreSQL is copied by ``pg_dump`` from an exported snapshot. The
rows are counted in the same transaction, so that the counts are exactly those of the copy.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

SQLITE, POSTGRESQL = "sqlite", "postgresql"
_TABLES = {
    SQLITE: "SELECT name FROM sqlite_master WHERE type = 'table'",
    POSTGRESQL: "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()",
}
_PAGES = 2_000
"""Pages of SQLite that are copied between two calls of ``progress``."""

Progress = Callable[[int, int], None]
"""A function that gets the pages copied since its last call and the pages there are."""


class CopyFailed(Exception):
    """A database cannot be copied or put back; the message says why."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy holds: its migration, and the number of rows by table."""

    migration: str
    counts: dict[str, int]


def kind_of(uri: str) -> str:
    """Return which database is at ``uri``: :data:`SQLITE` or :data:`POSTGRESQL`."""
    return SQLITE if uri.startswith("sqlite") else POSTGRESQL


def sqlite_file(uri: str) -> Path:
    """Return the file of the SQLite database at ``uri``."""
    return Path(sa.make_url(uri).database or "")


def copy_database(uri: str, target: Path, tables: Sequence[str], progress: Progress) -> Copied:
    """Copy the database at ``uri`` into the file ``target``, of mode 0600, and have the disk keep it.

    ``tables`` are those whose rows are counted. Raises :class:`CopyFailed`.
    """
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        if kind_of(uri) == SQLITE:
            copied = _copy_sqlite(sqlite_file(uri), target, tables, progress)
        else:
            copied = _copy_postgresql(uri, target, tables)
    except (sqlite3.Error, psycopg.Error) as error:
        raise CopyFailed(f"the database cannot be copied: {error}") from error
    with target.open("rb") as file:
        os.fsync(file.fileno())
    return copied


def put_back(copy: Path, uri: str, *, replace: bool) -> None:
    """Make the database at ``uri`` what is in the file ``copy``.

    A SQLite file appears whole or not at all; PostgreSQL is filled in one transaction, in which
    ``replace`` drops what is there. Raises :class:`CopyFailed`.
    """
    if kind_of(uri) == SQLITE:
        _put_back_sqlite(copy, sqlite_file(uri))
        return
    options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    if replace:
        options += ["--clean", "--if-exists"]
    with _login(uri) as (place, environment):
        _run("pg_restore", *options, "--dbname", place, str(copy), environment=environment)


def is_filled(uri: str) -> bool:
    """Return whether the database at ``uri`` has tables of a letterbox, or its file exists.

    Raises :class:`CopyFailed` where PostgreSQL cannot be reached.
    """
    if kind_of(uri) == SQLITE:
        return sqlite_file(uri).exists()
    try:
        with closing(psycopg.connect(_plain(uri))) as connection:
            row = connection.execute("SELECT to_regclass('alembic_version') IS NOT NULL").fetchone()
    except psycopg.Error as error:
        raise CopyFailed(f"the database cannot be read: {error}") from error
    return bool(row and row[0])


def count_rows(uri: str, tables: Sequence[str]) -> Copied:
    """Return what the database at ``uri`` holds now. Raises :class:`CopyFailed`."""
    try:
        if kind_of(uri) == SQLITE:
            file = f"{sqlite_file(uri).absolute().as_uri()}?mode=ro"
            with closing(sqlite3.connect(file, uri=True)) as connection:
                return _counted(connection, tables)
        with closing(psycopg.connect(_plain(uri))) as server:
            return _counted(server, tables)
    except (sqlite3.Error, psycopg.Error) as error:
        raise CopyFailed(f"the database cannot be read: {error}") from error


def _counted(connection: Any, tables: Sequence[str]) -> Copied:
    def one(query: str) -> Any:
        row = connection.execute(query).fetchone()
        return row[0] if row else ""

    migration = str(one("SELECT version_num FROM alembic_version"))
    sqlite = isinstance(connection, sqlite3.Connection)
    # A database that an upgrade has not migrated yet may lack tables.
    there = {name for (name,) in connection.execute(_TABLES[SQLITE if sqlite else POSTGRESQL])}
    counts = {
        table: int(one(f"SELECT count(*) FROM {table}"))  # noqa: S608 - the models' own names
        for table in tables
        if table in there
    }
    return Copied(migration, counts)


def _copy_sqlite(file: Path, target: Path, tables: Sequence[str], progress: Progress) -> Copied:
    if not file.exists():
        raise CopyFailed(f"{file}: there is no database to copy")
    last = 0

    def step(status: int, remaining: int, total: int) -> None:
        nonlocal last
        progress(total - remaining - last, total)
        last = total - remaining

    with (
        closing(sqlite3.connect(file, isolation_level=None)) as source,
        closing(sqlite3.connect(target, isolation_level=None)) as copy,
    ):
        # With a transaction of its own the copy sees one moment, however much is written meanwhile.
        source.execute("PRAGMA busy_timeout=5000")
        source.execute("BEGIN")
        copied = _counted(source, tables)
        source.backup(copy, pages=_PAGES, progress=step)
        source.execute("ROLLBACK")
        copy.execute("PRAGMA journal_mode=DELETE")
        said = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if said != "ok":
            raise CopyFailed(f"the copy of {file} is damaged, and so is the database: {said}")
    return copied


def _put_back_sqlite(copy: Path, file: Path) -> None:
    draft = file.with_name(f".{file.name}.restoring")
    draft.unlink(missing_ok=True)
    try:
        shutil.copyfile(copy, draft)
        draft.chmod(0o600)
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        # A log beside the old file would be taken for one of the new.
        for suffix in ("-wal", "-shm"):
            file.with_name(file.name + suffix).unlink(missing_ok=True)
        draft.replace(file)
        sync_folder(file.parent)
    finally:
        draft.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Have the disk keep the names in ``folder``."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _copy_postgresql(uri: str, target: Path, tables: Sequence[str]) -> Copied:
    with closing(psycopg.connect(_plain(uri))) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        copied = _counted(connection, tables)
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        options = ["--format=custom", "--no-owner", "--no-privileges", "--no-unlogged-table-data"]
        with _login(uri) as (place, environment):
            _run(
                "pg_dump",
                *options,
                f"--snapshot={row[0] if row else ''}",
                f"--file={target}",
                "--dbname",
                place,
                environment=environment,
            )
        connection.rollback()
    return copied


def _plain(uri: str) -> str:
    url = sa.make_url(uri).set(drivername="postgresql")
    return url.render_as_string(hide_password=False)


@contextmanager
def _login(uri: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the address without the password, and the environment that has it.

    Everybody on the machine can read the arguments of a process.
    """
    url = sa.make_url(_plain(uri))
    password = {"PGPASSWORD": url.password} if isinstance(url.password, str) else {}
    yield url.set(password=None).render_as_string(hide_password=False), os.environ | password


def _run(program: str, *options: str, environment: dict[str, str]) -> None:
    found = shutil.which(program)
    if found is None:
        raise CopyFailed(
            f"{program} is not on the path; install the client programs of PostgreSQL "
            "(on Debian: apt install postgresql-client)"
        )
    done = subprocess.run(  # noqa: S603 - the program and its options are ours
        [found, *options], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"it ended with status {done.returncode}"]
        raise CopyFailed(f"{program} failed: {lines[0]}")
