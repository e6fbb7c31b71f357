"""Limits hold for all server processes together, and outlive them."""

import multiprocessing
import shutil
import socket
import subprocess
from collections import Counter
from collections.abc import Iterator
from multiprocessing.synchronize import Barrier
from pathlib import Path
from time import monotonic, sleep

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from portal.adapters.rate_counts import DatabaseCounts
from portal.app import create_app
from portal.config import Settings
from portal.models import Letter
from portal.web.core.rate_limits import give_back, take
from portal.web.core.safety import limiter
from tests.builders import World
from tests.pages import FROM_HERE, Client, get
from tests.web.public.citizens import receipt, typed, written

_SPAWN = multiprocessing.get_context("spawn")
WRONG = "7K2M-9QXT-4BN8R"
KEYS = (("one", "203.0.113.1"), ("two", "203.0.113.1"))


def guess(settings: Settings, number: str, times: int, barrier: Barrier) -> list[int]:
    """Send wrong codes for a letter, in a process of its own; return the statuses."""
    client = create_app(settings).test_client()
    form = get(client, "/track").form("/track").hidden
    data = {**form, "number": number, "query_code": WRONG}
    barrier.wait(60)
    return [client.post("/track", data=data).status_code for _ in range(times)]


def guess_in(settings: Settings, number: str, processes: int) -> Counter[int]:
    """Return how often ten wrong codes from each of several processes got each answer."""
    with _SPAWN.Manager() as manager, _SPAWN.Pool(processes) as pool:
        barrier = manager.Barrier(processes)
        jobs = [pool.apply_async(guess, (settings, number, 10, barrier)) for _ in range(processes)]
        return Counter(status for job in jobs for status in job.get(120))


def test_two_processes_allow_what_one_would(
    client: Client, world: World, settings: Settings
) -> None:
    """Of twenty wrong codes over two processes ten are looked at, and a restart forgets none."""
    number, _ = receipt(client)
    assert guess_in(settings, number, 2) == {422: 10, 429: 10}
    assert guess_in(settings, number, 1) == {429: 10}


def write(settings: Settings, first: int, times: int, barrier: Barrier) -> list[int]:
    """Send letters, each of its own words, in a process of its own; return the statuses."""
    client = create_app(settings).test_client()
    barrier.wait(60)
    statuses = []
    for each in range(first, first + times):
        form = written(client).hidden
        sent = {**form, **typed(text=f"路灯不亮，第{each}封来信"), "step": "send"}
        statuses.append(client.post("/write", data=sent, headers=FROM_HERE).status_code)
    return statuses


def write_in(settings: Settings, first: int, processes: int) -> Counter[int]:
    """Return how often twelve letters from each of several processes got each answer."""
    with _SPAWN.Manager() as manager, _SPAWN.Pool(processes) as pool:
        barrier = manager.Barrier(processes)
        jobs = [
            pool.apply_async(write, (settings, first + 12 * each, 12, barrier))
            for each in range(processes)
        ]
        return Counter(status for job in jobs for status in job.get(120))


def test_an_address_sends_as_many_letters_as_the_setting_says(
    session: Session, world: World, settings: Settings
) -> None:
    """Of 36 letters from one address over two processes and a restart 20 are taken in an hour."""
    twenty = settings.model_copy(update={"submit_limit": "20 per hour"})
    assert write_in(twenty, 0, 2) == {302: 20, 429: 4}
    assert write_in(twenty, 24, 1) == {429: 12}
    assert session.scalar(sa.select(sa.func.count(Letter.id))) == 20


def test_a_use_too_many_counts_for_no_key(app: Flask) -> None:
    """Where one key has no use left, none is taken from the other."""
    with app.test_request_context():
        assert take("1 per hour", KEYS[0]) == 0
        assert 3590 <= take("1 per hour", *KEYS) <= 3600
        assert take("1 per hour", KEYS[1]) == 0


def test_what_is_given_back_can_be_used_again(app: Flask) -> None:
    """A use that was for nothing is there for the next one."""
    with app.test_request_context():
        assert take("1 per hour", *KEYS) == 0
        give_back("1 per hour", *KEYS)
        assert take("1 per hour", *KEYS) == 0
        assert take("1 per hour", *KEYS) > 0


def test_without_counts_the_site_serves(
    app: Flask, client: Client, world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where uses cannot be counted, codes are still checked and data is still given."""
    address = f"sqlite:///{tmp_path / 'nowhere' / 'limits.db'}"
    away = DatabaseCounts(address=address, secret="00")
    monkeypatch.setattr(limiter, "_storage", away)
    monkeypatch.setattr(limiter.limiter, "storage", away)
    form = get(client, "/track").form("/track").hidden
    data = {**form, "number": "20160601-00099-5", "query_code": WRONG}
    assert client.post("/track", data=data).status_code == 422
    assert client.get("/api/v1/").status_code == 200
    with app.test_request_context():
        give_back("1 per hour", *KEYS)


@pytest.fixture
def cache_server() -> Iterator[str]:
    """The address of a Redis server of the test's own."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        pytest.skip("no redis-server on this machine (Debian: apt install redis-server)")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [program, "--port", str(port), "--save", "", "--bind", "127.0.0.1"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            until = monotonic() + 20
            while not _listens(port):
                assert monotonic() < until, "the server does not listen"
                sleep(0.05)
            yield f"valkey://127.0.0.1:{port}/0"
        finally:
            server.terminate()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_setting_has_another_server_count(
    settings: Settings, client: Client, world: World, cache_server: str
) -> None:
    """With ``limits_url`` the processes count in Valkey or Redis, to the same number."""
    number, _ = receipt(client)
    elsewhere = settings.model_copy(update={"limits_url": cache_server})
    assert guess_in(elsewhere, number, 2) == {422: 10, 429: 10}
    assert guess_in(settings, number, 1) == {422: 10}
