"""The process that reads what strangers send, with little memory and little time.

It is started by :mod:`portal.adapters.files.reading` with a task on its command line and the file on its
standard input. It answers with a line of JSON and the parts that the line counts. It has no database, no
keys and no settings.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable, Sequence
from typing import Any

from portal.adapters.files.documents import office, pages, picture_pdf
from portal.adapters.files.pictures import Refused, covered, remade
from portal.domain.files.covers import Cover
from portal.domain.files.kinds import HEAD, KEPT, Bounds, FileFault, FileKind, looks

MEMORY = 1 << 30
"""Bytes of address space."""
SECONDS = 20
"""Seconds of the processor."""
Answer = tuple[dict[str, Any], Sequence[bytes]]


def examine(content: bytes, bounds: Bounds, covers: Sequence[Cover]) -> Answer:
    """Return the kind of a file with what is kept of it: a picture made from its points, a document as it is."""
    said = looks(content[:HEAD])
    if said.fault is not None:
        raise Refused(said.fault)
    if said.kind is not None and said.kind.is_picture:
        made = remade(content, said.kind, bounds)
        about = {"kind": KEPT, "width": made.width, "height": made.height}
        return about, (made.content, made.small)
    if said.kind is FileKind.PDF:
        return {"kind": said.kind, "pages": pages(content)}, ()
    return {"kind": office(content, bounds)}, ()


def cover(content: bytes, bounds: Bounds, covers: Sequence[Cover]) -> Answer:
    """Return the copy of a picture or a PDF that the public may see."""
    kind = looks(content[:HEAD]).kind
    if kind is KEPT:
        made = covered(content, covers, bounds)
        return {"kind": kind, "width": made.width, "height": made.height}, (made.content,)
    if kind is FileKind.PDF:
        return {"kind": kind}, (picture_pdf(content, covers, bounds),)
    raise Refused(FileFault.UNKNOWN)


_TASKS: dict[str, Callable[[bytes, Bounds, Sequence[Cover]], Answer]] = {
    "examine": examine,
    "cover": cover,
}


def main() -> None:
    """Carry out the task on the command line."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    task = json.loads(sys.argv[1])
    content = sys.stdin.buffer.read()
    parts: Sequence[bytes] = ()
    try:
        covers = [Cover(**each) for each in task["covers"]]
        about, parts = _TASKS[task["name"]](content, Bounds(**task["bounds"]), covers)
    except Refused as refused:
        about = {"fault": refused.fault}
    except MemoryError:
        about = {"fault": FileFault.UNPACKED}
    about["parts"] = [len(part) for part in parts]
    sys.stdout.buffer.write(json.dumps(about).encode() + b"\n" + b"".join(parts))


if __name__ == "__main__":
    main()
