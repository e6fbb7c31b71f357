"""Counts of limits: exact for any number of processes, kept over a restart, without addresses."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from limits.errors import StorageError

from portal.adapters.rate_counts import FILE, SWEEP_EVERY, DatabaseCounts, counts_address
from portal.config import Settings
from tests.databases import ON_POSTGRES

SECRET = "5e" * 32
START = 1_466_000_000.0


@pytest.fixture
def address(app: Flask, settings: Settings) -> str:
    """Where the counts of the instance are kept."""
    return counts_address(settings.database_uri, settings.instance)


@pytest.fixture
def counts(address: str) -> Iterator[DatabaseCounts]:
    """Counts in the database of the test, without any."""
    found = DatabaseCounts(address=address, secret=SECRET)
    found.reset()
    yield found
    found.close()


def test_uses_add_up_until_their_window_ends(counts: DatabaseCounts) -> None:
    """A window lasts from its first use; what comes later does not make it longer."""
    with time_machine.travel(START, tick=False) as travel:
        assert [counts.incr("a", 60), counts.incr("a", 60), counts.incr("b", 60)] == [1, 2, 1]
        assert (counts.get("a"), counts.get_expiry("a")) == (2, START + 60)
        travel.shift(59)
        assert (counts.incr("a", 60), counts.get_expiry("a")) == (3, START + 60)
        travel.shift(1)
        assert (counts.get("a"), counts.get_expiry("a")) == (0, START + 60)
        assert (counts.incr("a", 60), counts.get_expiry("a")) == (1, START + 120)


def test_a_use_is_given_back(counts: DatabaseCounts) -> None:
    """A use that was taken back is not counted, and none is counted below zero."""
    with time_machine.travel(START, tick=False) as travel:
        counts.incr("a", 60)
        assert counts.incr("a", 60, -1) == 0
        assert counts.incr("a", 60) == 1
        travel.shift(60)
        assert counts.incr("a", 60, -1) == 0


def test_a_clock_that_was_put_back_makes_no_window_longer(counts: DatabaseCounts) -> None:
    """A window whose end lies too far ahead ends as if it began now; its uses stay."""
    with time_machine.travel(START, tick=False) as travel:
        counts.incr("a", 60)
        travel.shift(-3600)
        assert (counts.incr("a", 60), counts.get_expiry("a")) == (2, START - 3600 + 60)


def test_one_count_can_be_forgotten(counts: DatabaseCounts) -> None:
    """Clearing a key leaves the others."""
    counts.incr("a", 60)
    counts.incr("b", 60)
    counts.clear("a")
    assert (counts.get("a"), counts.get("b")) == (0, 1)
    counts.reset()
    assert counts.get("b") == 0


def test_many_at_once_are_counted_one_by_one(address: str, counts: DatabaseCounts) -> None:
    """Threads of two storages that count the same key see every number once."""
    other = DatabaseCounts(address=address, secret=SECRET)
    seen: list[int] = []

    def count(storage: DatabaseCounts) -> None:
        seen.extend(storage.incr("a", 600) for _ in range(25))

    threads = [threading.Thread(target=count, args=(each,)) for each in (counts, other) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    assert sorted(seen) == list(range(1, 101))


def test_what_is_stored_names_nobody(address: str, counts: DatabaseCounts) -> None:
    """The table holds digests, and another secret makes others of them."""
    counts.incr("LIMITER/203.0.113.9", 60)
    other = DatabaseCounts(address=address, secret="00" * 32)
    assert other.get("LIMITER/203.0.113.9") == 0
    engine = sa.create_engine(address)
    with engine.connect() as connection:
        keys = [bytes(key) for (key,) in connection.execute(sa.text("SELECT key FROM rate_count"))]
    engine.dispose()
    other.close()
    assert [len(key) for key in keys] == [16]
    assert b"203" not in keys[0]


def test_rows_whose_time_is_over_are_swept(address: str, counts: DatabaseCounts) -> None:
    """After a thousand uses what is over is gone."""
    with time_machine.travel(START, tick=False) as travel:
        counts.incr("old", 60)
        travel.shift(61)
        for _ in range(SWEEP_EVERY - 1):
            counts.incr("new", 600)
    engine = sa.create_engine(address)
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM rate_count")) == 1
    engine.dispose()


def test_a_table_that_is_gone_is_made_again(address: str, counts: DatabaseCounts) -> None:
    """An operator may drop the counts while the site runs."""
    counts.incr("a", 60)
    engine = sa.create_engine(address)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE rate_count"))
    engine.dispose()
    assert counts.incr("a", 60) == 1
    assert counts.check()


@pytest.mark.skipif(ON_POSTGRES, reason="PostgreSQL has no file of counts")
def test_a_damaged_file_is_made_again(settings: Settings, counts: DatabaseCounts) -> None:
    """Counts that cannot be read any more begin again, so that limits hold."""
    counts.incr("a", 60)
    counts.close()
    for file in settings.instance.glob(f"{FILE}*"):
        file.write_bytes(b"no database" * 500)
    assert counts.incr("a", 60) == 1


@pytest.mark.skipif(ON_POSTGRES, reason="SQLite has one writer at a time")
def test_counting_does_not_wait_for_letters(settings: Settings, counts: DatabaseCounts) -> None:
    """While somebody writes a letter for long, uses are counted all the same."""
    writer = sqlite3.connect(settings.instance / "letterbox.db", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    assert counts.incr("a", 60) == 1
    assert time.monotonic() - began < 1
    writer.close()


def test_a_place_that_cannot_be_reached_says_so(tmp_path: Path) -> None:
    """Without its folder a storage is unhealthy, and counting fails as limits expect it to."""
    away = DatabaseCounts(address=f"sqlite:///{tmp_path / 'nowhere' / FILE}", secret=SECRET)
    assert not away.check()
    with pytest.raises(StorageError):
        away.incr("a", 60)
