"""The database handle, the declarative base and the column types of the portal.

SQLite runs with WAL, synchronous FULL and foreign keys; a transaction that will write begins
with ``BEGIN IMMEDIATE``, because a deferred one that upgrades fails at once when another
process writes. ``portal.services.core.unit`` asks for that mode; nothing else does.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.orm import DeclarativeBase

from portal.domain.audit.keys import AuditKeyRing
from portal.domain.audit.rows import NONCE_SIZE, ChainKind, content, make_stamp
from portal.domain.integrity.binding import is_of_row, row_seal
from portal.domain.integrity.ring import Ring, Unreadable

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""The type of ids, 64 bits wide; on SQLite only an INTEGER column is the row id.

Columns with a foreign key take the type of the column they refer to.
"""

BEGIN_MODE = "letterbox_begin"
"""Execution option that carries the mode of the next SQLite ``BEGIN``."""

PATIENCE = "letterbox_patience"
"""Execution option with the milliseconds for which the next SQLite ``BEGIN`` waits for a lock."""
_USUAL_PATIENCE = 5_000

UNIT = "letterbox_unit"
"""Key of ``session.info`` under which a unit of work keeps what it needs until it ends."""

_OPENED = "letterbox_opened"
"""Key of a connection's ``info``: how often its file could not be written when it was opened."""

NUMBERS = "numbers"
"""Bind key of the connections over which PostgreSQL gives out numbers of letters and requests."""


class Base(DeclarativeBase):
    """Declarative base with named constraints, which batch migrations need."""

    metadata = sa.MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:

    class Model(Base):
        """The base of every table."""

        __abstract__ = True

        def __init__(self, **values: Any) -> None: ...

else:
    Model = db.Model


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware moment in UTC; SQLite would give naive ones back."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive moment; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Cipher:
    """The ring of data keys of the process, which follows the keys of the instance."""

    _read: Callable[[], Ring]
    _kept: Ring

    @classmethod
    def load(cls, read: Callable[[], Ring]) -> None:
        """Use the ring that ``read`` returns, which is asked again for what it may have changed."""
        cls._read = staticmethod(read)
        cls.ring()

    @classmethod
    def ring(cls) -> Ring:
        """Return the ring as the instance has it at this moment."""
        cls._kept = cls._read()
        return cls._kept

    @classmethod
    def encrypt(cls, content: bytes) -> str:
        """Return the cipher text of ``content`` under the key that is the newest at this moment."""
        return cls.ring().encrypt(content)

    @classmethod
    def decrypt(cls, text: str) -> bytes:
        """Return what was encrypted, also with a key that was added since. Raises ``Unreadable``."""
        try:
            return cls._kept.decrypt(text)
        except Unreadable as error:
            if error.key_id is None or error.key_id in cls._kept.ids:
                raise
            return cls.ring().decrypt(text)


class SenderKeys:
    """The key of the hashes by which senders' names and contacts are found."""

    key: bytes = b""

    @classmethod
    def load(cls, key: bytes) -> None:
        """Use ``key`` (32 bytes), which no rotation of the data keys changes."""
        cls.key = key


def keyed(make: Callable[[bytes, str | None], str | None], column: str) -> Callable[[Any], Any]:
    """Return a default for a column: what ``make`` gives for the value of ``column`` in the row."""
    return lambda context: make(SenderKeys.key, context.get_current_parameters().get(column))


class AuditKeys:
    """The keys of the audit chain."""

    ring: AuditKeyRing | None = None

    @classmethod
    def load(cls, keys: list[bytes]) -> None:
        """Use keys derived from ``keys`` of the instance (32 bytes each), the newest first."""
        cls.ring = AuditKeyRing(keys)

    @classmethod
    def loaded(cls) -> AuditKeyRing:
        """Return the keys."""
        assert cls.ring is not None, "no audit key loaded"  # noqa: S101
        return cls.ring


def stamped(kind: ChainKind) -> Callable[[Any], bytes]:
    """Return a default for a column: the stamp of the row that is written."""

    def stamp(context: Any) -> bytes:
        row = content(context.get_current_parameters())
        return make_stamp(AuditKeys.loaded().newest, os.urandom(NONCE_SIZE), kind, row)

    return stamp


class EncryptedText(sa.types.TypeDecorator[str]):
    """Text that is never stored in the clear: the sender's name and contacts."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Encrypt; an empty text stays empty."""
        if not value:
            return value
        return Cipher.encrypt(value.encode())

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Decrypt with the key that fits."""
        if not value:
            return value
        return Cipher.decrypt(value).decode()


class SealedText(EncryptedText):
    """Encrypted text of a row in the audit chain.

    What cannot be decrypted is returned as it is stored: it is not what was sealed, so that the check of the seals
    names the row, and nobody who writes to the database keeps the trail from being read.
    """

    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Decrypt where that is possible."""
        try:
            return super().process_result_value(value, dialect)
        except Unreadable:
            return value


def sealed(table: str, texts: tuple[str, ...]) -> Any:
    """Return a default for a column: the seal of ``texts`` in the row that is written."""

    def seal(context: Any) -> str | None:
        given = context.get_current_parameters()
        return row_seal(SenderKeys.key, table, given["number"], [given.get(name) for name in texts])

    return seal


def bind(model: type[Model], texts: tuple[str, ...], seal: str) -> None:
    """Have the column ``seal`` follow every change of ``texts``, and refuse texts of another row.

    A row whose texts do not belong to it raises ``Unreadable`` when it is loaded, as one does whose text
    was changed.
    """
    table = model.__tablename__
    needed = {"number", seal, *texts}

    def renew(_mapper: object, _connection: object, row: Any) -> None:
        state = sa.inspect(row)
        if any(state.attrs[name].history.has_changes() for name in texts):
            given = [getattr(row, name) for name in texts]
            setattr(row, seal, row_seal(SenderKeys.key, table, row.number, given))

    def check(row: Any, _context: object, attributes: Iterable[str] | None = None) -> None:
        state = sa.inspect(row)
        if needed & state.unloaded or (attributes is not None and not needed & set(attributes)):
            return
        if any(state.attrs[name].history.has_changes() for name in needed):
            # What is loaded beside a change that is on its way was looked at when the row was loaded first.
            return
        given = [getattr(row, name) for name in texts]
        if not is_of_row(SenderKeys.key, table, row.number, given, getattr(row, seal)):
            raise Unreadable

    event.listen(model, "before_update", renew)
    event.listen(model, "load", check)
    event.listen(model, "refresh", check)


def word(enum: type[StrEnum]) -> sa.Enum:
    """Return a column type that stores the values of ``enum`` as text on every database."""
    return sa.Enum(
        enum,
        native_enum=False,
        create_constraint=False,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


def fingerprint(text: str) -> str:
    """Return the SHA-256 of ``text`` in hex, for keys that must not reveal their source."""
    return hashlib.sha256(text.encode()).hexdigest()


def prepare_engine(engine: Engine) -> None:
    """Set the pragmas and the begin mode where ``engine`` is SQLite."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={_USUAL_PATIENCE}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            # What is deleted is overwritten, so that erased persons are not in free pages.
            "secure_delete=ON",
            "cache_size=-65536",
            "temp_store=MEMORY",
            "mmap_size=268435456",
        ):
            connection.execute(f"PRAGMA {pragma}")

    reopen_read_only(engine)

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        options = connection.get_execution_options()
        mode, patience = options.get(BEGIN_MODE, "DEFERRED"), options.get(PATIENCE)
        if patience is not None:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={patience}")
        try:
            connection.exec_driver_sql(f"BEGIN {mode}")
        finally:
            if patience is not None:
                connection.exec_driver_sql(f"PRAGMA busy_timeout={_USUAL_PATIENCE}")


def reopen_read_only(engine: Engine) -> None:
    """Have ``engine`` open its SQLite file again after it could not be written.

    A connection that was opened while the file was read-only stays so, and as long as one is open
    all later ones of the process share its memory; a connection whose file was put in another's
    place goes on with the old one. Without this only a restart would help.
    """
    times = 0

    @event.listens_for(engine, "connect")
    def _note(_connection: Any, record: Any) -> None:
        record.info[_OPENED] = times

    @event.listens_for(engine, "checkin")
    def _close(_connection: Any, record: Any) -> None:
        if record.info.get(_OPENED, times) != times:
            record.invalidate()

    @event.listens_for(engine, "handle_error")
    def _give_up(context: Any) -> None:
        nonlocal times
        code = getattr(context.original_exception, "sqlite_errorname", "")
        if code.startswith("SQLITE_READONLY"):
            times += 1
            context.is_disconnect = True
            # A cursor that an exception still refers to would keep its connection open.
            if context.execution_context is not None:
                context.execution_context.cursor.close()
            engine.pool.dispose()
