"""Pages that a process keeps for a moment, so that a crowd costs one rendering."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from threading import Lock


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page as it was sent: its bytes, its headers, and the moment until which it is good.

    One that was made of a ``state`` is good again as long as that has not changed, but no longer
    than until ``last``.
    """

    body: bytes
    headers: tuple[tuple[str, str], ...]
    until: float
    state: Hashable = None
    last: float = 0.0


class KeptPages:
    """The pages that were sent last, up to ``most`` bytes; what was not asked for goes first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held = 0
        self._pages: OrderedDict[str, KeptPage] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str, now: float) -> KeptPage | None:
        """Return the page kept under ``key`` that is good at ``now`` (seconds of any clock)."""
        with self._lock:
            page = self._pages.get(key)
            if page is None or page.until <= now:
                return None
            self._pages.move_to_end(key)
            return page

    def renew(self, key: str, now: float, until: float, state: Hashable) -> KeptPage | None:
        """Return the page made of ``state`` and keep it until another moment, ``None`` without one."""
        with self._lock:
            page = self._pages.get(key)
            if page is None or page.state != state or page.last <= now:
                return None
            self._pages[key] = replace(page, until=min(until, page.last))
            self._pages.move_to_end(key)
            return page

    def put(
        self,
        key: str,
        body: bytes,
        headers: Iterable[tuple[str, str]],
        until: float,
        state: Hashable = None,
        last: float = 0.0,
    ) -> None:
        """Keep a page under ``key``; one that is too large by itself is not kept."""
        with self._lock:
            replaced = self._pages.pop(key, None)
            self._held += len(body) - (len(replaced.body) if replaced else 0)
            self._pages[key] = KeptPage(body, tuple(headers), until, state, last)
            while self._held > self._most:
                _, page = self._pages.popitem(last=False)
                self._held -= len(page.body)
