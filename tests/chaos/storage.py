"""A SQLite database that cannot be written: locked, on a full disk, read-only."""

import contextlib
import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.chaos.instance import Instance
from tests.chaos.steps import Row, through
from tests.servers import Server, wait_for

LOCKED_SECONDS = 30
TMPFS = "48m"
AS_OTHERS = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search")
"""Runs a command without the right of root to write what is read-only."""


def locked(folder: Path) -> Row:
    """Hold the write lock for half a minute."""
    instance = Instance(folder)

    @contextlib.contextmanager
    def fault(_server: Server) -> Iterator[None]:
        holder = sqlite3.connect(instance.settings.instance / "letterbox.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        yield
        holder.execute("ROLLBACK")
        holder.close()

    return through("lock held 30 s", instance, fault, LOCKED_SECONDS)


def full(folder: Path) -> Row:
    """Fill the disk of an instance, then make room again."""
    place = folder / "small"
    place.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={TMPFS}", "tmpfs", str(place)]
    mounted = subprocess.run(mounting, capture_output=True, check=False)
    if mounted.returncode != 0:
        return Row("disk full", "a small file system needs root", None)
    try:
        instance = Instance(place)

        @contextlib.contextmanager
        def fault(_server: Server) -> Iterator[None]:
            ballast = place / "ballast"
            with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
                while True:
                    file.write(b"\0" * 4096)
            yield
            ballast.unlink()

        return through("disk full", instance, fault, 10)
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


def read_only(folder: Path) -> Row:
    """Forbid writing the database under processes that start again, then allow it."""
    instance = Instance(folder)

    @contextlib.contextmanager
    def fault(server: Server) -> Iterator[None]:
        files = list(instance.settings.instance.glob("letterbox.db*"))
        modes = [file.stat().st_mode for file in files]
        for file in files:
            file.chmod(0o444)
        # Who has the file open may go on writing, so those that serve must open it again.
        for process in set(server.processes()) - {server.process.pid}:
            os.kill(process, signal.SIGKILL)
        wait_for(lambda: server.status("/healthz") == 200, "the processes that serve")
        yield
        for file, mode in zip(files, modes, strict=True):
            file.chmod(mode)

    user = AS_OTHERS if os.geteuid() == 0 else ()
    return through("database read-only", instance, fault, 15, user=user)
