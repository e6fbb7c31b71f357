"""What every channel has in common: what it gets, what it answers, and how long it may take."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from portal.domain.messages.states import Outcome


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message as a channel gets it.

    ``key`` is the same for every attempt. ``address`` is a mail address, a telephone number or the
    name of a webhook; ``stop`` the address of the one-click way out, ``template`` the occasion.
    ``text`` is the whole message where there is only one text (SMS, the JSON of a webhook).
    """

    key: str
    address: str
    text: str
    at: datetime
    subject: str = ""
    html: str = ""
    language: str = ""
    stop: str = ""
    template: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What an attempt came to; ``reference`` is the peer's own name for the message, if it gave one.

    ``said`` explains a failure to the operator and holds no address.
    """

    outcome: Outcome
    said: str = ""
    reference: str = ""


class MessageChannel(Protocol):
    """A way on which messages leave."""

    def send(self, parcel: Parcel) -> Delivery:
        """Hand one message over; every expected fault is an outcome, not an exception."""

    def close(self) -> None:
        """Close what is open to the peer."""


class Overdue(Exception):
    """The peer took longer than allowed for the whole exchange."""


@contextmanager
def within(seconds: float, sockets: Callable[[], socket.socket | None]) -> Iterator[None]:
    """Cut the connection of ``sockets()`` once ``seconds`` are over, and raise :class:`Overdue`.

    The time-out of a socket bounds each read; a peer that sends a byte now and then would hold the
    thread for ever.
    """
    over = threading.Event()

    def cut() -> None:
        over.set()
        connection = sockets()
        if connection is not None:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception as error:
        if over.is_set():
            raise Overdue from error
        raise
    finally:
        timer.cancel()
