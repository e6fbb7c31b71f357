"""Having files scanned for viruses by clamd (ClamAV), over its socket.

The protocol is INSTREAM of clamd(8): chunks, each behind its length in four bytes, and one of no length
at the end; the answer ends with a NUL.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable

import structlog

from portal.config import Settings
from portal.domain.files.kinds import FileFault

SECONDS = 30.0
"""Seconds that the scanner has for one file."""
PING_SECONDS = 3.0
_CHUNK = 1 << 16
_LONGEST = 4_096
_log = structlog.get_logger("portal.files")


class NoScanner(Exception):
    """The scanner did not answer, or not in its language."""


def scan_with(settings: Settings) -> Callable[[bytes], FileFault | None]:
    """Return a function that says what the scanner finds; without one it finds nothing.

    While the scanner is away it refuses files, unless the settings say that they are to be taken.
    """
    address, needed = settings.scanner, settings.scanner_needed

    def scan(content: bytes) -> FileFault | None:
        if not address:
            return None
        try:
            return FileFault.INFECTED if is_infected(address, content) else None
        except NoScanner as error:
            _log.error("scanner_away", reason=str(error))
            return FileFault.NOT_SCANNED if needed else None

    return scan


def is_infected(address: str, content: bytes) -> bool:
    """Return whether the scanner at ``address`` finds a virus. Raises :class:`NoScanner`."""
    chunks = [content[at : at + _CHUNK] for at in range(0, len(content), _CHUNK)]
    parts = [struct.pack("!I", len(chunk)) + chunk for chunk in chunks]
    said = _ask(address, [b"zINSTREAM\0", *parts, struct.pack("!I", 0)], SECONDS)
    if said.endswith(b" FOUND"):
        return True
    if said == b"stream: OK":
        return False
    raise NoScanner(said[:80].decode("ascii", "replace") or "no answer")


def answers(address: str) -> bool:
    """Return whether a scanner answers at ``address``."""
    try:
        return _ask(address, [b"zPING\0"], PING_SECONDS) == b"PONG"
    except NoScanner:
        return False


def _ask(address: str, parts: list[bytes], seconds: float) -> bytes:
    try:
        with _connected(address, seconds) as peer:
            for part in parts:
                peer.sendall(part)
            said = b""
            while not said.endswith(b"\0") and len(said) < _LONGEST:
                more = peer.recv(_LONGEST)
                if not more:
                    break
                said += more
    except OSError as error:
        raise NoScanner(error.strerror or type(error).__name__) from error
    return said.rstrip(b"\0")


def _connected(address: str, seconds: float) -> socket.socket:
    if not address.startswith("/"):
        host, _, port = address.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), timeout=seconds)
    peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    peer.settimeout(seconds)
    try:
        peer.connect(address)
    except OSError:
        peer.close()
        raise
    return peer
