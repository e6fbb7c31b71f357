"""A bounded cache of what queries found, each value valid for one version of what it was found in."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session

Value = TypeVar("Value")
_Entries = OrderedDict[Hashable, tuple[Hashable, Value]]


class VersionedCache(Generic[Value]):
    """Up to ``most`` values of this process for each database; those not asked for longest go first.

    Threads share them, and nobody may change one. No value is ``None``.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._entries: WeakKeyDictionary[Engine, _Entries[Value]] = WeakKeyDictionary()
        self._lock = Lock()

    def get(self, session: Session, key: Hashable, version: Hashable) -> Value | None:
        """Return the value of ``key`` in this ``version``, ``None`` where it is not kept."""
        with self._lock:
            known = self._entries.get(_engine(session), OrderedDict())
            if key not in known or known[key][0] != version:
                return None
            known.move_to_end(key)
            return known[key][1]

    def put(self, session: Session, key: Hashable, version: Hashable, value: Value) -> None:
        """Keep the value of ``key`` in place of that of any other version."""
        with self._lock:
            known = self._entries.setdefault(_engine(session), OrderedDict())
            known[key] = (version, value)
            known.move_to_end(key)
            while len(known) > self._most:
                known.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()


def _engine(session: Session) -> Engine:
    bind = session.get_bind()
    return bind.engine if isinstance(bind, Connection) else bind
