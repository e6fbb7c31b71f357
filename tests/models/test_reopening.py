"""A SQLite file that could not be written is opened again, so that no restart is needed."""

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from portal.models.base import prepare_engine


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database with one table and nothing in it."""
    path = tmp_path / "letterbox.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE letter (title TEXT)")
    return path


def write(engine: sa.Engine) -> None:
    """Store a row."""
    with engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO letter VALUES ('路灯')"))


def test_a_file_that_could_not_be_written_is_opened_again(file: Path) -> None:
    """Where a write fails because the file is read-only, the next one opens it as it is then."""
    engine = sa.create_engine(f"sqlite:///{file}")
    prepare_engine(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only=ON")
    with pytest.raises(OperationalError, match="readonly"):
        write(engine)
    write(engine)
    engine.dispose()
    with sqlite3.connect(file) as found:
        assert found.execute("SELECT count(*) FROM letter").fetchone() == (1,)


def test_a_connection_in_use_meanwhile_is_closed_when_it_is_given_back(file: Path) -> None:
    """No connection from before goes back to the pool, where it would hold the old state."""
    engine = sa.create_engine(f"sqlite:///{file}")
    prepare_engine(engine)
    reader = engine.connect()
    before = reader.connection.dbapi_connection
    with engine.connect() as other:
        other.exec_driver_sql("PRAGMA query_only=ON")
        with pytest.raises(OperationalError, match="readonly"):
            other.exec_driver_sql("INSERT INTO letter VALUES ('x')")
    reader.close()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        before.execute("SELECT 1")
    engine.dispose()
