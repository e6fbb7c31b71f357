"""What goes on while people write: a backup, a killed indexer, a withdrawal, a mail server that hangs."""

import shutil
import socket
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from portal.adapters.archive_index import SearchIndexError, open_index
from portal.models import ArchiveEntry, OutboxRow
from portal.services.letters.consent import revoke_consent
from tests.chaos.citizen import Citizen
from tests.chaos.indexing import FOUND
from tests.chaos.instance import Instance, Writers, kill_session
from tests.chaos.steps import AT_LEAST, Row, waited
from tests.servers import Server

WRITES = 500
"""Letters acknowledged while the backup is made, at least."""
INDEXER_KILLS = 25
DRAIN_SECONDS = 30
GONE_SECONDS = 5
SUBMIT_SECONDS = 1
ENTRIES = 1_000
"""Entries that the killed indexer has to bring up to date."""


def backed_up(folder: Path) -> Row:
    """Make backups while eight people write, and put the last one back elsewhere."""
    instance, place = Instance(folder), folder / "backups"
    with instance.serving() as server:
        writers = Writers(instance, server)
        writers.wait_for_more(AT_LEAST)
        begun, made, before = len(writers.acknowledged), 0, set[str]()
        while len(writers.acknowledged) < begun + WRITES:
            before = set(writers.acknowledged.values())
            making = instance.command("backup", str(place), "--keep", "1")
            said = making.communicate()[0]
            assert making.returncode == 0, f"the backup ended with {said[-200:]!r}"
            made += 1
        during = len(writers.acknowledged) - begun
        writers.stop()
    other = Instance(folder / "other")
    shutil.rmtree(other.settings.instance)
    restoring = other.command("restore", str(place))
    said = restoring.communicate()[0]
    assert restoring.returncode == 0, f"the restore ended with {said[-200:]!r}"
    other.command("reindex").communicate()
    well, said = other.wait_until_well(60)
    kept = set(other.numbers())
    missing = len(before - kept)
    figure = (
        f"{during} letters while {made} backups were made; of {len(before)} acknowledged before the last "
        f"one {missing} missing where it was restored: {'check well' if well else said[-80:]}"
    )
    return Row("backup under load", figure, well and not missing and during >= WRITES)


def indexer_killed(folder: Path) -> Row:
    """Kill the worker again and again, a little later each time, while every entry waits to be indexed."""
    instance, hits = Instance(folder), 0
    instance.publish(ENTRIES)
    for number in range(INDEXER_KILLS):
        _queue_all(instance)
        working = instance.command("work")
        time.sleep(1.5 + 0.06 * number)
        hits += kill_session(working) and not _agree(instance)
    begun = time.monotonic()
    working = instance.command("work")
    drained = waited(lambda: _agree(instance), 4 * DRAIN_SECONDS)
    seconds = time.monotonic() - begun
    kill_session(working)
    figure = (
        f"{hits} of {INDEXER_KILLS} kills with entries not indexed yet; of {ENTRIES} entries "
        f"{'index = archive' if drained else 'index and archive differ'} {seconds:.0f} s after the next start"
    )
    return Row("SIGKILL of the indexer", figure, hits > 0 and drained and seconds <= DRAIN_SECONDS)


def _queue_all(instance: Instance) -> None:
    """Have every entry wait to be indexed again under its next revision."""
    entries = instance.revisions()
    with instance.session() as session:
        session.execute(sa.update(ArchiveEntry).values(revision=ArchiveEntry.revision + 1))
        now = datetime.now(UTC)
        rows = [{"entry_id": i, "created_at": now, "available_at": now} for i in entries]
        session.execute(sa.insert(OutboxRow), rows)


def _agree(instance: Instance) -> bool:
    try:
        return open_index(instance.settings).ids_and_revisions() == instance.revisions()
    except SearchIndexError:
        return False


def withdrawn(folder: Path) -> Row:
    """Take consent back, see the entry gone, and look again after a kill, a restart and a rebuild."""
    instance = Instance(folder)
    instance.publish(3)
    with instance.serving() as server:
        instance.wait_until_well()
        entry = min(instance.revisions())
        assert _shown(server, entry) == (True, True), "the entry was never found"
        with instance.session() as session:
            letter = session.scalars(
                sa.select(ArchiveEntry.letter_id).where(ArchiveEntry.id == entry)
            ).one()
            assert letter is not None
            revoke_consent(letter, datetime.now(UTC))
        begun = time.monotonic()
        gone = waited(lambda: _shown(server, entry) == (False, False), 60)
        seconds = time.monotonic() - begun
        server.kill()
    again = []
    with instance.serving() as server:
        again += [_shown(server, entry) for _ in range(5)]
        instance.command("reindex").communicate()
        again += [_shown(server, entry) for _ in range(5)]
    back = sum(page or search for page, search in again)
    figure = (
        f"gone from page and search after {seconds:.1f} s; back {back} of {len(again)} times after a kill, "
        "a restart and a rebuild"
    )
    return Row("withdrawal", figure, gone and seconds <= GONE_SECONDS and not back)


def _shown(server: Server, entry: int) -> tuple[bool, bool]:
    """Return whether the page of an entry is served, and whether the search finds it."""
    with urllib.request.urlopen(f"{server.address}{FOUND}", timeout=10) as answer:
        found = f'/{entry}"' in answer.read().decode()
    return server.status(f"/archive/{entry}") == 200, found


def silent_mail(folder: Path) -> Row:
    """Send letters with messages by mail while the mail server takes connections and says nothing."""
    instance, seconds = Instance(folder), list[float]()
    with socket.create_server(("127.0.0.1", 0), backlog=64) as silent:
        mail = {
            "LETTERBOX_SMTP_HOST": "127.0.0.1",
            "LETTERBOX_SMTP_PORT": str(silent.getsockname()[1]),
            "LETTERBOX_SMTP_SECURITY": "none",
            "LETTERBOX_MAIL_FROM": "box@letters.example",
        }
        with instance.serving(**mail) as server:
            statuses = set[int]()
            for _ in range(20):
                citizen = Citizen(server.address, email="zhou@letters.example", messages="mail")
                citizen.begin()
                begun = time.monotonic()
                statuses.add(citizen.send().status)
                seconds.append(time.monotonic() - begun)
    figure = f"20 letters, answers {statuses}, the slowest {max(seconds):.2f} s"
    return Row(
        "mail server hangs", figure, statuses <= {302, 303} and max(seconds) < SUBMIT_SECONDS
    )
