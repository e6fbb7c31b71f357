"""A simulation that was broken off is recognised, and goes on where it stopped."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.cli import indexing
from portal.config import Settings
from portal.tools.simulation import run as load
from tests.cli.conftest import Command, one_line
from tests.conftest import Once

MANY = (
    "simulate",
    "--year",
    2016,
    "--no-index",
    "--received",
    6500,
    "--closed",
    5600,
    "--published",
    4100,
    "--seed",
    5,
)
FEW = (
    "simulate",
    "--year",
    2016,
    "--no-index",
    "--received",
    300,
    "--closed",
    250,
    "--published",
    170,
)
PATIENCE = 60.0


def letters(engine: sa.Engine) -> int:
    """Return how many letters are stored, 0 before there is a database."""
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("letter"):
            return 0
        return connection.scalar(sa.text("SELECT count(*) FROM letter")) or 0


@pytest.mark.slow
def test_a_killed_simulation_is_finished_by_the_same_command(
    command: Command, settings: Settings, tmp_path: Path
) -> None:
    """Killed between two batches and started again, it writes what it would have written."""
    environment = os.environ | {
        "LETTERBOX_INSTANCE": str(settings.instance),
        "DATABASE_URL": settings.database_uri,
    }
    engine = sa.create_engine(settings.database_uri)
    process = subprocess.Popen(
        [sys.executable, "-m", "portal", *map(str, MANY)],
        env=environment,
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + PATIENCE
    while letters(engine) == 0 and process.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    left = letters(engine)
    engine.dispose()
    assert 0 < left < 6500
    again = command(*MANY)
    assert again.exit_code == 0, again.output
    elsewhere = {"LETTERBOX_INSTANCE": str(tmp_path / "whole"), "DATABASE_URL": ""}
    assert command(*MANY, **elsewhere).exit_code == 0
    report = ("report", 2016, "--format", "json")
    assert command(*report).stdout == command(*report, **elsewhere).stdout


@pytest.fixture
def broken(command: Command, monkeypatch: pytest.MonkeyPatch, once: Once) -> None:
    """An instance in which a simulation was stopped from the keyboard after its second batch."""
    once(f"{__name__}.broken", lambda: break_off(command, monkeypatch))


def break_off(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin a simulation and stop it."""
    calls = iter((load._flush, load._flush, _stop))
    with monkeypatch.context() as patch:
        patch.setattr(load, "BATCH", 100)
        patch.setattr(load, "_flush", lambda *given: next(calls)(*given))
        result = command(*FEW)
    assert result.exit_code == 1
    assert "Give the same command again, and it goes on from here." in result.stderr


def _stop(*_given: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.usefixtures("broken")
def test_other_options_are_told_which_it_began_with(command: Command) -> None:
    """Another simulation is refused with the options that finish the one that was broken off."""
    said = one_line(command(*FEW, "--seed", 2))
    assert "--year 2016 --received 300 --closed 250 --published 170 --seed 1" in said
    assert "LETTERBOX_INSTANCE" in said


def test_what_is_complete_is_not_done_again(
    command: Command, broken: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Finished once, it has its counts, and the same command again only says so."""
    monkeypatch.setattr(load, "BATCH", 100)
    assert command(*FEW).exit_code == 0
    assert "共收到群众来信300件，办结信件250件" in command("report", 2016).output
    assert "complete" in one_line(command(*FEW))


@pytest.mark.usefixtures("broken")
def test_an_instance_changed_meanwhile_is_not_resumed(
    command: Command, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Letters that the simulation would not have written stop it before it writes anything."""
    engine = sa.create_engine(settings.database_uri)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE letter SET title = 'x' WHERE id = 200"))
    monkeypatch.setattr(load, "BATCH", 100)
    assert "is in use already" in one_line(command(*FEW))
    assert letters(engine) == 200
    engine.dispose()


@pytest.mark.usefixtures("broken")
def test_a_report_of_a_part_says_so(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures of what was written before a simulation was broken off come with a warning."""
    result = command("report", 2016)
    assert "was broken off here" in result.stderr and "--received 300" in result.stderr
    monkeypatch.setattr(load, "BATCH", 100)
    command(*FEW)
    assert "broken off" not in command("report", 2016).stderr


def test_an_index_that_was_broken_off_is_built_by_the_same_command(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped while the index is built, the same command builds it and is content."""
    specification = [each for each in FEW if each != "--no-index"]
    with monkeypatch.context() as patch:
        patch.setattr(indexing, "rebuild", _stop)
        result = command(*specification)
    assert result.exit_code == 1 and "Give the same command again" in result.stderr
    again = command(*specification)
    assert again.exit_code == 0 and "170 entries indexed" in again.output
    assert "complete" in one_line(command(*specification))
