"""The worker rotates keys and erases senders by itself, where a command or a setting says so."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.domain.letters.states import State
from portal.models import KeyRotation
from tests.builders import World, a_letter
from tests.cli.conftest import Command
from tests.servers import ROOT, wait_for


@contextmanager
def working(settings: Settings, log: Path, **variables: str) -> Iterator[None]:
    """Run ``letterbox work`` meanwhile."""
    environment = {
        "LETTERBOX_INSTANCE": str(settings.instance),
        "DATABASE_URL": settings.database_uri,
        "PYTHONPATH": str(ROOT),
    }
    with log.open("wb") as output:
        worker = subprocess.Popen(
            [sys.executable, "-m", "portal", "work"],
            env=os.environ | environment | variables,
            stdout=output,
            stderr=output,
        )
        try:
            yield
        finally:
            worker.terminate()
            worker.wait(30)


def test_the_worker_rotates_and_erases(
    session: Session, world: World, settings: Settings, command: Command, tmp_path: Path
) -> None:
    """A rotation that was begun ends, and a sender whose period is over goes; one in progress stays."""
    old = a_letter(session, world, State.CLOSED)
    open_letter = a_letter(session, world, State.IN_PROGRESS)
    session.rollback()
    command("key", "add")
    command("key", "rotate")

    def done() -> bool:
        session.rollback()
        session.expire_all()
        rotation = session.scalars(sa.select(KeyRotation)).one()
        return rotation.ended_at is not None and old.erased

    periods = {"LETTERBOX_RETENTION_YEARS": "5", "LETTERBOX_RETENTION_DAILY": "true"}
    with working(settings, tmp_path / "worker.log", **periods):
        wait_for(done, "the worker", 90)
    assert open_letter.sender_name == "周晓兰"
