"""Bring faults about and print what they cost: ``python -m tests.chaos [KILLS]``.

Ends with status 1 where an acknowledged letter is lost or doubled, or index and archive differ.
"""

import contextlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psycopg

from tests.chaos.instance import Instance, Writers, kill_session, losses
from tests.postgres import get_server
from tests.servers import processes_of, wait_for
from tests.web.api.tokens import LETTER

KILLS = 15
AT_LEAST = 25
"""Letters acknowledged between two kills, so that each finds the letterbox at work."""
LOCKED_SECONDS = 30
TMPFS = "48m"
Row = tuple[str, str, bool]


def killed(folder: Path, kills: int) -> Row:
    """Kill everything again and again under eight writers and a publishing import."""
    instance = Instance(folder)
    words = ("import", str(instance.write_import()), "--publish", "--source", "faults")
    hits, imports_hit, writers = 0, 0, None
    for _ in range(kills):
        with instance.serving() as server:
            if writers is None:
                writers = Writers(instance, server)
            writers.server = server
            importing = instance.command(*words)
            writers.wait_for_more(AT_LEAST)
            writers.wait_for_one_in_flight()
            at_work = server.process.poll() is None
            server.kill()
            imports_hit += kill_session(importing)
            wait_for(partial(_ended, server.process.pid), "the end of all")
            hits += at_work
    assert writers is not None
    with instance.serving() as server:
        writers.server = server
        writers.stop()
        finishing = instance.command(*words)
        finishing.communicate()
        well, said = instance.wait_until_well()
    lost, doubled = losses(instance, writers)
    rows = instance.imported()
    figure = (
        f"{hits} of {kills} kills hit ({imports_hit} the import too), "
        f"{len(writers.acknowledged)} letters acknowledged and {rows} imported: "
        f"{_cost(lost, doubled, well, said)}"
    )
    return "SIGKILL of everything", figure, hits == kills and not lost and not doubled and well


def _ended(session: int) -> bool:
    return not processes_of(session)


def stopped(folder: Path) -> Row:
    """End the server by SIGTERM while eight people write, and start it again."""
    instance = Instance(folder)
    with instance.serving() as server:
        writers = Writers(instance, server)
        writers.wait_for_more(AT_LEAST)
        begun = time.monotonic()
        server.process.terminate()
        server.process.wait(30)
        seconds = time.monotonic() - begun
    with instance.serving() as server:
        writers.server = server
        writers.wait_for_more(8)
        writers.stop()
        well, said = instance.wait_until_well()
    lost, doubled = losses(instance, writers)
    figure = f"ended in {seconds:.1f} s: {_cost(lost, doubled, well, said)}"
    return "SIGTERM in flight", figure, seconds <= 10 and not lost and not doubled and well


def locked(folder: Path) -> Row:
    """Hold the write lock for half a minute."""
    instance = Instance(folder)

    @contextlib.contextmanager
    def fault() -> Iterator[None]:
        holder = sqlite3.connect(instance.settings.instance / "letterbox.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        yield
        holder.execute("ROLLBACK")
        holder.close()

    return _through("lock held 30 s", instance, fault, LOCKED_SECONDS)


def full(folder: Path) -> Row:
    """Fill the disk of an instance, then make room again."""
    place = folder / "small"
    place.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={TMPFS}", "tmpfs", str(place)]
    mounted = subprocess.run(mounting, capture_output=True, check=False)
    if mounted.returncode != 0:
        return "disk full", "not run: a small file system needs root", True
    try:
        instance = Instance(place)

        @contextlib.contextmanager
        def fault() -> Iterator[None]:
            ballast = place / "ballast"
            with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
                while True:
                    file.write(b"\0" * 4096)
            yield
            ballast.unlink()

        return _through("disk full", instance, fault, 10)
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


def gone(folder: Path) -> Row:
    """Cut all connections to PostgreSQL and refuse new ones, then let them in again."""
    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        plain = server.get_uri(database="postgres")
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute("CREATE DATABASE letterbox")
        instance = Instance(folder, server.get_uri(database="letterbox"))

        @contextlib.contextmanager
        def fault() -> Iterator[None]:
            with psycopg.connect(plain, autocommit=True) as connection:
                connection.execute("ALTER DATABASE letterbox ALLOW_CONNECTIONS false")
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = 'letterbox'"
                )
                yield
                connection.execute("ALTER DATABASE letterbox ALLOW_CONNECTIONS true")

        return _through("PostgreSQL gone and back", instance, fault, 10, reads=False)
    finally:
        server.cleanup()


def unindexed(folder: Path, name: str, harm: Callable[[Path], None]) -> Row:
    """Harm the index in use, after an import that published."""
    instance = Instance(folder)
    file = instance.write_import()
    head = "".join(file.read_text("utf-8").splitlines(keepends=True)[:201])
    file.write_text(head, "utf-8")
    instance.command("import", str(file), "--publish").communicate()
    with instance.serving() as server:
        instance.wait_until_well()
        harm(instance.settings.index_folder)
        begun = time.monotonic()
        pages = [server.status("/archive?q=%E8%B7%AF%E7%81%AF") for _ in range(5)]
        sent, _ = server.hand_in(instance.token, LETTER, name)
        well, said = instance.wait_until_well()
        seconds = time.monotonic() - begun
    figure = f"search {pages[0]}, letter {sent}, index = archive after {seconds:.0f} s"
    good = set(pages) == {200} and sent == 201 and well
    return name, figure if well else f"{figure} ({said[-80:]})", good


def _remove(index: Path) -> None:
    shutil.rmtree(index)


def _damage(index: Path) -> None:
    for file in index.rglob("*"):
        if file.is_file() and file.stat().st_size > 64:
            with file.open("r+b") as opened:
                opened.seek(16)
                opened.write(b"\xff" * 32)


def _through(
    name: str,
    instance: Instance,
    fault: Callable[[], contextlib.AbstractContextManager[None]],
    seconds: float,
    *,
    reads: bool = True,
) -> Row:
    """Write before, during and after a fault that lasts ``seconds``; the server is not restarted."""
    with instance.serving() as server:
        writers = Writers(instance, server)
        writers.wait_for_more(AT_LEAST)
        with fault():
            end, pages, slowest = time.monotonic() + seconds, set[int](), 0.0
            while (asked := time.monotonic()) < end:
                pages.add(server.status("/archive", 15))
                slowest = max(slowest, time.monotonic() - asked)
                time.sleep(0.5)
        begun = time.monotonic()
        writers.wait_for_more(8)
        back = time.monotonic() - begun
        writers.stop()
        well, said = instance.wait_until_well()
    lost, doubled = losses(instance, writers)
    statuses = ", ".join(f"{status}: {n}" for status, n in sorted(writers.refused.items()))
    figure = (
        f"pages {sorted(pages)}, the slowest {slowest:.1f} s; refused {statuses or 'none'}; "
        f"writing {back:.1f} s after the fault: "
        f"{_cost(lost, doubled, well, said)}"
    )
    good = not lost and not doubled and well and 500 not in writers.refused
    return name, figure, good and (not reads or pages == {200})


def _cost(lost: int, doubled: int, well: bool, said: str) -> str:
    index = "index = archive" if well else f"index or check: {said[-80:]!r}"
    return f"lost {lost}, doubled {doubled}, {index}"


def main() -> int:
    """Print a row for each fault; return the status of the program."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else KILLS
    steps: tuple[Callable[[Path], Row], ...] = (
        stopped,
        locked,
        full,
        lambda folder: unindexed(folder, "index gone in use", _remove),
        lambda folder: unindexed(folder, "index damaged in use", _damage),
        gone,
        lambda folder: killed(folder, kills),
    )
    well = True
    print("| Fault | Figure | |\n|---|---|---|", flush=True)
    for step in steps:
        with tempfile.TemporaryDirectory(prefix="letterbox-chaos-") as folder:
            name, figure, good = step(Path(folder))
        well = well and good
        print(f"| {name} | {figure} | {'ok' if good else 'FAULT'} |", flush=True)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
