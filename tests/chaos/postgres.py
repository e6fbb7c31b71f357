"""PostgreSQL that refuses everybody for a while, and PostgreSQL that is started again."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from tests.chaos.instance import Instance, Writers, losses
from tests.chaos.steps import AT_LEAST, Row, cost, through
from tests.postgres import get_server, restart
from tests.servers import Server

CONNECTIONS = 8
"""Connections of a server that takes letters in: one for each thread of its two processes."""


@contextlib.contextmanager
def _letterbox(folder: Path) -> Iterator[tuple[Instance, Any]]:
    """Yield a letterbox on a PostgreSQL of its own, and that server."""
    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        with psycopg.connect(_plain(server), autocommit=True) as connection:
            connection.execute("CREATE DATABASE letterbox")
        yield Instance(folder, server.get_uri(database="letterbox")), server
    finally:
        server.cleanup()


def _plain(server: Any) -> str:
    return str(server.get_uri(database="postgres"))


def gone(folder: Path) -> Row:
    """Cut all connections and refuse others, then let them in again."""
    with _letterbox(folder) as (instance, database):

        @contextlib.contextmanager
        def fault(_server: Server) -> Iterator[None]:
            with psycopg.connect(_plain(database), autocommit=True) as connection:
                connection.execute("ALTER DATABASE letterbox ALLOW_CONNECTIONS false")
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = 'letterbox'"
                )
                yield
                connection.execute("ALTER DATABASE letterbox ALLOW_CONNECTIONS true")

        return through("PostgreSQL gone and back", instance, fault, 10, reads=False)


def restarted(folder: Path) -> Row:
    """Start the database again under eight writers and count the errors that follow."""
    with _letterbox(folder) as (instance, database), instance.serving() as server:
        writers = Writers(instance, server)
        writers.wait_for_more(AT_LEAST)
        begun = time.monotonic()
        restart(database)
        seconds = time.monotonic() - begun
        meanwhile = sum(writers.refused.values())
        writers.wait_for_more(100)
        writers.stop()
        later = sum(writers.refused.values()) - meanwhile
        well, said = instance.wait_until_well()
        lost, doubled = losses(instance, writers)
    figure = (
        f"away for {seconds:.1f} s, {meanwhile} tries refused meanwhile, {later} afterwards "
        f"over {CONNECTIONS} connections: {cost(lost, doubled, well, said)}"
    )
    good = later <= CONNECTIONS and not lost and not doubled and well
    return Row("PostgreSQL restarted", figure, good and 500 not in writers.refused)
