"""Keys that are not those of the database, and servers that set one database up together."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.domain.integrity.keys import key_id
from portal.models import KeyCheck, RecordHead
from portal.services.core.unit import writing
from tests.builders import START, World, a_letter
from tests.cli.conftest import Command, one_line
from tests.databases import ON_POSTGRES, Postgres
from tests.servers import ROOT


def rows(session: Session) -> dict[str, str]:
    """Return the check values in the database."""
    session.rollback()
    return {row.name: row.value for row in session.scalars(sa.select(KeyCheck))}


def data_name(settings: Settings) -> str:
    """Return the name under which the database knows the newest data key."""
    return f"data-{key_id(settings.data_keys[0])}"


@pytest.mark.parametrize("name", ["data", "code", "lookup", "record"])
def test_another_key_is_refused_and_named(
    session: Session, settings: Settings, command: Command, name: str
) -> None:
    """Nothing starts with the key of another database; with the right one everything does."""
    assert command("user", "list").exit_code == 0
    kept = rows(session)
    assert set(kept) == {"code", "lookup", "record", data_name(settings)}
    needed = data_name(settings)
    file = settings.instance / "keys" / f"{name}.key"
    right = file.read_text()
    file.write_text("ab" * 32)
    result = command("serve")
    assert result.exit_code == 2
    said = f"lacks the {needed.replace('data-', 'data key ')}" if name == "data" else str(file)
    assert said in one_line(result)
    checked = command("check")
    assert checked.exit_code == 3
    said = f"the {needed.replace('data-', 'data key ')} is missing"
    assert (
        said if name == "data" else f"{name}.key is not the key of this database"
    ) in checked.stdout
    assert rows(session) == kept
    file.write_text(right)
    assert command("user", "list").exit_code == 0


def test_a_database_without_check_values_must_be_readable(
    session: Session, world: World, settings: Settings, command: Command
) -> None:
    """A database of an earlier version with letters is not taken over by another key."""
    a_letter(session, world)
    session.rollback()
    file = settings.instance / "keys" / "data.key"
    right = file.read_text()
    file.write_text("ab" * 32)
    assert command("user", "list").exit_code == 2
    assert rows(session) == {}
    file.write_text(right)
    assert command("user", "list").exit_code == 0
    assert set(rows(session)) == {"code", "lookup", "record", data_name(settings)}


def test_a_record_of_another_key_is_not_taken_over(
    session: Session, settings: Settings, command: Command
) -> None:
    """A database of an earlier version whose heads another key has signed refuses the key of the folder."""
    with writing() as unit:
        head = {"day": START.date(), "size": 0, "root": "0" * 64, "signature": "0" * 128}
        unit.add(RecordHead(**head, public_key="0" * 64, signed_at=START))
    result = command("user", "list")
    assert result.exit_code == 2
    assert "record.key" in one_line(result)
    assert rows(session) == {}


@pytest.mark.skipif(
    not ON_POSTGRES, reason="several servers set up one database on PostgreSQL alone"
)
def test_processes_that_start_together_migrate_once(
    database: Postgres, settings: Settings, tmp_path: Path
) -> None:
    """Three processes with instance folders of their own find an empty database; all succeed."""
    with psycopg.connect(database.plain, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS together WITH (FORCE)")
        connection.execute("CREATE DATABASE together")
    address = database.server.get_uri(database="together")
    started = []
    for number in range(3):
        folder = tmp_path / f"instance {number}"
        shutil.copytree(settings.instance / "keys", folder / "keys")
        variables = {
            "LETTERBOX_INSTANCE": str(folder),
            "DATABASE_URL": address,
            "PYTHONPATH": str(ROOT),
        }
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", "portal", "organisation", "list"],
                env=os.environ | variables,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
    ended = [(*process.communicate(timeout=240), process.returncode) for process in started]
    assert [status for _, _, status in ended] == [0, 0, 0], ended
    with psycopg.connect(address) as connection:
        row = connection.execute("SELECT count(*) FROM organisation").fetchone()
    assert row == (1,)
