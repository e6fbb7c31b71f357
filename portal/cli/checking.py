"""``letterbox check``: whether everything that is kept is whole and agrees."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

import click
import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy.orm import Session

from portal.adapters.archive_index import SearchIndexError, open_index
from portal.adapters.database_copy import is_filled
from portal.adapters.files.scanning import answers
from portal.adapters.files.store import open_store
from portal.adapters.message_words import message_words
from portal.app import create_app, migrate
from portal.cli.context import now, progress
from portal.cli.faults import quiet
from portal.config import load_settings
from portal.domain.integrity.keys import CHECKED
from portal.domain.integrity.ring import key_of
from portal.key_files import DATA, data_files
from portal.models import (
    Attachment,
    AuditHead,
    AuditKeys,
    Cipher,
    Letter,
    OutboxRow,
    OutboxStatus,
    Recomputation,
    RecordHead,
    RecordLeaf,
    db,
)
from portal.queries import integrity
from portal.queries.audit.check import verify
from portal.queries.figures import extension_faults, rating_faults, report_faults
from portal.queries.files.check import file_faults
from portal.queries.keys import lacking_keys, values_by_prefix, wrong_keys
from portal.queries.messages.jobs import subject
from portal.queries.record.check import head_faults, leaf_faults
from portal.services.archive.indexing import differences
from portal.services.core.facts import wrong_facts
from portal.web.core.settings import settings_of

FAULTS_FOUND = 3
"""The status with which the command ends where something is wrong with what is kept."""
Check = Callable[[Session], list[str]]
_CHUNK = 500


@click.command()
def check() -> None:
    """Check database, keys, letters, files, figures, archive, index, record and audit trail; the letterbox may run meanwhile.

    Nothing is changed. Ends with status 0 where all is well, 3 where a fault was found, 1 where
    something could not be checked.
    """
    settings = load_settings()
    if not is_filled(settings.database_uri):
        raise click.ClickException(f"{settings.instance}: there is no database to check")
    if not settings.given_keys.get(DATA) and not data_files(settings.keys_folder):
        raise click.ClickException(f"{settings.keys_folder}: data.key is missing")
    app = create_app(quiet(settings))
    with app.app_context():
        found = _migrations(db.session())
        if not _report("migrations", found):
            # Queries of this version need its tables.
            sys.exit(FAULTS_FOUND)
        well = [_report(name, each(db.session())) for name, each in _checks(app)]
        db.session.rollback()
    if not all(well):
        sys.exit(FAULTS_FOUND)


def _checks(app: Flask) -> tuple[tuple[str, Check], ...]:
    index = open_index(settings_of(app))

    def index_faults(session: Session) -> list[str]:
        try:
            index.check(thorough=True)
            apart = differences(index, session)
        except SearchIndexError as error:
            return [f"{type(error).__name__}: the worker builds it again; does it run?"]
        return [f"entry {entry}: index and archive differ" for entry in apart]

    def keys(session: Session) -> list[str]:
        settings, ring = settings_of(app), Cipher.ring()
        wrong = wrong_keys(session, {name: settings.key(name) for name in CHECKED})
        lines = [f"{name}.key is not the key of this database" for name in wrong]
        lines += [f"the data key {key} is missing" for key in lacking_keys(session, ring.ids)]
        lines += [
            f"{count:,} values need the data key {key_of(start)}, which is missing"
            for start, count in sorted(values_by_prefix(session).items())
            if start and key_of(start) not in ring.ids
        ]
        return lines + integrity.unreadable_senders(session)

    def record(session: Session) -> list[str]:
        if session.scalar(sa.select(RecordHead.day).limit(1)) is None:
            return []
        settings = settings_of(app)
        faults = head_faults(session, settings.key("record"))
        leaves = session.scalar(sa.select(sa.func.count()).select_from(RecordLeaf))
        with progress("record", leaves) as advance:
            return faults + leaf_faults(session, settings.key("code"), advance)

    def audit(session: Session) -> list[str]:
        rows = session.scalar(sa.select(AuditHead.total))
        session.rollback()
        with progress("audit trail", rows) as advance:
            return verify(session, AuditKeys.loaded(), now(), progress=advance).faults

    def files(session: Session) -> list[str]:
        store = open_store(settings_of(app))
        total = session.scalar(sa.select(sa.func.count()).select_from(Attachment))
        with progress("files", total) as advance:
            return file_faults(session, store, advance)

    def scanner(session: Session) -> list[str]:
        address = settings_of(app).scanner
        return [f"{address} does not answer"] if address and not answers(address) else []

    return (
        ("database", integrity.damage),
        ("references", integrity.lost_references),
        ("keys", keys),
        ("letters and events", _letters),
        ("senders", _senders),
        ("files", files),
        ("virus scanner", scanner),
        ("figures", _figures),
        ("archive", integrity.archive_faults),
        ("index", index_faults),
        ("outbox", _given_up),
        ("words", lambda session: message_words(settings_of(app).instance)[1]),
        ("record", record),
        ("audit trail", audit),
    )


def _report(name: str, faults: list[str]) -> bool:
    click.echo(f"{name:<20}{f'{len(faults):,} faults' if faults else 'ok'}")
    for line in integrity.listed(faults):
        click.echo(f"  {line}")
    db.session.rollback()
    return not faults


def _migrations(session: Session) -> list[str]:
    heads = set(ScriptDirectory.from_config(migrate.get_config()).get_heads())
    reached = set(MigrationContext.configure(session.connection()).get_current_heads())
    if reached == heads:
        return []
    names = (", ".join(sorted(each)) or "none" for each in (reached, heads))
    return ["the database is at {}, this version needs {}".format(*names)]


def _letters(session: Session) -> list[str]:
    total = session.scalar(sa.select(sa.func.count()).select_from(Letter))
    with progress("letters", total) as advance:
        return integrity.contradictions(session, advance)


def _senders(session: Session) -> list[str]:
    total = session.scalar(sa.select(sa.func.count()).select_from(Letter))
    with progress("senders", total) as advance:
        return integrity.moved_texts(session, advance)


def _figures(session: Session) -> list[str]:
    """Return what is wrong with the rows of which figures are made, or that keep them."""
    kept = rating_faults(session) + extension_faults(session) + report_faults(session)
    if session.scalar(sa.select(Recomputation.id).limit(1)) is not None:
        # The calendar was changed, and the worker goes through the facts.
        return kept
    faults, last = [], 0
    with progress(
        "figures", session.scalar(sa.select(sa.func.count()).select_from(Letter))
    ) as done:
        while rows := _after(session, last):
            numbers = {row.id: row.number for row in rows}
            wrong = wrong_facts(session, list(numbers))
            # On PostgreSQL a letter may have changed between events and facts; the second look sees both.
            wrong = wrong_facts(session, wrong) if wrong else []
            faults += [
                f"{numbers[each]}: its figures are not what its events say" for each in wrong
            ]
            last = rows[-1].id
            done(len(rows))
    return faults + kept


def _after(session: Session, last: int) -> Sequence[Any]:
    query = sa.select(Letter.id, Letter.number).where(Letter.id > last).order_by(Letter.id)
    return session.execute(query.limit(_CHUNK)).all()


def _given_up(session: Session) -> list[str]:
    query = sa.select(OutboxRow).where(OutboxRow.status == OutboxStatus.DEAD)
    return [f"{subject(row)}: given up by the worker" for row in session.scalars(query)]
