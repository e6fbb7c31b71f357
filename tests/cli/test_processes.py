"""Servers that are killed, stopped with work in hand, or started twice on one letterbox."""

import os
import signal
import sqlite3
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.models import Letter, db
from tests.builders import World
from tests.cli.conftest import Command, one_line
from tests.databases import ON_POSTGRES, Sqlite
from tests.servers import free_port, serving, start, wait_for
from tests.web.api.tokens import LETTER, a_token

ORPHANS_END_SECONDS = 5
STOP_SECONDS = 10


def test_after_a_kill_of_the_master_the_next_server_starts(
    settings: Settings, session: Session, tmp_path: Path
) -> None:
    """The processes of a killed master end within five seconds; the same port serves again."""
    db.engine.dispose()
    port = str(free_port())
    with serving(settings, tmp_path / "first.log", PORT=port, LETTERBOX_WORKERS="2") as first:
        wait_for(lambda: first.said("worker_started"), "the worker")
        assert len(first.processes()) >= 4
        os.kill(first.process.pid, signal.SIGKILL)
        first.process.wait()
        wait_for(lambda: not first.processes(), "the end of all", ORPHANS_END_SECONDS)
        with serving(settings, tmp_path / "second.log", PORT=port) as second:
            assert second.status("/") == 200


def test_a_server_started_right_after_a_kill_waits_for_what_is_left(
    settings: Settings, session: Session, tmp_path: Path
) -> None:
    """Who starts again at once, as a service manager does, need not try twice."""
    db.engine.dispose()
    with serving(settings, tmp_path / "first.log") as first:
        os.kill(first.process.pid, signal.SIGKILL)
        first.process.wait()
        assert first.processes()
        with serving(settings, tmp_path / "second.log") as second:
            assert second.status("/") == 200


def test_a_second_server_on_one_sqlite_database_is_refused(
    settings: Settings, session: Session, tmp_path: Path
) -> None:
    """It names the process and the address of the first; on PostgreSQL several may serve."""
    db.engine.dispose()
    with serving(settings, tmp_path / "first.log") as first:
        if ON_POSTGRES:
            with serving(settings, tmp_path / "second.log", "--no-worker") as second:
                assert (first.status("/"), second.status("/")) == (200, 200)
            return
        second = start(settings, tmp_path / "second.log")
        assert second.process.wait(30) == 1
        said = second.log.read_text()
        assert f"process {first.process.pid}" in said and first.address in said
        assert "Traceback" not in said
        assert first.status("/") == 200


@pytest.mark.usefixtures("client_programs")
def test_nothing_is_restored_under_a_running_server(
    settings: Settings, session: Session, tmp_path: Path, command: Command
) -> None:
    """A restore is refused while a server or a worker uses the instance."""
    assert command("backup", tmp_path / "backups").exit_code == 0
    db.engine.dispose()
    with serving(settings, tmp_path / "first.log", "--no-worker") as first:
        result = command("restore", tmp_path / "backups", "--force")
        assert result.exit_code == 1
        assert f"process {first.process.pid}" in one_line(result)


@pytest.mark.skipif(ON_POSTGRES, reason="holds the write lock of a SQLite file")
def test_a_letter_in_flight_is_taken_in_before_the_server_ends(
    settings: Settings,
    session: Session,
    world: World,
    tmp_path: Path,
    database: Sqlite,
) -> None:
    """SIGTERM while a letter waits for the database: it is acknowledged, and it is there."""
    token = a_token(world, settings.key("code"))
    session.rollback()
    db.engine.dispose()
    answers: list[int] = []
    with serving(settings, tmp_path / "server.log", "--no-worker") as server:
        holder = sqlite3.connect(database.file, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        sender = threading.Thread(
            target=lambda: answers.append(server.hand_in(token, LETTER, "in flight")[0])
        )
        sender.start()
        time.sleep(1.5)
        server.process.terminate()
        begun = time.monotonic()
        time.sleep(1)
        assert not answers, "the letter was not in flight"
        holder.execute("ROLLBACK")
        holder.close()
        sender.join()
        server.process.wait(STOP_SECONDS)
        assert time.monotonic() - begun < STOP_SECONDS
    assert answers == [201]
    session.rollback()
    assert session.scalar(sa.select(sa.func.count()).select_from(Letter)) == 1
