"""The counts behind rate limits, kept in a database that all server processes share.

On SQLite they have a file of their own, so that counting never waits for whoever writes letters.
On PostgreSQL they are an unlogged table beside the letters, the same for all servers. What was
counted is a keyed digest: no address of a visitor is in the table.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import threading
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from limits.storage import Storage
from sqlalchemy import event
from sqlalchemy.exc import DatabaseError, OperationalError, SQLAlchemyError

from portal.models.base import reopen_read_only

SCHEME = "letterbox-database"
TABLE = "rate_count"
FILE = "limits.db"
SWEEP_EVERY = 1_000
"""Uses after which a process deletes the rows whose time is over."""
_DIGEST_BYTES = 16
_LOCK = 0x6C696D6974
"""The number of the lock under which PostgreSQL makes the table once."""

_COUNT = sa.text(f"""
    INSERT INTO {TABLE} (key, uses, ends) VALUES (:key, :first, :ends)
    ON CONFLICT (key) DO UPDATE SET
      uses = CASE WHEN {TABLE}.ends <= :now THEN excluded.uses ELSE {TABLE}.uses + :amount END,
      ends = CASE WHEN {TABLE}.ends <= :now OR {TABLE}.ends > excluded.ends THEN excluded.ends
                  ELSE {TABLE}.ends END
    RETURNING uses
""")  # noqa: S608  the name of the table is a constant
_READ = sa.text(f"SELECT uses, ends FROM {TABLE} WHERE key = :key")  # noqa: S608
_CLEAR = sa.text(f"DELETE FROM {TABLE} WHERE key = :key")  # noqa: S608
_SWEEP = sa.text(f"DELETE FROM {TABLE} WHERE ends <= :now")  # noqa: S608
_RESET = sa.text(f"DELETE FROM {TABLE}")  # noqa: S608
_ON_SQLITE = (
    f"CREATE TABLE IF NOT EXISTS {TABLE} "
    "(key BLOB PRIMARY KEY, uses INTEGER NOT NULL, ends REAL NOT NULL) WITHOUT ROWID"
)
_ON_POSTGRES = (
    f"DO $$ BEGIN PERFORM pg_advisory_xact_lock({_LOCK}); "
    f"CREATE UNLOGGED TABLE IF NOT EXISTS {TABLE} "
    "(key bytea PRIMARY KEY, uses bigint NOT NULL, ends double precision NOT NULL); END $$"
)


def counts_address(database_uri: str, instance: Path) -> str:
    """Return where the counts of an instance are kept: its PostgreSQL, else a file of their own."""
    return f"sqlite:///{instance / FILE}" if database_uri.startswith("sqlite") else database_uri


def is_counts_table(name: str | None) -> bool:
    """Return whether the table ``name`` is that of the counts, which no migration makes."""
    return name == TABLE


class DatabaseCounts(Storage):
    """The storage of ``limits`` for windows that begin with the first use.

    A use is counted by one statement, so that the number allowed holds for any number of processes
    that count at once. Moments are seconds since 1970 by the clock of the server that counts.
    """

    STORAGE_SCHEME = [SCHEME]

    def __init__(
        self,
        uri: str | None = None,
        wrap_exceptions: bool = True,
        *,
        address: str,
        secret: str,
        **options: Any,
    ) -> None:
        """Prepare for the database at ``address``; ``secret`` is hexadecimal, of up to 64 bytes.

        Nothing is opened before the first use.
        """
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        self._address, self._secret = address, bytes.fromhex(secret)
        self._engine: sa.Engine | None = None
        self._opening = threading.Lock()
        self._uses = itertools.count(1)

    @property
    def base_exceptions(self) -> type[Exception]:
        """The errors of the database."""
        return SQLAlchemyError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count ``amount`` uses of ``key``, negative to give some back; return the uses so far.

        The first use begins a window of ``expiry`` seconds.
        """
        now = time.time()
        given = {"amount": amount, "first": max(0, amount), "now": now, "ends": now + expiry}
        uses = self._run(_COUNT, key=self._digest(key), **given)[0][0]
        if next(self._uses) % SWEEP_EVERY == 0:
            self._run(_SWEEP, now=now)
        return int(uses)

    def get(self, key: str) -> int:
        """Return the uses of ``key`` in its present window."""
        return self._read(key)[0]

    def get_expiry(self, key: str) -> float:
        """Return when the window of ``key`` ends; now where it has none."""
        return self._read(key)[1]

    def check(self) -> bool:
        """Return whether the database answers."""
        try:
            self._run(_READ, key=b"")
        except SQLAlchemyError:
            return False
        return True

    def reset(self) -> None:
        """Forget every count."""
        self._run(_RESET)

    def clear(self, key: str) -> None:
        """Forget the uses of ``key``."""
        self._run(_CLEAR, key=self._digest(key))

    def close(self) -> None:
        """Give every connection back; the next use opens them again."""
        with self._opening:
            engine, self._engine = self._engine, None
        if engine is not None:
            engine.dispose()

    def _read(self, key: str) -> tuple[int, float]:
        now = time.time()
        rows = self._run(_READ, key=self._digest(key))
        live = [(int(uses), float(ends)) for uses, ends in rows if ends > now]
        return live[0] if live else (0, now)

    def _digest(self, key: str) -> bytes:
        digest = hashlib.blake2b(
            key.encode(), digest_size=_DIGEST_BYTES, key=self._secret, person=b"rate counts"
        )
        return digest.digest()

    def _run(self, statement: sa.TextClause, **values: Any) -> list[Any]:
        """Run one statement; what it changed is committed when this returns.

        A table that is gone is made again, and so is a file that cannot be read.
        """
        try:
            return self._attempt(statement, values)
        except DatabaseError as error:
            if not self._mended(error):
                raise
            return self._attempt(statement, values)

    def _attempt(self, statement: sa.TextClause, values: dict[str, Any]) -> list[Any]:
        with self._open().connect() as connection:
            result = connection.execute(statement, values)
            return list(result) if result.returns_rows else []

    def _mended(self, error: DatabaseError) -> bool:
        """Return whether another attempt has something to hope for."""
        missing = "no such table" in str(error.orig) or _state(error) == "42P01"
        broken = self._address.startswith("sqlite") and not isinstance(error, OperationalError)
        if not missing and not broken:
            return False
        self.close()
        return True

    def _open(self) -> sa.Engine:
        if self._engine is None:
            with self._opening:
                if self._engine is None:
                    self._engine = _engine(self._address)
        return self._engine


def _engine(address: str) -> sa.Engine:
    """Return an engine that commits every statement, with the table in place."""
    if not address.startswith("sqlite"):
        # A use takes less than a millisecond, so that two connections serve many threads.
        pool = {"pool_size": 2, "max_overflow": 0, "pool_timeout": 5, "pool_pre_ping": True}
        return _made(_new(address, **pool, connect_args={"connect_timeout": 10}), _ON_POSTGRES)
    try:
        return _made(_new(address), _ON_SQLITE, check=True)
    except DatabaseError as error:
        if isinstance(error, OperationalError):
            raise
    # Counts are worth less than limits that hold.
    file = Path(str(sa.make_url(address).database))
    for name in (file.name, f"{file.name}-wal", f"{file.name}-shm"):
        file.with_name(name).unlink(missing_ok=True)
    return _made(_new(address), _ON_SQLITE)


def _new(address: str, **options: Any) -> sa.Engine:
    engine = sa.create_engine(
        address, isolation_level="AUTOCOMMIT", hide_parameters=True, **options
    )
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _hurry)
        reopen_read_only(engine)
    return engine


def _made(engine: sa.Engine, statement: str, *, check: bool = False) -> sa.Engine:
    """Return ``engine`` with the table in place; raises ``DatabaseError`` for a damaged file."""
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
            if check and connection.exec_driver_sql("PRAGMA quick_check").scalar() != "ok":
                raise DatabaseError("PRAGMA quick_check", None, ValueError("damaged"))
    except BaseException:
        engine.dispose()
        raise
    return engine


def _hurry(connection: Any, record: object) -> None:
    """Have SQLite not wait for the disk: a power failure may cost counts, but no letter."""
    for pragma in ("busy_timeout=2000", "journal_mode=WAL", "synchronous=OFF"):
        with contextlib.closing(connection.execute(f"PRAGMA {pragma}")):
            pass


def _state(error: DatabaseError) -> str | None:
    return getattr(error.orig, "sqlstate", None)
