"""The processes of a letterbox: who serves it, and that none outlives the one that started it."""

from __future__ import annotations

import fcntl
import os
import signal
import threading
import time
from pathlib import Path
from typing import IO

SERVER, WORKER = ".server.lock", ".worker.lock"
"""The locks of an instance: of whoever serves it, and of its workers."""
ORPHAN_POLL_SECONDS = 0.5
ORPHAN_GRACE_SECONDS = 2.0
"""Seconds in which a process without its parent may finish what it is at."""
WAIT_SECONDS = 6.0
"""Seconds to wait for the processes of a server that was killed, which are about to end."""


class InUse(Exception):
    """Another process holds a lock; ``holder`` is what it wrote about itself."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


def end_with(parent: int) -> None:
    """Have this process end within five seconds after the process ``parent`` is gone.

    A thread looks after it, so that a process that is busy or waits ends as well: it is asked by
    SIGTERM first, so that requests in flight are answered.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(ORPHAN_POLL_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(ORPHAN_GRACE_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def hold(path: Path, said: str, *, shared: bool = False, wait: bool = False) -> IO[str]:
    """Hold the lock ``path`` until the returned file is closed or the process ends.

    ``said`` is what others read about the holder. Any number of processes may share a lock that
    nobody holds alone. With ``wait`` a holder that is gone itself, but for processes that it has
    started, is waited for. Raises :class:`InUse`.
    """
    file = path.open("a+", encoding="utf-8")
    operation = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB
    end = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            fcntl.flock(file, operation)
            break
        except BlockingIOError as error:
            file.seek(0)
            pid, _, holder = file.read().partition(" ")
            if not wait or _lives(pid) or time.monotonic() > end:
                file.close()
                raise InUse(f"process {pid} {holder}".strip()) from error
            time.sleep(ORPHAN_POLL_SECONDS)
    file.truncate(0)
    file.write(f"{os.getpid()} {said}")
    file.flush()
    return file


def _lives(pid: str) -> bool:
    """Return whether the process lives; one whose number is not known does."""
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except (ValueError, OSError):
        return True
    return True
