"""Column types, and the rules that the database itself keeps."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from portal.adapters.rate_counts import TABLE, is_counts_table
from portal.app import MIGRATIONS, create_app, load_keys
from portal.config import Settings
from portal.domain.integrity.ring import Ring, Unreadable
from portal.domain.letters.states import Publication, State, UnpublishReason
from portal.migrations.earlier import EARLIER
from portal.models import ArchiveEntry, AuditKeys, Cipher, Event, Letter, Model, User, db
from portal.queries.audit.check import verify
from portal.services.audit.sealing import ensure_chain, seal
from portal.services.core.unit import writing
from tests.builders import START, World, a_letter, a_published
from tests.databases import ON_POSTGRES


def test_moments_come_back_in_utc(session: Session, world: World) -> None:
    """A moment given in Shanghai's time comes back aware, as the same moment in UTC."""
    shanghai = timezone(timedelta(hours=8))
    letter = a_letter(session, world, now=datetime(2016, 6, 15, 10, 30, tzinfo=shanghai))
    session.expire_all()
    assert letter.received_at == datetime(2016, 6, 15, 2, 30, tzinfo=UTC)
    assert letter.received_at.tzinfo is UTC


def test_naive_moments_are_refused(session: Session, world: World) -> None:
    """A moment without a time zone is refused before it reaches the database."""
    letter = a_letter(session, world)
    with pytest.raises(StatementError, match="time zone"), writing() as unit:
        unit.get_one(Letter, letter.id).received_at = datetime(2016, 6, 15)  # noqa: DTZ001


def test_words_are_stored_by_value(session: Session, world: World) -> None:
    """An enumerated column holds the word itself, readable by any other program."""
    a_letter(session, world, State.AWAITING_SIGNOFF)
    row = session.execute(sa.text("SELECT state, publication, kind FROM letter")).one()
    assert tuple(row) == ("awaiting_signoff", "not_proposed", "consultation")


def test_only_its_key_reads_a_contact(session: Session, world: World, settings: Settings) -> None:
    """Another key reads nothing; with the right one the name is there again."""
    letter = a_letter(session, world, name="周晓兰")
    try:
        Cipher.load(lambda: Ring([b"n" * 32]))
        session.expire_all()
        with pytest.raises(Unreadable):
            session.get_one(Letter, letter.id)
    finally:
        load_keys(settings)
    session.rollback()
    assert session.get_one(Letter, letter.id).sender_name == "周晓兰"


def test_foreign_keys_hold(session: Session, world: World) -> None:
    """A letter cannot lie with an organisation that does not exist."""
    letter = a_letter(session, world)
    with pytest.raises(IntegrityError), writing() as unit:
        unit.get_one(Letter, letter.id).organisation_id = 999_999


def test_user_names_are_unique(session: Session, world: World) -> None:
    """Two people do not share a user name."""
    twin = User(username="city_handler", name="二", password_hash="x", created_at=START)
    with pytest.raises(IntegrityError), writing() as unit:
        unit.add(twin)


@pytest.mark.skipif(ON_POSTGRES, reason="pragmas are SQLite's")
def test_sqlite_is_set_up_to_lose_nothing(settings: Settings) -> None:
    """A SQLite connection writes ahead, waits for the disk, and keeps foreign keys."""
    with create_app(settings).app_context(), db.engine.connect() as connection:
        found = {
            name: connection.execute(sa.text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 5000,
    }


def test_no_migration_has_a_number_of_the_earlier_line() -> None:
    """A database at a revision of today is not taken for one that must be copied."""
    revisions = {each.revision for each in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    assert revisions
    assert revisions & EARLIER == set()


def included(name: str | None, kind: str, parents: object) -> bool:
    """Leave out the counts of limits, whose table makes itself."""
    return kind != "table" or not is_counts_table(name)


def test_migrations_make_what_the_models_say(session: Session) -> None:
    """The migrated schema is the schema of the models, column by column."""
    opts = {"compare_type": True, "include_name": included}
    context = MigrationContext.configure(session.connection(), opts=opts)
    assert compare_metadata(context, Model.metadata) == []


def test_migrations_make_what_the_models_would(app: Flask, session: Session) -> None:
    """Keys, indexes with their conditions, checks and defaults are those of the models too."""
    if ON_POSTGRES:
        # A backup that another test restored writes the condition of an index in other words.
        db.engine.dispose()
        downgrade(revision="base")
        upgrade()
    connection = session.connection()
    made, schema = described(connection, None), None
    if ON_POSTGRES:
        schema = "of_models"
        connection.execute(sa.schema.CreateSchema(schema))
        session.execute(sa.text(f"SET LOCAL search_path TO {schema}"))
        Model.metadata.create_all(connection)
        expected = described(connection, schema)
    else:
        with sa.create_engine("sqlite://").connect() as memory:
            Model.metadata.create_all(memory)
            expected = described(memory, None)
    session.rollback()
    assert made == expected


def described(connection: sa.Connection, schema: str | None) -> dict[str, object]:
    """Return what the database says of each of our tables, in lines that can be compared."""
    inspector = sa.inspect(connection)

    def lines(rows: Iterable[Mapping[str, Any]]) -> list[str]:
        return sorted(line(row) for row in rows)

    def line(row: Mapping[str, Any]) -> str:
        options = {key: str(value) for key, value in row.get("dialect_options", {}).items()}
        plain = {**row, "dialect_options": options, "referred_schema": None}
        bare = str(plain).replace(f'"{schema}".', "").replace(f"{schema}.", "")
        return bare.replace("\\'", "'").replace('"', "'")

    return {
        table: (
            lines(inspector.get_columns(table, schema)),
            line(inspector.get_pk_constraint(table, schema)),
            lines(inspector.get_foreign_keys(table, schema)),
            lines(inspector.get_unique_constraints(table, schema)),
            lines(inspector.get_check_constraints(table, schema)),
            lines(inspector.get_indexes(table, schema)),
        )
        for table in Model.metadata.tables
    }


def test_every_id_takes_64_bits(session: Session) -> None:
    """Primary and foreign keys are 64 bits wide; on SQLite they are the row's own number."""
    for table in Model.metadata.tables.values():
        for column in table.columns:
            if column.name != "id" and not column.name.endswith("_id"):
                continue
            wide = column.type.compile(session.get_bind().dialect)
            assert wide == ("BIGINT" if ON_POSTGRES else "INTEGER"), column
    with writing() as unit:
        user = User(id=2**33, username="far", name="远", password_hash="x", created_at=START)
        unit.add(user)
    assert session.get_one(User, 2**33).username == "far"


@pytest.mark.slow
def test_migrations_go_down_and_up(app: Flask, session: Session, world: World) -> None:
    """A populated database is migrated down to nothing and up again."""
    a_published(session, world)
    session.rollback()
    db.engine.dispose()
    downgrade(revision="base")
    tables = set(sa.inspect(db.engine).get_table_names())
    assert tables <= {"alembic_version", TABLE}
    upgrade()
    assert {t.name for t in Model.metadata.sorted_tables} <= set(
        sa.inspect(db.engine).get_table_names()
    )
    assert session.scalar(sa.select(sa.func.count()).select_from(Letter)) == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "revision",
    ["record", "key_ring", "erasure", "audit", "sender_steps", "entry_vectors", "messages"],
)
def test_letters_survive_the_way_down_and_up(
    app: Flask, session: Session, world: World, revision: str
) -> None:
    """An earlier version and back: every letter with its sender is there, and the audit chain verifies."""
    ensure_chain(START)
    a_published(session, world)
    a_letter(session, world, name="周晓兰")

    def letters() -> list[tuple[object, ...]]:
        found = session.scalars(sa.select(Letter).order_by(Letter.id))
        return [(each.number, each.state, each.text, each.sender_name) for each in found]

    before = letters()
    events = session.scalars(sa.select(Event.id)).all()
    while seal(START):
        pass
    session.rollback()
    db.engine.dispose()
    downgrade(revision=revision)
    upgrade()
    ensure_chain(START)
    while seal(START):
        pass
    assert letters() == before
    assert session.scalars(sa.select(Event.id)).all() == events
    assert verify(session, AuditKeys.loaded(), START).faults == []


@pytest.mark.slow
def test_letters_under_way_can_be_recalled_after_an_upgrade(
    app: Flask, session: Session, world: World
) -> None:
    """What waits to be signed for learns from its events what it goes back to."""
    letter = a_letter(session, world, State.DISPATCHED)
    a_letter(session, world, State.IN_PROGRESS)
    columns = (Letter.state_before, Letter.sent_at)
    before = session.execute(sa.select(*columns).order_by(Letter.id)).all()
    assert before[0] == (State.SUBMITTED, letter.accepted_at)
    session.rollback()
    db.engine.dispose()
    downgrade(revision="initial")
    upgrade()
    assert session.execute(sa.select(*columns).order_by(Letter.id)).all() == before


@pytest.mark.parametrize("publication", [Publication.PROPOSED, Publication.PUBLISHED])
def test_facts_for_the_guards(session: Session, world: World, publication: Publication) -> None:
    """A letter tells the guards who proposed what waits, and nobody when nothing does."""
    letter = a_letter(session, world, publication=publication)
    waits = publication is Publication.PROPOSED
    assert letter.proposer_id == (world.people["city_handler"] if waits else None)


@pytest.mark.slow
def test_reasons_of_refusal_that_mean_the_same_are_taken_over(
    app: Flask, session: Session, world: World
) -> None:
    """An entry unpublished before reasons were told apart keeps one that still means the same."""
    letters = [a_letter(session, world, publication=Publication.UNPUBLISHED) for _ in range(3)]
    codes = ("senders_choice", "privacy", "no_value")
    change = sa.text(
        "UPDATE event SET reason_code = :code WHERE letter_id = :id AND reason_code = 'privacy'"
    )
    with writing() as unit:
        for letter, code in zip(letters, codes, strict=True):
            unit.execute(change, {"code": code, "id": letter.id})
    db.engine.dispose()
    downgrade(revision="sender_keys")
    upgrade()
    found = session.scalars(sa.select(ArchiveEntry.unpublish_reason).order_by(ArchiveEntry.id))
    assert [*found] == [UnpublishReason.SENDER_ASKED, UnpublishReason.PRIVACY, None]
