"""Real servers with their processes, started as an operator starts them."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.config import Settings

ROOT = Path(__file__).resolve().parents[1]
DEADLINE_SECONDS = 30
REQUEST_SECONDS = 20
"""How long a request that writes may take."""


def wait_for(state: Callable[[], object], what: str, seconds: float = DEADLINE_SECONDS) -> float:
    """Wait until ``state`` is true and return the seconds it took; fail after the deadline."""
    begun = time.monotonic()
    while not state():
        assert time.monotonic() - begun < seconds, f"waited in vain for {what}"
        time.sleep(0.1)
    return time.monotonic() - begun


@dataclass
class Server:
    """A running ``letterbox serve``."""

    process: subprocess.Popen[bytes]
    address: str
    log: Path

    def status(self, path: str, seconds: float = 5) -> int:
        """Return the status of a page, 0 where nobody answers within ``seconds``."""
        try:
            with urllib.request.urlopen(f"{self.address}{path}", timeout=seconds) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def hand_in(self, token: str, letter: dict[str, Any], key: str) -> tuple[int, dict[str, Any]]:
        """Hand a letter in as a program does; return status (0: no answer) and what was said."""
        request = urllib.request.Request(
            f"{self.address}/api/v1/letters",
            data=json.dumps(letter).encode(),
            headers={
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/json",
                "Idempotency-Key": key,
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=REQUEST_SECONDS) as answer:
                return int(answer.status), json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, {}
        except (OSError, ValueError):
            return 0, {}

    def said(self, words: str) -> bool:
        """Return whether ``words`` are in the log."""
        return words in self.log.read_text(encoding="utf-8")

    def processes(self) -> list[int]:
        """Return the processes of the server that live, its own included."""
        return processes_of(self.process.pid)

    def kill(self) -> None:
        """Kill every process of the server at once."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def processes_of(session: int) -> list[int]:
    """Return the processes of a session that live; one that has ended but for its entry does not."""
    found = []
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (place / "stat").read_text().rpartition(")")[2].split()
                if int(fields[3]) == session and fields[0] != "Z":
                    found.append(int(place.name))
    return found


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(
    settings: Settings,
    log: Path,
    *options: str,
    before: tuple[str, ...] = (),
    **variables: str,
) -> Server:
    """Start a server with its worker; ``PORT`` among ``variables`` chooses the port.

    ``before`` is a command that is given the command of the server.
    """
    port = variables.setdefault("PORT", str(free_port()))
    environment = os.environ | {
        "LETTERBOX_INSTANCE": str(settings.instance),
        "DATABASE_URL": settings.database_uri,
        "LETTERBOX_WORKERS": "1",
        "PYTHONPATH": str(ROOT),
    }
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*before, sys.executable, "-m", "portal", "serve", *options],
            env=environment | variables,
            cwd=log.parent,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    return Server(process, f"http://127.0.0.1:{port}", log)


@contextlib.contextmanager
def serving(
    settings: Settings,
    log: Path,
    *options: str,
    before: tuple[str, ...] = (),
    **variables: str,
) -> Iterator[Server]:
    """Yield a server that answers; kill all of its processes at the end."""
    server = start(settings, log, *options, before=before, **variables)
    try:
        wait_for(lambda: server.status("/healthz") == 200, "the server")
        yield server
    finally:
        server.kill()
