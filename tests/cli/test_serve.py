"""The server with its worker, as it is started: it answers, indexes, and ends cleanly."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from portal.adapters.archive_index import SearchRequest, open_index
from portal.config import Settings
from tests.archive import published
from tests.builders import World

ROOT = Path(__file__).resolve().parents[2]
DEADLINE_SECONDS = 30


def wait_for(state: Callable[[], object], what: str) -> None:
    """Wait until ``state`` is true; fail after the deadline."""
    end = time.monotonic() + DEADLINE_SECONDS
    while not state():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.1)


@dataclass
class Server:
    """A running ``letterbox serve``."""

    process: subprocess.Popen[bytes]
    address: str
    log: Path

    def status(self, path: str) -> int:
        """Return the status of a page, 0 while nobody answers."""
        try:
            with urllib.request.urlopen(f"{self.address}{path}", timeout=5) as answer:
                return int(answer.status)
        except OSError:
            return 0

    def said(self, words: str) -> bool:
        """Return whether ``words`` are in the log."""
        return words in self.log.read_text(encoding="utf-8")


@pytest.fixture
def server(settings: Settings, tmp_path: Path) -> Iterator[Server]:
    """A server with its worker on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path / "server.log"
    environment = os.environ | {
        "LETTERBOX_INSTANCE": str(settings.instance),
        "DATABASE_URL": settings.database_uri,
        "PORT": str(port),
        "LETTERBOX_WORKERS": "1",
        "PYTHONPATH": str(ROOT),
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "portal", "serve"],
            env=environment,
            cwd=tmp_path,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    server = Server(process, f"http://127.0.0.1:{port}", log)
    try:
        wait_for(lambda: server.status("/healthz") == 200, "the server")
        wait_for(lambda: server.said("worker_started"), "the worker")
        yield server
    finally:
        # The whole session goes: a killed server leaves server processes behind.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_the_worker_brings_what_is_published_into_the_index(
    server: Server, session: Session, settings: Settings, world: World
) -> None:
    """An entry published while the server runs is found without anybody's doing."""
    entry_id = published(session, world).id
    index = open_index(settings)

    def found() -> bool:
        return [h.entry_id for h in index.search(SearchRequest("路灯")).hits] == [entry_id]

    wait_for(lambda: (settings.index_folder / "current").exists() and found(), "the index")
    assert server.status("/readyz") == 200


def test_a_stopped_server_takes_its_worker_along(server: Server) -> None:
    """SIGTERM ends server and worker, and the address is free again."""
    server.process.terminate()
    server.process.wait(timeout=DEADLINE_SECONDS)
    assert server.said("worker_stopped")
    assert server.status("/healthz") == 0


def test_a_killed_server_leaves_no_worker(server: Server) -> None:
    """When the server is killed its worker notices and ends."""
    server.process.kill()
    server.process.wait()
    wait_for(lambda: server.said("worker_stopped"), "the end of the worker")
