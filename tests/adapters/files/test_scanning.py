"""The scanner is asked over a socket, by a peer that speaks its protocol."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from portal.adapters.files.scanning import NoScanner, answers, is_infected, scan_with
from portal.config import Settings
from portal.domain.files.kinds import FileFault

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def read(peer: socket.socket, size: int) -> bytes:
    """Read so many bytes."""
    found = b""
    while len(found) < size:
        more = peer.recv(size - len(found))
        if not more:
            break
        found += more
    return found


def serve(peer: socket.socket, answer: bytes | None) -> None:
    """Speak as clamd does; ``answer`` is said in place of what was found."""
    command = b""
    while not command.endswith(b"\0"):
        command += read(peer, 1)
    if command == b"zPING\0":
        peer.sendall(b"PONG\0")
        return
    assert command == b"zINSTREAM\0"
    content = b""
    while size := struct.unpack("!I", read(peer, 4))[0]:
        content += read(peer, size)
    found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"
    peer.sendall(found if answer is None else answer)


@contextmanager
def clamd(listening: socket.socket, answer: bytes | None = None) -> Iterator[None]:
    """Serve on a socket until the block ends."""
    listening.listen()

    def run() -> None:
        while True:
            try:
                peer, _ = listening.accept()
            except OSError:
                return
            with peer:
                serve(peer, answer)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


@pytest.fixture
def path(tmp_path: Path) -> Iterator[str]:
    """Where a scanner listens."""
    address = str(tmp_path / "clamd.ctl")
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(address)
    with clamd(listening):
        yield address


def test_a_virus_is_found(path: str) -> None:
    """Also beyond the first chunk; what is clean is clean."""
    assert is_infected(path, bytes(100_000) + EICAR)
    assert not is_infected(path, bytes(300_000))
    assert answers(path)


def test_a_scanner_may_listen_on_a_port() -> None:
    """Its address is then host:port."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    address = f"127.0.0.1:{listening.getsockname()[1]}"
    with clamd(listening):
        assert is_infected(address, EICAR)


@pytest.mark.parametrize(
    "answer", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"HTTP/1.1 400 Bad Request\r\n"]
)
def test_what_is_no_verdict_is_none(tmp_path: Path, answer: bytes) -> None:
    """A peer that hangs up, cannot scan, or is no scanner at all."""
    address = str(tmp_path / "odd.ctl")
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(address)
    with clamd(listening, answer), pytest.raises(NoScanner):
        is_infected(address, b"content")


def test_without_a_scanner_nothing_is_scanned(tmp_path: Path) -> None:
    """The setting is empty."""
    assert scan_with(Settings(instance=tmp_path))(EICAR) is None


@pytest.mark.parametrize(("needed", "said"), [(True, FileFault.NOT_SCANNED), (False, None)])
def test_the_setting_says_what_becomes_of_files_while_it_is_away(
    tmp_path: Path, needed: bool, said: FileFault | None
) -> None:
    """They are refused, or taken unscanned."""
    address = str(tmp_path / "nobody.ctl")
    settings = Settings(instance=tmp_path, scanner=address, scanner_needed=needed)
    assert scan_with(settings)(b"content") is said
    assert not answers(address)


def test_what_the_scanner_finds_is_refused(tmp_path: Path, path: str) -> None:
    """In words of its own."""
    settings = Settings(instance=tmp_path, scanner=path)
    assert scan_with(settings)(EICAR) is FileFault.INFECTED
    assert scan_with(settings)(b"clean") is None


@pytest.mark.parametrize("value", ["clamd.ctl", "host", "host:port", "http://x:3310"])
def test_an_address_that_is_none_is_refused(tmp_path: Path, value: str) -> None:
    """It is a path or host:port."""
    with pytest.raises(ValueError, match="scanner"):
        Settings(instance=tmp_path, scanner=value)
