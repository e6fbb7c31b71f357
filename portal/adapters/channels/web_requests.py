"""One request to a gateway or webhook: bounded in time and size, never redirected."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from portal.adapters.channels.interface import Overdue, within

ANSWER_MOST = 64 * 1024
"""Bytes of an answer that are read."""


class Unanswered(Exception):
    """No usable answer came; ``sent`` says whether the peer may have taken the request all the same."""

    def __init__(self, said: str, *, sent: bool) -> None:
        super().__init__(said)
        self.sent = sent


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and beginning of what the peer said."""

    status: int
    text: str


def ask(url: str, method: str, headers: Mapping[str, str], body: bytes, seconds: float) -> Answer:
    """Send a request and return the answer; raises :class:`Unanswered`."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    host, port = parts.hostname or "", parts.port
    connection: http.client.HTTPConnection
    if secure:
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(host, port, timeout=seconds, context=context)
    else:
        connection = http.client.HTTPConnection(host, port, timeout=seconds)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    sent = False
    try:
        with within(seconds, lambda: connection.sock):
            connection.connect()
            sent = True
            connection.request(method, path, body or None, dict(headers))
            answer = connection.getresponse()
            read = answer.read(ANSWER_MOST)
    except (OSError, http.client.HTTPException, ValueError, Overdue) as error:
        raise Unanswered(type(error).__name__, sent=sent) from error
    finally:
        connection.close()
    return Answer(answer.status, read.decode("utf-8", "replace"))
