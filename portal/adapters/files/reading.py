"""Having a file read by a process of its own (:mod:`portal.adapters.files.reader`).

Readers of pictures and documents are large programs in C, and what they read comes from strangers: one that
is led to take all the memory there is, or to run for ever, ends alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

import structlog

from portal.domain.files.covers import Cover
from portal.domain.files.kinds import BOUNDS, Bounds, FileFault, FileKind
from portal.instance_folder import SOURCE_ROOT

SECONDS = 40
"""Seconds that a file may take, with the wait for the processor."""
WAIT_SECONDS = 10
"""Seconds that a file may wait until another one has been read."""
_AT_ONCE = threading.BoundedSemaphore(2)
"""Files that a process of the server has read at a time."""
_log = structlog.get_logger("portal.files")


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that can be taken: its kind, what is kept of it, and the thumbnail of a picture."""

    kind: FileKind
    content: bytes = field(repr=False)
    thumbnail: bytes | None = field(default=None, repr=False)
    width: int | None = None
    height: int | None = None
    pages: int | None = None


def examine(content: bytes, bounds: Bounds = BOUNDS) -> Examined | FileFault:
    """Return a file as it is kept, or why it is refused."""
    about, parts = _read("examine", content, bounds)
    if isinstance(about, FileFault):
        return about
    kept, thumbnail = parts if parts else (content, None)
    return Examined(
        FileKind(str(about["kind"])),
        kept,
        thumbnail,
        about.get("width"),
        about.get("height"),
        about.get("pages"),
    )


def cover(content: bytes, covers: Sequence[Cover], bounds: Bounds = BOUNDS) -> bytes | FileFault:
    """Return the copy of a picture of ours or of a PDF with ``covers`` burned in, without any text."""
    about, parts = _read("cover", content, bounds, covers)
    return about if isinstance(about, FileFault) else parts[0]


def _read(
    name: str, content: bytes, bounds: Bounds, covers: Sequence[Cover] = ()
) -> tuple[dict[str, int] | FileFault, list[bytes]]:
    task = json.dumps(
        {"name": name, "bounds": asdict(bounds), "covers": [asdict(each) for each in covers]}
    )
    command = [sys.executable, "-P", "-s", "-m", "portal.adapters.files.reader", task]
    if not _AT_ONCE.acquire(timeout=WAIT_SECONDS):
        # Threads that wait for files would serve no pages.
        _log.warning("file_not_read", reason="busy")
        return FileFault.BUSY, []
    try:
        try:
            done = subprocess.run(  # noqa: S603 - our own program
                command,
                input=content,
                capture_output=True,
                timeout=SECONDS,
                check=False,
                # No keys and no settings.
                env={"PYTHONPATH": str(SOURCE_ROOT)},
                cwd="/",
            )
        except subprocess.TimeoutExpired:
            _log.warning("file_not_read", reason="time")
            return FileFault.UNPACKED, []
    finally:
        _AT_ONCE.release()
    if done.returncode:
        _log.warning(
            "file_not_read",
            status=done.returncode,
            said=done.stderr[-300:].decode("utf-8", "replace"),
        )
        return FileFault.DAMAGED, []
    line, _, rest = done.stdout.partition(b"\n")
    about = json.loads(line)
    if "fault" in about:
        return FileFault(about["fault"]), []
    parts, start = [], 0
    for size in about["parts"]:
        parts.append(rest[start : start + size])
        start += size
    return about, parts
