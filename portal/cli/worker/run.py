"""The worker, which updates the index and closes letters that waited too long.

Threads of their own announce events and hand messages over. The worker is a process beside the server. It ends on SIGTERM, and with the server that started it.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError

from portal.adapters.archive_index import open_index
from portal.adapters.embedding import open_embedder
from portal.adapters.files.store import open_store
from portal.adapters.noted_head import write_note
from portal.adapters.processes import WORKER, end_with, hold
from portal.app import create_app
from portal.cli.protection.retention import periods_of
from portal.cli.worker.senders import join_senders, start_senders
from portal.config import Settings
from portal.domain.errors import Unavailable
from portal.models import db
from portal.services.archive.index_verdict import judge
from portal.services.archive.indexing import drain, ensure_index
from portal.services.archive.matters import place_entries
from portal.services.archive.meaning import embed_entries
from portal.services.archive.open_data import Publisher
from portal.services.archive.open_data import refresh as refresh_open_data
from portal.services.audit.removal import remove_reads
from portal.services.audit.sealing import noted_head, seal
from portal.services.core.sessions import sweep_sessions
from portal.services.core.unsent import sweep_unsent
from portal.services.files.clearing import (
    remove_discarded,
    sweep_orphans,
    sweep_unsent_files,
)
from portal.services.keys.rotation import step as rotate_keys
from portal.services.letters.handling import close_unanswered
from portal.services.messages.announcing import Outlets
from portal.services.messages.digests import write_digests
from portal.services.messages.new_entries import write_subscribers
from portal.services.messages.reminders import remind
from portal.services.messages.renewals import sweep_renewals
from portal.services.messages.subscriptions import sweep_unconfirmed
from portal.services.retention import erase_some
from portal.services.statistics.precompute import refresh
from portal.services.statistics.recompute import recompute
from portal.services.statistics.record import RecordKeys, extend
from portal.services.statistics.reports import keep_last_year

IDLE_SECONDS = 1.0
TROUBLE_SECONDS = 5.0
CHORES = timedelta(hours=1)
INDEX_CHECK = timedelta(seconds=30)
"""How often the index is checked, so that damage is found before the next publication."""
SUMS = timedelta(seconds=10)
"""How often the stored figures of changed months are refreshed."""
OPEN_DATA = timedelta(seconds=30)
"""How often the files of open data are brought up to date."""
MATTERS = timedelta(seconds=10)
"""How often entries are looked for that are not yet placed among those about the same matter."""
VECTORS = timedelta(seconds=10)
"""How often entries are looked for that have no vectors yet, where a model is set."""
AUDIT = timedelta(seconds=5)
"""How often rows of the audit trail are looked for that have no seal."""
RECORD = timedelta(minutes=1)
"""How often a day is looked for that is over and not yet in the public record."""
RETENTION = timedelta(days=1)
"""How often letters are looked for whose sender is to be erased."""
MORNINGS = timedelta(minutes=1)
"""How often staff are looked for who have no messages of this morning yet."""
NARROWER_SUMS = timedelta(minutes=10)
"""How often those of past years by kind and subject are."""
_log = structlog.get_logger("portal.worker")


def run(settings: Settings, parent: int | None = None) -> None:
    """Work until SIGTERM, or until the process ``parent`` is gone."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    # Ctrl-C reaches the whole group; under a server it is the server that ends its worker.
    signal.signal(signal.SIGINT, signal.SIG_IGN if parent else lambda *_: stop.set())
    if parent is not None:
        end_with(parent)
    # Any number of workers may run; what this keeps out is a restore.
    running = hold(settings.instance / WORKER, "(worker)", shared=True)
    app = create_app(settings)
    index, embedder = open_index(settings), open_embedder(settings)
    store = open_store(settings)
    publisher = Publisher(settings.site_name, settings.public_url, settings.data_licence)
    keys = RecordKeys(settings.key("record"), settings.key("code"))
    periods = periods_of(settings)
    outlets = Outlets.of(settings)
    senders = start_senders(app, settings, stop)
    mornings_at = chores_at = check_at = sums_at = narrower_at = datetime.now(UTC)
    open_data_at = matters_at = vectors_at = datetime.now(UTC)
    record_at = retention_at = audit_at = datetime.now(UTC)
    with app.app_context():
        _log.info("worker_started")
        while not stop.is_set():
            now = datetime.now(UTC)
            if now >= check_at:
                _guarded(lambda: ensure_index(index))
                _guarded(lambda: judge(index, datetime.now(UTC)))
                check_at = now + INDEX_CHECK
            if now >= chores_at:
                _guarded(partial(keep_last_year, settings.site_name, now))
                _guarded(lambda: close_unanswered(datetime.now(UTC)))
                _guarded(lambda: remind(outlets, datetime.now(UTC)))
                _guarded(lambda: sweep_unsent(datetime.now(UTC)))
                _guarded(lambda: sweep_unsent_files(datetime.now(UTC)))
                _guarded(partial(sweep_orphans, store, now))
                _guarded(lambda: sweep_renewals(datetime.now(UTC)))
                _guarded(lambda: sweep_unconfirmed(datetime.now(UTC)))
                _guarded(lambda: sweep_sessions(datetime.now(UTC), periods.logins))
                _guarded(partial(remove_reads, settings.audit_keep_days, now))
                _guarded(index.optimise)
                chores_at = now + CHORES
            if now >= mornings_at:
                hour = settings.staff_mail_hour
                written = _guarded(partial(write_digests, outlets, hour, now))
                followed = _guarded(partial(write_subscribers, outlets, index, hour, now))
                mornings_at = now if written or followed else now + MORNINGS
            done = _guarded(lambda: drain(index, datetime.now(UTC)))
            if done == 0:
                done = _guarded(lambda: recompute(datetime.now(UTC)))
            if done == 0:
                done = _guarded(lambda: rotate_keys(datetime.now(UTC)))
            if done == 0:
                done = _guarded(partial(remove_discarded, store))
            if done == 0 and now >= sums_at:
                narrower = now >= narrower_at
                if not _guarded(partial(refresh, now, narrower=narrower)):
                    sums_at = now + SUMS
                    narrower_at = now + NARROWER_SUMS if narrower else narrower_at
            if not done and now >= open_data_at:
                folder = settings.open_data_folder
                _guarded(partial(refresh_open_data, folder, publisher, now))
                open_data_at = now + OPEN_DATA
            if done == 0 and now >= matters_at:
                done = _guarded(partial(place_entries, index))
                matters_at = now if done else now + MATTERS
            if done == 0 and embedder is not None and now >= vectors_at:
                done = _guarded(partial(embed_entries, embedder))
                vectors_at = now if done else now + VECTORS
            if done == 0 and now >= record_at:
                done = _guarded(partial(extend, keys, now))
                record_at = now if done else now + RECORD
            if done == 0 and settings.retention_daily and now >= retention_at:
                done = _guarded(partial(erase_some, periods, now))
                retention_at = now if done else now + RETENTION
            if now >= audit_at:
                sealed = _guarded(partial(seal, datetime.now(UTC)))
                if sealed:
                    _guarded(partial(_note_head, settings.instance))
                # Many rows are sealed in turn with the other work, which never waits long.
                audit_at = now if sealed else now + AUDIT
                done = done or sealed
            if not done:
                stop.wait(TROUBLE_SECONDS if done is None else IDLE_SECONDS)
        join_senders(senders)
        _log.info("worker_stopped")
    running.close()


def _note_head(instance: Path) -> int:
    """Note the newest head of the audit chain outside the database, in the instance and in the log."""
    noted = noted_head()
    if noted is not None:
        write_note(instance, noted)
        _log.info("audit_sealed", head=noted)
    return 0


def _guarded(task: Callable[[], int]) -> int | None:
    """Run ``task`` and return its result; ``None`` where it failed, so that the caller waits."""
    try:
        return task()
    except (SQLAlchemyError, Unavailable) as error:
        _log.warning("worker_waits", kind=type(error).__name__)
        return None
    except Exception:
        _log.exception("worker_step_failed")
        return None
    finally:
        db.session.remove()
