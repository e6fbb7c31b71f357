"""A served instance: ``letterbox serve`` with its worker, on a new instance folder."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from flask import Flask
from flask_migrate import upgrade

from portal.app import create_app
from portal.config import Settings, load_settings
from portal.instance_folder import SOURCE_ROOT
from portal.models import db
from tests.builders import World, a_world

DEADLINE = 60.0
"""Seconds for what happens by itself: the server opens, the worker indexes."""
Value = TypeVar("Value")


@dataclass(frozen=True)
class Instance:
    """A served instance: its address, and access to its database for what no page shows."""

    address: str
    app: Flask
    settings: Settings
    places: dict[str, int]
    people: dict[str, int]
    states: dict[str, object] = field(default_factory=dict)
    """Cookies of people who have logged in once, so that tests need not log in again."""

    @contextmanager
    def inside(self) -> Iterator[World]:
        """Open the database and offer the world in it."""
        with self.app.app_context():
            try:
                yield World(db.session(), self.places, self.people)
            finally:
                db.session.remove()


def now() -> datetime:
    """Return the present moment; the server has no other clock."""
    return datetime.now(UTC)


def days_ago(days: float) -> datetime:
    """Return the moment so many days ago."""
    return now() - timedelta(days=days)


def eventually(look: Callable[[], Value], what: str, deadline: float = DEADLINE) -> Value:
    """Return the first true answer of ``look``; fail when there is none by the deadline."""
    until = time.monotonic() + deadline
    while not (answer := look()):
        if time.monotonic() > until:
            raise AssertionError(f"{what}: not within {deadline:.0f} s")
        time.sleep(0.1)
    return answer


@contextmanager
def a_served_instance(
    folder: Path, keys: Path, password_hash: str, own: str = ""
) -> Iterator[Instance]:
    """Create the small world in ``folder`` and serve it, with the settings ``own``, until the block ends."""
    root = folder / "instance"
    root.mkdir()
    shutil.copytree(keys, root / "keys")
    (root / "portal.toml").write_text(own, "utf-8")
    port = _free_port()
    settings = load_settings(instance=root, port=port)
    app = create_app(settings)
    with app.app_context():
        upgrade()
        world = a_world(db.session(), password_hash, days_ago(400))
        db.session.remove()
    log = folder / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "portal", "serve", "--workers", "1"],
            cwd=SOURCE_ROOT,
            env={
                **os.environ,
                "LETTERBOX_INSTANCE": str(root),
                "PORT": str(port),
                # Journeys look at pages right after something changed.
                "LETTERBOX_PAGE_CACHE_SECONDS": "0",
            },
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    instance = Instance(settings.public_url, app, settings, world.places, world.people)
    try:
        eventually(lambda: _answers(server, log, instance.address), "the server opens")
        yield instance
    finally:
        server.terminate()
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        with app.app_context():
            db.engine.dispose()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(server: subprocess.Popen[bytes], log: Path, address: str) -> bool:
    if server.poll() is not None:
        raise AssertionError(f"the server ended:\n{log.read_text(errors='replace')[-4000:]}")
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
