"""A letterbox to be harmed: its server, people who write to it, and what it has acknowledged."""

import contextlib
import csv
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

from portal.app import create_app, ensure_database
from portal.config import Settings, load_settings
from portal.domain.access import SYSTEM
from portal.domain.letters.states import Source
from portal.models import Letter, db
from portal.services.office.tokens import create_token
from tests.cli.letters import PORTAL_COLUMNS, portal_row
from tests.servers import ROOT, Server, serving, wait_for
from tests.web.api.tokens import LETTER

IMPORTED = 4_000
"""Rows of the import that is killed with everything else."""


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
    def serving(self) -> Iterator[Server]:
        """Yield the running server, with two processes and the worker."""
        log = self.folder / "server.log"
        limits = {"LETTERBOX_LIMITS_ENABLED": "false", "LETTERBOX_WORKERS": "2"}
        with serving(self.settings, log, **limits) as server:
            yield server

    def numbers(self) -> list[str]:
        """Return the numbers of all letters that programs handed in."""
        with self.app.app_context():
            query = sa.select(Letter.number).where(Letter.source == Source.API)
            found = list(db.session.scalars(query))
            db.session.remove()
            db.engine.dispose()
        return found

    def imported(self) -> int:
        """Return the number of imported letters."""
        with self.app.app_context():
            query = sa.select(sa.func.count()).where(Letter.source == Source.IMPORT)
            found = db.session.scalar(query) or 0
            db.session.remove()
            db.engine.dispose()
        return found

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

    def write_import(self) -> Path:
        """Write the file of an import whose letters are to be published."""
        path = self.folder / "letters.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(PORTAL_COLUMNS))
            writer.writeheader()
            writer.writerows(portal_row(number) for number in range(IMPORTED))
        return path


class Writers:
    """People who write at the same time and send again what was not acknowledged."""

    def __init__(self, instance: Instance, server: Server, number: int = 8) -> None:
        self.instance, self.server = instance, server
        self.acknowledged: dict[str, str] = {}
        """The number of each letter by the key with which it was sent."""
        self.refused: dict[int, int] = {}
        """How often another status came back, by status; 0 is no answer."""
        self.in_flight = 0
        self._lock, self._stop = threading.Lock(), threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(n,)) for n in range(number)]
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

    def wait_for_one_in_flight(self) -> None:
        """Wait until a letter is sent and not answered yet."""
        while not self.in_flight:
            time.sleep(0.001)

    def _write(self, person: int) -> None:
        sent = 0
        while not self._stop.is_set():
            sent += 1
            key = f"{person}-{sent}"
            while key not in self.acknowledged:
                with self._lock:
                    self.in_flight += 1
                status, said = self.server.hand_in(self.instance.token, LETTER, key)
                with self._lock:
                    self.in_flight -= 1
                    if status == 201:
                        self.acknowledged[key] = said["data"]["number"]
                    else:
                        self.refused[status] = self.refused.get(status, 0) + 1
                if status != 201:
                    time.sleep(0.2)


def losses(instance: Instance, writers: Writers) -> tuple[int, int]:
    """Return how many acknowledged letters are lost, and how many are there twice or unasked."""
    kept, acknowledged = instance.numbers(), set(writers.acknowledged.values())
    return len(acknowledged - set(kept)), len(kept) - len(acknowledged & set(kept))


def kill_session(process: subprocess.Popen[str]) -> bool:
    """Kill a command with all it started; return whether it was still at work."""
    at_work = process.poll() is None
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return at_work
