"""The line of the writers of one process, where the database takes one writer at a time.

SQLite has whoever finds another writer ask again and again, for seconds, in no order; each that waits
keeps a thread from serving pages. Here the writers of a process stand in line before they ask. Where
the line has come to a standstill, as behind a lock that another process holds, only its first goes
on waiting; the others are refused, and so is who comes later.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

SECONDS = 5.0
"""How long a writer waits for its turn at most."""
STANDSTILL_SECONDS = 1.0
"""How long a writer has its turn until the line behind it is at a standstill."""
_making = threading.Lock()
_of_engines: WeakKeyDictionary[Engine, Turns] = WeakKeyDictionary()


class NoTurn(Exception):
    """The turn did not come in time."""


class Turns:
    """One line of writers: who came first has the turn, the others wait behind."""

    def __init__(
        self, seconds: float = SECONDS, standstill_seconds: float = STANDSTILL_SECONDS
    ) -> None:
        self._seconds, self._standstill = seconds, standstill_seconds
        self._line: deque[object] = deque()
        self._moved = threading.Condition()
        self._moved_at = 0.0

    @contextmanager
    def turn(self, seconds: float | None = None) -> Iterator[None]:
        """Wait for the turn and have it until the end of the block; raises :class:`NoTurn`.

        ``seconds`` are how long this writer waits at most, if that is not as long as all.
        """
        ticket = object()
        with self._moved:
            self._line.append(ticket)
            if not self._wait(
                ticket, time.monotonic() + (self._seconds if seconds is None else seconds)
            ):
                self._line.remove(ticket)
                raise NoTurn
            self._moved_at = time.monotonic()
        try:
            yield
        finally:
            with self._moved:
                self._line.remove(ticket)
                self._moved_at = time.monotonic()
                self._moved.notify_all()

    def _wait(self, ticket: object, end: float) -> bool:
        """Return whether ``ticket`` is the first of the line before its time is over."""
        while (place := self._line.index(ticket)) > 0:
            until = end if place == 1 else min(end, self._moved_at + self._standstill)
            left = until - time.monotonic()
            if left <= 0:
                return False
            self._moved.wait(left)
        return True


def turns_of(engine: Engine) -> Turns:
    """Return the line of the writers of ``engine`` in this process."""
    with _making:
        return _of_engines.setdefault(engine, Turns())
