"""Ending everything: by SIGKILL again and again, and by SIGTERM with letters in flight."""

import time
from functools import partial
from pathlib import Path

from tests.chaos.instance import PUBLISHING, Instance, Writers, kill_session, losses
from tests.chaos.steps import AT_LEAST, Row, cost, waited
from tests.servers import Server, processes_of

ROWS = 3_000
"""Rows of each import, more than one is through with before it is killed."""
PROCESSES = 4
"""The first process, two that serve, the worker."""
STOP_SECONDS = 10


def killed(folder: Path, kills: int) -> Row:
    """Kill everything until ``kills`` have hit, under eight writers and a publishing import.

    A kill has hit where all processes and the import were at work, none is left, and a letter that
    was in flight got no answer.
    """
    instance = Instance(folder)
    files: list[Path] = []
    tries, hits, writers = 0, 0, None
    while hits < kills and tries < kills * 2:
        tries += 1
        with instance.serving() as server:
            if writers is None:
                writers = Writers(instance, server)
            writers.server = server
            if not files or hits:
                files.append(instance.write_import(ROWS, f"letters-{tries}"))
            importing = instance.command(*PUBLISHING, str(files[-1]))
            more = partial(_more, instance, instance.imported())
            writers.wait_for_more(AT_LEAST)
            began = waited(more, 60)
            server_hit, import_hit = _kill(server, writers), kill_session(importing)
            hits += began and server_hit and import_hit
    assert writers is not None
    with instance.serving() as server:
        writers.server = server
        writers.stop()
        for file in files:
            instance.command(*PUBLISHING, str(file)).communicate()
        well, said = instance.wait_until_well()
    lost, doubled = losses(instance, writers)
    missing = len(files) * ROWS - instance.imported()
    figure = (
        f"{hits} of {tries} kills hit, {len(writers.acknowledged)} letters acknowledged, "
        f"{len(files) * ROWS} imported and {missing} of them missing: "
        f"{cost(lost, doubled, well, said)}"
    )
    good = hits == kills and not (lost or doubled or missing) and well
    return Row("SIGKILL of everything", figure, good)


def _more(instance: Instance, than: int) -> bool:
    return instance.imported() > than


def _kill(server: Server, writers: Writers) -> bool:
    at_work = server.process.poll() is None and len(server.processes()) >= PROCESSES
    writers.unanswered.clear()
    in_flight = writers.wait_for_some_in_flight()
    server.kill()
    gone = waited(lambda: not processes_of(server.process.pid), 10)
    broken_off = waited(lambda: bool(in_flight & writers.unanswered), 1)
    return at_work and gone and broken_off


def stopped(folder: Path) -> Row:
    """End the server by SIGTERM while eight people write, and start it again."""
    instance = Instance(folder)
    with instance.serving() as server:
        writers = Writers(instance, server)
        writers.wait_for_more(AT_LEAST)
        in_flight = writers.wait_for_some_in_flight()
        begun = time.monotonic()
        server.process.terminate()
        server.process.wait(30)
        seconds = time.monotonic() - begun
    # Sent again means not answered: nobody answers between the end and the next start.
    answered = in_flight & writers.acknowledged.keys()
    with instance.serving() as server:
        writers.server = server
        writers.wait_for_more(8)
        writers.stop()
        well, said = instance.wait_until_well()
    lost, doubled = losses(instance, writers)
    figure = (
        f"{len(answered)} of {len(in_flight)} letters in flight taken in, ended in "
        f"{seconds:.1f} s: {cost(lost, doubled, well, said)}"
    )
    good = answered == in_flight and seconds <= STOP_SECONDS and not lost and not doubled and well
    return Row("SIGTERM in flight", figure, good)
