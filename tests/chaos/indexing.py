"""An index that is gone, damaged, built again under load, or given what it cannot take."""

import json
import shutil
import threading
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from portal.adapters.archive_index import open_index
from portal.models import ArchiveEntry, OutboxRow
from tests.archive import generation
from tests.chaos.instance import Instance
from tests.chaos.steps import Row, waited
from tests.servers import Server
from tests.web.api.tokens import LETTER

ENTRIES = 200
SEARCH = "/archive?q=%E8%B7%AF%E7%81%AF"
FOUND = "/api/v1/search?q=%E8%B7%AF%E7%81%AF"
PUBLICATIONS = 200
GOOD = 99
"""Entries that can be indexed beside one that cannot."""


def _each_file(pattern: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def harm(index: Path) -> None:
        for path in generation(index).rglob(pattern):
            if path.is_file():
                path.write_bytes(change(path.read_bytes()))

    return harm


HARMS: dict[str, Callable[[Path], object]] = {
    "index gone": shutil.rmtree,
    "index overwritten": _each_file("*", lambda held: held[:16] + b"\xff" * len(held[16:])),
    "index cut short": _each_file("*", lambda held: held[: len(held) // 2]),
    "index empty": _each_file("*", lambda held: b""),
    "index of another analyzer": _each_file("stamp.json", lambda held: b"{}"),
    "index pointing nowhere": lambda index: (index / "current").write_text("generation-99"),
}
"""What is done to the folder of an index in use."""


def harmed(folder: Path, name: str) -> Row:
    """Harm the index in use, after an import that published."""
    instance = Instance(folder)
    instance.publish(ENTRIES)
    with instance.serving() as server:
        instance.wait_until_well()
        HARMS[name](instance.settings.index_folder)
        begun = time.monotonic()
        pages = {server.status(SEARCH) for _ in range(5)}
        sent, _ = server.hand_in(instance.token, LETTER, name)
        well, said = instance.wait_until_well()
        seconds = time.monotonic() - begun
    figure = (
        f"search {', '.join(map(str, sorted(pages)))}, letter {sent}, "
        + ("index = archive" if well else f"not mended ({said[-80:]!r})")
        + f" after {seconds:.0f} s"
    )
    return Row(name, figure, pages == {200} and sent == 201 and well)


def rebuilt(folder: Path) -> Row:
    """Publish while the index is built again and again, and search all the time."""
    instance = Instance(folder)
    instance.publish(ENTRIES)
    with instance.serving() as server:
        instance.wait_until_well()
        stop, searches, empty = threading.Event(), [0], [0]
        threads = [
            threading.Thread(target=work)
            for work in (
                partial(_rebuild, instance, stop),
                partial(_search, server, stop, searches, empty),
            )
        ]
        for thread in threads:
            thread.start()
        for part in range(4):
            instance.publish(PUBLICATIONS // 4, f"more-{part}")
        stop.set()
        for thread in threads:
            thread.join()
        well, said = instance.wait_until_well()
        entries = len(instance.revisions())
    figure = (
        f"{entries - ENTRIES} publications, {searches[0]} searches, {empty[0]} of them empty: "
        + ("index = archive" if well else f"index or check: {said[-80:]!r}")
    )
    good = entries == ENTRIES + PUBLICATIONS and searches[0] > 0 and not empty[0] and well
    return Row("rebuild while publishing", figure, good)


def _rebuild(instance: Instance, stop: threading.Event) -> None:
    while not stop.is_set():
        instance.command("reindex").communicate()


def _search(server: Server, stop: threading.Event, searches: list[int], empty: list[int]) -> None:
    while not stop.wait(0.1):
        searches[0] += 1
        try:
            with urllib.request.urlopen(server.address + FOUND, timeout=10) as answer:
                empty[0] += not json.load(answer)["data"]
        except (OSError, ValueError):
            empty[0] += 1


def poisoned(folder: Path) -> Row:
    """Have one entry among a hundred that the index cannot take, under a running server."""
    instance = Instance(folder)
    instance.publish(GOOD + 1)
    with instance.serving() as server:
        instance.wait_until_well()
        _change(instance)
        given_up = waited(lambda: _ready(server).get("dead_letters") == 1, 120)
        said = _ready(server)
        sent, _ = server.hand_in(instance.token, LETTER, "poison")
    indexed = open_index(instance.settings).ids_and_revisions()
    as_public = sum(indexed.get(i) == revision for i, revision in instance.revisions().items())
    figure = (
        f"{as_public} of {GOOD} others indexed, {said.get('dead_letters')} given up, shown by "
        f"/readyz as {', '.join(said.get('faults', []))}; letter {sent}"
    )
    good = given_up and said["faults"] == ["dead_letters"] and as_public == GOOD and sent == 201
    return Row("poison document", figure, good)


def _change(instance: Instance) -> None:
    """Have every entry wait to be indexed again; the revision of the last is none."""
    entries = instance.revisions()
    with instance.session() as session:
        session.execute(sa.update(ArchiveEntry).values(revision=ArchiveEntry.revision + 1))
        session.execute(
            sa.update(ArchiveEntry).where(ArchiveEntry.id == max(entries)).values(revision=-1)
        )
        now = datetime.now(UTC)
        rows = [{"entry_id": i, "created_at": now, "available_at": now} for i in entries]
        session.execute(sa.insert(OutboxRow), rows)


def _ready(server: Server) -> dict[str, Any]:
    try:
        with urllib.request.urlopen(f"{server.address}/readyz", timeout=5) as answer:
            said: dict[str, Any] = json.load(answer)
            return said
    except (OSError, ValueError):
        return {}
