"""The server with its worker, as it is started: it answers, indexes, and ends cleanly."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from portal.adapters.archive_index import SearchRequest, open_index
from portal.config import Settings
from tests.archive import published
from tests.builders import World
from tests.servers import DEADLINE_SECONDS, Server, serving, wait_for


@pytest.fixture
def server(settings: Settings, tmp_path: Path) -> Iterator[Server]:
    """A server with its worker on a free port."""
    with serving(settings, tmp_path / "server.log") as server:
        wait_for(lambda: server.said("worker_started"), "the worker")
        yield server


def test_the_worker_brings_what_is_published_into_the_index(
    server: Server, session: Session, settings: Settings, world: World
) -> None:
    """An entry published while the server runs is found without anybody's doing."""
    entry_id = published(session, world).id
    index = open_index(settings)

    def found() -> bool:
        return [h.entry_id for h in index.search(SearchRequest("路灯")).hits] == [entry_id]

    wait_for(lambda: (settings.index_folder / "current").exists() and found(), "the index")
    assert server.status("/readyz") == 200


def test_a_start_says_where_the_letters_are(server: Server, settings: Settings) -> None:
    """The folder of the instance is printed, so that nobody has to guess what to back up."""
    wait_for(lambda: server.said(f"data          {settings.instance}\n"), "the folder")


def test_a_stopped_server_takes_its_worker_along(server: Server) -> None:
    """SIGTERM ends server and worker, and the address is free again."""
    server.process.terminate()
    server.process.wait(timeout=DEADLINE_SECONDS)
    assert server.said("worker_stopped")
    assert server.status("/healthz") == 0


def test_a_killed_server_leaves_no_worker(server: Server) -> None:
    """When the server is killed its worker notices and ends."""
    server.process.kill()
    server.process.wait()
    wait_for(lambda: server.said("worker_stopped"), "the end of the worker")
