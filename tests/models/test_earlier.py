"""A database of the earlier line of migrations is brought into the present schema."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask

from portal.app import create_app, ensure_database
from portal.config import Settings, load_settings
from portal.domain.events import RecordAction
from portal.domain.periods import Period
from portal.domain.redaction import PublicField
from portal.migrations.earlier import TooEarly
from portal.models import (
    ArchiveEntry,
    DeflectedLetter,
    Event,
    Letter,
    Model,
    Organisation,
    ProblemNotice,
    Recomputation,
    RedactionMask,
    User,
    db,
)
from portal.queries.statistics.cache import cube
from portal.queries.statistics.filters import Question
from portal.services.core.unit import writing
from tests.databases import ON_POSTGRES, Postgres, Sqlite
from tests.models.test_storage import described

EARLIER = (Path(__file__).parents[1] / "fixtures" / "schema_0012.sql").read_text()
NOW = datetime(2016, 9, 1, 4, 0, tzinfo=UTC)


@pytest.fixture
def earlier(settings: Settings, database: Sqlite | Postgres) -> Iterator[Flask]:
    """The application on a database at revision 0012 with a few rows."""
    if isinstance(database, Postgres):
        with psycopg.connect(database.plain, autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS earlier WITH (FORCE)")
            connection.execute("CREATE DATABASE earlier")
        address = database.server.get_uri(database="earlier")
        with psycopg.connect(address) as connection:
            connection.execute("SET TIME ZONE 'UTC'")
            connection.execute(EARLIER.replace("    id INTEGER", "    id SERIAL").encode())
    else:
        path = settings.instance / "earlier.db"
        address = f"sqlite:///{path}"
        with sqlite3.connect(path) as file:
            file.executescript(EARLIER)
        file.close()
    app = create_app(load_settings(instance=settings.instance, database_url=address))
    app.testing = True
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_rows_of_the_earlier_line_are_kept(earlier: Flask) -> None:
    """Every row is there after the upgrade, those of renamed tables too, and pages show them."""
    ensure_database(earlier, NOW)
    with earlier.app_context():
        counted = {
            table: db.session.scalar(sa.select(sa.func.count()).select_from(table))
            for table in (
                *(Organisation, User, Letter, Event, ArchiveEntry),
                *(DeflectedLetter, ProblemNotice, RedactionMask, Recomputation),
            )
        }
        assert list(counted.values()) == [7, 28, 2, 15, 1, 1, 1, 1, 1]
        notice = db.session.scalars(sa.select(ProblemNotice)).one()
        assert notice.text == "电话号码已变更。"
        assert db.session.scalars(sa.select(RedactionMask)).one().field is PublicField.TEXT
    page = earlier.test_client().get("/archive/1")
    assert page.status_code == 200
    assert "小区门口的路灯什么时候能修好" in page.get_data(as_text=True)


def test_figures_and_the_record_of_the_earlier_line_go_on(earlier: Flask) -> None:
    """Facts are counted after the upgrade, and a recomputation of before has its present name."""
    with earlier.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE event SET action = 'retell_facts' WHERE id = 1"))
    ensure_database(earlier, NOW)
    with earlier.app_context():
        year = Question(Period(2016), Period(2016).ends_at)
        assert cube(db.session(), year).total.received == 2
        assert db.session.get_one(Event, 1).action == RecordAction.RECOMPUTE_FACTS


def test_the_schema_of_the_earlier_line_becomes_the_present_one(earlier: Flask) -> None:
    """After the upgrade tables, keys and indexes are those of the models, and nothing else."""
    ensure_database(earlier, NOW)
    with earlier.app_context():
        inspector = sa.inspect(db.engine)
        assert set(inspector.get_table_names()) == {*Model.metadata.tables, "alembic_version"}
        assert "letterbox_earlier" not in inspector.get_schema_names()
        with db.engine.connect() as connection:
            upgraded = described(connection, None)
            if not ON_POSTGRES:
                assert connection.execute(sa.text("PRAGMA foreign_key_check")).all() == []
                with sa.create_engine("sqlite://").connect() as memory:
                    Model.metadata.create_all(memory)
                    assert upgraded == described(memory, None)
        assert "ix_deflected_letter_count" in str(upgraded["deflected_letter"])


def test_tables_of_others_stay(earlier: Flask) -> None:
    """A table that is not of the letterbox is where it was, with its rows."""
    with earlier.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE foreign_table (word VARCHAR(8))"))
        connection.execute(sa.text("INSERT INTO foreign_table VALUES ('kept')"))
    ensure_database(earlier, NOW)
    with earlier.app_context():
        assert db.session.scalars(sa.text("SELECT word FROM foreign_table")).all() == ["kept"]


def test_rules_that_nothing_follows_are_left_out(earlier: Flask) -> None:
    """Of the deadline rules that were entered those of letters and disclosure requests remain."""
    with earlier.app_context(), db.engine.begin() as connection:
        for number, code in enumerate(("hotline", "letter_complaint", "site_message"), start=1):
            connection.execute(
                sa.text(
                    "INSERT INTO limit_rule (id, code, days, unit, extension_days, source)"
                    " VALUES (:id, :code, 9, 'working', 0, '办法')"
                ),
                {"id": number, "code": code},
            )
    ensure_database(earlier, NOW)
    with earlier.app_context():
        assert db.session.scalars(sa.text("SELECT code FROM deadline_rule")).all() == [
            "letter_complaint"
        ]


def test_ids_go_on_after_the_upgrade(earlier: Flask) -> None:
    """A row written after the upgrade gets the next id, and the upgrade is not done twice."""
    ensure_database(earlier, NOW)
    ensure_database(earlier, NOW)
    with earlier.app_context():
        last = db.session.scalar(sa.select(sa.func.max(User.id))) or 0
        with writing() as unit:
            new = User(username="new", name="新", password_hash="x", created_at=NOW)
            unit.add(new)
            unit.flush()
            assert new.id == last + 1


def test_an_older_database_is_left_as_it_is(earlier: Flask) -> None:
    """A database below 0012 is refused with what to do, and nothing in it is changed."""
    with earlier.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0011'"))
    with pytest.raises(TooEarly, match="请先安装上一版"):
        ensure_database(earlier, NOW)
    with earlier.app_context():
        assert "avoided_letter" in sa.inspect(db.engine).get_table_names()
