"""How many letters side by side: `python -m tests.bench.bench_writers [SECONDS]`.

Processes write whole letters, as a citizen's form does, into one PostgreSQL that waits for the
disk at every commit (fsync and synchronous_commit on), all on one day and at one organisation:
first one writer, then eight, in turns. What to compare is the ratio within one run. Where the
processors are busy with Python, they and not the database set the limit. So the same SQL statements
are measured without the application around them, too, and once more with a pause before each
commit, as of a disk that takes so much longer: there only waiting for each other keeps eight
writers from eight times the letters. While they run, what the connections wait for is sampled. In
the end the figures must be exact.
"""

import multiprocessing
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import sqlalchemy as sa

from portal.app import create_app, ensure_database
from portal.config import load_settings
from portal.domain.periods import Period
from portal.models import Letter, Organisation, db
from portal.queries.statistics.cache import cube
from portal.queries.statistics.filters import Question
from portal.services.core.unit import writing
from portal.services.statistics.precompute import refresh
from tests.builders import new_letter, send
from tests.postgres import get_server
from tests.world import START, a_world

WRITERS = 8
ROUNDS = 3
SECONDS = 2.0
PAUSE = 0.1
"""Seconds of the pause before a commit."""
FIRST_ID = 1_000_000
"""Ids of letters begin here, so that they are told from other values of a statement."""
LATER = datetime(2020, 1, 1, tzinfo=UTC)
WAITS = (
    "SELECT coalesce(wait_event_type || ' ' || wait_event, 'at work') FROM pg_stat_activity"
    " WHERE backend_type = 'client backend' AND state <> 'idle' AND pid <> pg_backend_pid()"
)


@dataclass(frozen=True)
class Statement:
    """A statement of a letter's transaction; ``apart`` where it is one by itself."""

    text: str
    values: list[dict[str, Any]]
    apart: bool


@dataclass(frozen=True)
class Recording:
    """The statements by which one letter was stored, with what differs from letter to letter."""

    statements: list[Statement]
    letter_id: int
    unique: list[str]


@dataclass
class Measured:
    """Letters a second, processor time of the application for one, and what was waited for."""

    rates: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    waits: Counter[str] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        """The median of the rounds."""
        return statistics.median(self.rates)


@contextmanager
def writing_letters(address: str, recording: Recording) -> Iterator[Callable[[], object]]:
    """Yield what stores one letter through the application."""
    new = new_letter(db.session.scalars(sa.select(sa.func.max(Organisation.id))).one())
    db.session.rollback()
    yield lambda: send(new, START, uuid4().hex)


@contextmanager
def replaying(
    address: str, recording: Recording, pause: float = 0
) -> Iterator[Callable[[], object]]:
    """Yield what sends the statements of one letter as they are."""
    with psycopg.connect(address) as main, psycopg.connect(address, autocommit=True) as apart:
        yield partial(replay, main, apart, recording, pause)


def replay(
    main: psycopg.Connection, apart: psycopg.Connection, recording: Recording, pause: float
) -> None:
    """Store one letter by the recorded statements, with an id and unique values of its own."""
    instead: dict[object, object] = {text: uuid4().hex[:24] for text in recording.unique}
    for each in recording.statements:
        cursor = (apart if each.apart else main).cursor()
        for values in each.values:
            known = {k: instead.get(v, v) for k, v in values.items()}
            cursor.execute(each.text.encode(), known)
        if each.text.startswith("INSERT INTO letter "):
            row = cursor.fetchone()
            assert row is not None
            instead[recording.letter_id] = row[0]
    if pause:
        main.execute("SELECT pg_sleep(%s)", (pause,))
    main.commit()


Way = Callable[[str, Recording], Any]


def record(address: str) -> Recording:
    """Store one letter and return the statements that did it."""
    found: list[Statement] = []
    engines = {engine: name is not None for name, engine in db.engines.items()}

    def keep(
        connection: sa.Connection, cursor: Any, text: str, values: Any, context: Any, many: bool
    ) -> None:
        found.append(
            Statement(text, list(values) if many else [values], engines[connection.engine])
        )

    for engine in engines:
        sa.event.listen(engine, "before_cursor_execute", keep)
    organisation = db.session.scalars(sa.select(sa.func.max(Organisation.id))).one()
    found.clear()
    receipt = send(new_letter(organisation), START, "recorded")
    for engine in engines:
        sa.event.remove(engine, "before_cursor_execute", keep)
    letter = db.session.get_one(Letter, receipt.id)
    return Recording(
        found, letter.id, [letter.number, letter.code_hash or "", letter.form_key or ""]
    )


def work(
    way: Way, address: str, recording: Recording, seconds: float, gate: Barrier, results: Any
) -> None:
    """Store letters for ``seconds`` and report how many a second, and the time of the processor."""
    for engine in db.engines.values():
        # The connections belong to the process that started this one.
        engine.dispose(close=False)
    with way(address, recording) as store:
        store()
        gate.wait()
        begun, busy, stored = time.perf_counter(), time.process_time(), 0
        while (now := time.perf_counter()) - begun < seconds:
            store()
            stored += 1
        results.put((stored / (now - begun), (time.process_time() - busy) / stored))


def measure(
    way: Way, writers: int, address: str, recording: Recording, seconds: float
) -> tuple[float, float, Counter[str]]:
    """Return letters a second of so many writers, processor seconds for one, and the waits."""
    fork = multiprocessing.get_context("fork")
    gate, results = fork.Barrier(writers + 1), fork.SimpleQueue()
    values = (way, address, recording, seconds, gate, results)
    jobs = [fork.Process(target=work, args=values) for _ in range(writers)]
    for job in jobs:
        job.start()
    gate.wait()
    waits = sampled(address, seconds)
    told = [results.get() for _ in jobs]
    for job in jobs:
        job.join()
    return sum(rate for rate, _ in told), statistics.mean(busy for _, busy in told), waits


def sampled(address: str, seconds: float) -> Counter[str]:
    """Return how often connections were seen waiting for what, or at work."""
    found: Counter[str] = Counter()
    pause, end = threading.Event(), time.perf_counter() + seconds
    with psycopg.connect(address, autocommit=True) as connection:
        while time.perf_counter() < end:
            found.update(wait for (wait,) in connection.execute(WAITS))
            pause.wait(0.02)
    return found


def check() -> int:
    """Return how many letters there are; raise where the figures do not say the same."""
    stored = db.session.scalar(sa.select(sa.func.count(Letter.id))) or 0
    asked = Question(Period(START.year), Period(START.year).ends_at)
    for _ in range(2):
        db.session.rollback()
        counted = cube(db.session(), asked).total.received
        if counted != stored:
            raise SystemExit(f"{stored} letters, but the figures say {counted}")
        refresh(LATER)
    return stored


def run(folder: Path, address: str, seconds: float) -> None:
    """Measure and print."""
    app = create_app(load_settings(instance=folder, database_url=address, log_level="ERROR"))
    ensure_database(app, START)
    with app.app_context():
        with writing() as session:
            a_world(session, "")
        with db.engine.begin() as connection:
            connection.execute(sa.text(f"ALTER SEQUENCE letter_id_seq RESTART WITH {FIRST_ID}"))
        recording = record(address)
        db.session.remove()
        for title, way in (
            ("whole letters through the application", writing_letters),
            ("the same SQL statements, without the application", replaying),
            (
                f"the same, {PAUSE * 1000:.0f} ms before each commit",
                partial(replaying, pause=PAUSE),
            ),
        ):
            found = {1: Measured(), WRITERS: Measured()}
            for _ in range(ROUNDS):
                for writers, each in found.items():
                    rate, busy, waits = measure(way, writers, address, recording, seconds)
                    each.rates.append(rate)
                    each.processor.append(busy)
                    each.waits += waits
            sys.stdout.write(f"{title}\n")
            for writers, each in found.items():
                sys.stdout.write(
                    f"  {writers} writing: {each.rate:7.1f} a second, "
                    f"{statistics.median(each.processor) * 1000:.1f} ms of a processor each; "
                    f"{shares(each.waits)}\n"
                )
            ratio = found[WRITERS].rate / found[1].rate
            sys.stdout.write(f"  {WRITERS} writers store {ratio:.1f} times the letters of one\n")
        db.session.rollback()
        sys.stdout.write(f"figures exact over {check():,} letters of one day\n")
        for engine in db.engines.values():
            engine.dispose()


def shares(waits: Counter[str]) -> str:
    """Return the most frequent waits in per cent."""
    seen = max(1, waits.total())
    return ", ".join(f"{name} {100 * n / seen:.0f} %" for name, n in waits.most_common(4))


def main(seconds: float) -> None:
    """Start a server for this run alone."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "instance"
        folder.mkdir()
        server = get_server(Path(name) / "data", cleanup_mode="delete")
        try:
            with psycopg.connect(server.get_uri(database="postgres"), autocommit=True) as plain:
                plain.execute("CREATE DATABASE letterbox")
            run(folder, server.get_uri(database="letterbox"), seconds)
        finally:
            server.cleanup()


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS)
