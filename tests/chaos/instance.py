"""A letterbox to be harmed: its server, people who write to it, and what it has acknowledged."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.app import create_app, ensure_database
from portal.config import Settings, load_settings
from portal.domain.access import SYSTEM
from portal.domain.letters.states import Source
from portal.models import PUBLIC, ArchiveEntry, Letter, db
from portal.services.office.tokens import create_token
from tests.cli.letters import portal_row, write
from tests.servers import ROOT, Server, serving, wait_for
from tests.web.api.tokens import LETTER

PUBLISHING = ("import", "--publish", "--source", "faults")
"""The command that imports letters and publishes their answers."""


class Instance:
    """A letterbox in a folder of its own, with a token for programs."""

    def __init__(self, folder: Path, database_url: str = "") -> None:
        self.folder = folder
        self.settings: Settings = load_settings(
            instance=folder / "instance", database_url=database_url, log_level="ERROR"
        )
        self.app = create_app(self.settings)
        now = datetime.now(UTC)
        ensure_database(self.app, now)
        with self.app.app_context():
            self.token = create_token("faults", self.settings.key("code"), SYSTEM, now)
            db.session.remove()
            db.engine.dispose()

    @property
    def environment(self) -> dict[str, str]:
        """The environment of commands on the letterbox."""
        return os.environ | {
            "LETTERBOX_INSTANCE": str(self.settings.instance),
            "DATABASE_URL": self.settings.database_uri,
            "LETTERBOX_LIMITS_ENABLED": "false",
            "PYTHONPATH": str(ROOT),
        }

    def command(self, *words: str) -> subprocess.Popen[str]:
        """Start a command in a session of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "portal", *words],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    @contextlib.contextmanager
    def serving(self, *before: str, **variables: str) -> Iterator[Server]:
        """Yield the running server, with two processes and the worker."""
        log = self.folder / "server.log"
        given = {"LETTERBOX_LIMITS_ENABLED": "false", "LETTERBOX_WORKERS": "2"} | variables
        with serving(self.settings, log, before=before, **given) as server:
            yield server

    @contextlib.contextmanager
    def session(self) -> Iterator[Session]:
        """Yield a session on the database; what it changes is stored."""
        with self.app.app_context():
            yield db.session()
            db.session.commit()
            db.session.remove()
            db.engine.dispose()

    def numbers(self) -> list[str]:
        """Return the numbers of all letters that programs handed in."""
        with self.session() as session:
            query = sa.select(Letter.number).where(Letter.source == Source.API)
            return list(session.scalars(query))

    def imported(self) -> int:
        """Return the number of imported letters."""
        with self.session() as session:
            query = sa.select(sa.func.count()).where(Letter.source == Source.IMPORT)
            return session.scalar(query) or 0

    def revisions(self) -> dict[int, int]:
        """Return the revision of each public entry by its id."""
        with self.session() as session:
            query = sa.select(ArchiveEntry.id, ArchiveEntry.revision).where(PUBLIC)
            return dict(session.execute(query).all())

    def wait_until_well(self, seconds: float = 300) -> tuple[bool, str]:
        """Run ``letterbox check`` until nothing is found; return whether, and what it last said."""
        end, said = time.monotonic() + seconds, ""
        while time.monotonic() < end:
            check = self.command("check")
            said = check.communicate()[0]
            if check.returncode == 0:
                return True, said
            time.sleep(1)
        return False, said

    def write_import(self, rows: int, name: str = "letters") -> Path:
        """Write a file of so many letters that are to be published."""
        path = self.folder / f"{name}.csv"
        return write(path, [portal_row(number, id=f"{name}-{number}") for number in range(rows)])

    def publish(self, rows: int, name: str = "letters") -> None:
        """Import and publish so many letters, and wait for the end."""
        importing = self.command(*PUBLISHING, str(self.write_import(rows, name)))
        said = importing.communicate()[0]
        assert importing.returncode == 0, f"the import ended with {said[-200:]!r}"


class Writers:
    """People who write at the same time and send again what was not acknowledged."""

    def __init__(self, instance: Instance, server: Server, number: int = 8) -> None:
        self.instance, self.server = instance, server
        self.acknowledged: dict[str, str] = {}
        """The number of each letter by the key with which it was sent."""
        self.refused: dict[int, int] = {}
        """How often another status came back, by status; 0 is no answer."""
        self.in_flight: dict[int, str] = {}
        """The key of the letter that each person has sent and that is not answered yet."""
        self.unanswered: set[str] = set()
        """The keys of letters of which a sending was not answered."""
        self._lock, self._stop = threading.Lock(), threading.Event()
        self._threads = [
            threading.Thread(target=self._write, args=(n,), daemon=True) for n in range(number)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Wait until everybody's last letter is acknowledged."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def wait_for_more(self, more: int) -> None:
        """Wait until so many further letters are acknowledged."""
        least = len(self.acknowledged) + more
        wait_for(lambda: len(self.acknowledged) >= least, "letters", 120)

    def wait_for_some_in_flight(self) -> set[str]:
        """Wait until letters are sent and not answered yet; return their keys."""
        while not (keys := set(self.in_flight.values())):
            time.sleep(0.001)
        return keys

    def _write(self, person: int) -> None:
        sent = 0
        while not self._stop.is_set():
            sent += 1
            key = f"{person}-{sent}"
            while key not in self.acknowledged:
                with self._lock:
                    self.in_flight[person] = key
                status, said = self.server.hand_in(self.instance.token, LETTER, key)
                with self._lock:
                    del self.in_flight[person]
                    if status == 201:
                        self.acknowledged[key] = said["data"]["number"]
                    else:
                        self.refused[status] = self.refused.get(status, 0) + 1
                    if status == 0:
                        self.unanswered.add(key)
                if status != 201:
                    time.sleep(0.2)


def losses(instance: Instance, writers: Writers) -> tuple[int, int]:
    """Return how many acknowledged letters are lost, and how many are there twice or unasked.

    A number that two letters have counts as one that is lost.
    """
    kept, numbers = instance.numbers(), writers.acknowledged.values()
    acknowledged = set(numbers)
    lost = len(numbers) - len(acknowledged & set(kept))
    return lost, len(kept) - len(acknowledged & set(kept))


def kill_session(process: subprocess.Popen[str]) -> bool:
    """Kill a command with all it started; return whether it was still at work."""
    at_work = process.poll() is None
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return at_work
