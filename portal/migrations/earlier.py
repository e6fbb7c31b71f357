"""Databases of the earlier line of migrations, 0001 to 0012, brought into the present schema.

One at 0012 is moved aside, the present tables are made, and the rows are copied table by table, in
one transaction. Ids of 64 bits, new names and new constraints need no statements of their own then.
What differs between the two is listed in :data:`SOURCES`; every other table is copied column by
column.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from portal.domain.errors import N_, LetterboxError

LAST = "0012"
"""The revision that can be brought over."""
EARLIER = frozenset(f"{number:04d}" for number in range(1, 13))

TABLES = frozenset(
    (
        "alembic_version",
        "archive_entry",
        "archive_report",
        "archive_version",
        "avoided_letter",
        "calendar_day",
        "co_handling",
        "disclosure_request",
        "disclosure_sequence",
        "event",
        "extension",
        "letter",
        "limit_rule",
        "message",
        "number_sequence",
        "organisation",
        "organisation_version",
        "outbox",
        "proposal",
        "rate_fact",
        "rate_month",
        "rate_retelling",
        "rate_sum",
        "rating",
        "redaction_mark",
        "reply",
        "role_grant",
        "state_interval",
        "user_account",
    )
)
"""The tables at that revision; what else is in the database belongs to others and stays."""

_ASIDE = "letterbox_earlier"
"""Schema (PostgreSQL) or prefix of the names (SQLite) of the tables moved aside."""


class TooEarly(LetterboxError):
    """The database is of the earlier line, but not at its last revision."""

    def __init__(self) -> None:
        super().__init__(N_("数据库太旧，不能直接升级：请先安装上一版并启动一次，再安装这一版。"))


@dataclass(frozen=True, slots=True)
class Source:
    """Where the rows of a present table come from.

    ``table`` is the earlier name; None leaves the present table empty. ``values`` are SQL
    expressions over the earlier columns, for columns that are new or hold something else now.
    ``rows`` is the SQL condition of the rows that still mean something.
    """

    table: str | None
    values: Mapping[str, str] = field(default_factory=dict)
    rows: str = "TRUE"


SOURCES: Mapping[str, Source] = {
    "attachment": Source(None),
    "deflected_letter": Source("avoided_letter"),
    "discarded_file": Source(None),
    # Rules for site messages, hotlines, petitions and dispatch were followed by nothing.
    "deadline_rule": Source(
        "limit_rule",
        rows="code IN ('disclosure', 'disclosure_completion', 'letter_complaint',"
        " 'letter_consultation', 'letter_help', 'letter_report', 'letter_suggestion',"
        " 'letter_thanks')",
    ),
    "entry_vectors": Source(None),
    "file_release": Source(None),
    "kept_report": Source(None),
    "kept_report_file": Source(None),
    "key_check": Source(None),
    "letter": Source("letter", {"never_public": "was_report"}),
    "message_choice": Source(None),
    "outgoing_message": Source(None),
    "public_file": Source(None),
    "problem_notice": Source("archive_report"),
    "redaction_mask": Source(
        "redaction_mark", {"field": "CASE field WHEN 'letter' THEN 'text' ELSE field END"}
    ),
    "archive_entry": Source("archive_entry", {"unpublished_at": "withdrawn_at"}),
    "event": Source(
        "event",
        {"action": "CASE action WHEN 'retell_facts' THEN 'recompute_facts' ELSE action END"},
    ),
    "rate_change": Source(None),
    "rate_month": Source("rate_month", {"version": "0"}),
    "rate_recomputation": Source("rate_retelling"),
    "rate_sum": Source(None),
    "word_group": Source(None),
}


def set_aside(connection: sa.Connection) -> None:
    """Move the tables of the earlier line out of the way; do nothing in any other database.

    Raises :class:`TooEarly` where the database has not reached :data:`LAST`.
    """
    inspector = sa.inspect(connection)
    if not inspector.has_table("alembic_version"):
        return
    reached = set(connection.scalars(sa.text("SELECT version_num FROM alembic_version")))
    if not reached & EARLIER:
        return
    if reached != {LAST}:
        raise TooEarly
    names = [name for name in inspector.get_table_names() if name in TABLES]
    if connection.dialect.name == "postgresql":
        _run(connection, f"CREATE SCHEMA {_ASIDE}")
        for name in names:
            _run(connection, f"ALTER TABLE {name} SET SCHEMA {_ASIDE}")
        return
    # References in other tables keep the names they have: those of the tables to be made.
    _run(connection, "PRAGMA legacy_alter_table=ON")
    for name in names:
        for index in inspector.get_indexes(name):
            _run(connection, f"DROP INDEX {index['name']}")
        _run(connection, f"ALTER TABLE {name} RENAME TO {_aside(connection, name)}")
    _run(connection, "PRAGMA legacy_alter_table=OFF")


def bring_over(connection: sa.Connection, tables: Iterable[str]) -> None:
    """Copy the rows that :func:`set_aside` has moved into ``tables``, and drop where they were.

    ``tables`` stand in an order in which rows can be written. Without tables set aside nothing
    happens.
    """
    postgres = connection.dialect.name == "postgresql"
    inspector = sa.inspect(connection)
    if not inspector.has_table(
        "alembic_version" if postgres else _aside(connection, "alembic_version"),
        schema=_ASIDE if postgres else None,
    ):
        return
    for table in tables:
        _copy(connection, inspector, table)
    if postgres:
        _run(connection, f"DROP SCHEMA {_ASIDE} CASCADE")
        return
    for name in inspector.get_table_names():
        if name.startswith(_ASIDE):
            _run(connection, f"DROP TABLE {name}")


def _copy(connection: sa.Connection, inspector: sa.Inspector, table: str) -> None:
    source = SOURCES.get(table, Source(table))
    if source.table is None:
        return
    postgres = connection.dialect.name == "postgresql"
    quote = connection.dialect.identifier_preparer.quote
    present = [column["name"] for column in inspector.get_columns(table)]
    if postgres:
        earlier = {column["name"] for column in inspector.get_columns(source.table, _ASIDE)}
    else:
        earlier = {c["name"] for c in inspector.get_columns(_aside(connection, source.table))}
    values = {name: quote(name) for name in present if name in earlier} | dict(source.values)
    _run(
        connection,
        f"INSERT INTO {table} ({', '.join(map(quote, values))})"  # noqa: S608
        f" SELECT {', '.join(values.values())} FROM {_aside(connection, source.table)}"
        f" WHERE {source.rows}",
    )
    if postgres and "id" in present:
        _run(
            connection,
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"  # noqa: S608
            " HAVING max(id) IS NOT NULL",
        )


def _aside(connection: sa.Connection, name: str) -> str:
    return f"{_ASIDE}{'.' if connection.dialect.name == 'postgresql' else '_'}{name}"


def _run(connection: sa.Connection, statement: str) -> None:
    connection.exec_driver_sql(statement)
