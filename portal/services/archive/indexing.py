"""From the archive table to the index: draining the outbox, rebuilding, what is behind.

The worker looks an entry up as it is when its row is drained, so rows may be drained late, twice
or after a rebuild without harm. The database is the truth; the index can always be rebuilt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session, load_only

from portal.adapters.archive_index import (
    Change,
    Delete,
    Document,
    IndexDamaged,
    IndexLocked,
    IndexMissing,
    IndexOutdated,
    IndexUnwritable,
    SearchEngine,
    SearchIndexError,
    Upsert,
)
from portal.domain.archive.reader_rating import reader_rating
from portal.domain.archive.subtopics import full_topic
from portal.domain.organisations import path_ids
from portal.models import INDEX, PUBLIC, ArchiveEntry, Organisation, OutboxRow, OutboxStatus, db
from portal.services.core.outbox import give_up, try_again, waiting
from portal.services.core.unit import writing

BATCH = 200
ATTEMPTS = 5
_log = structlog.get_logger("portal.indexing")
_job_entry = sa.type_coerce(OutboxRow.entry_id, sa.BigInteger())
"""The entry of a job of the index, which always has one."""
_FIELDS = (
    ArchiveEntry.id,
    ArchiveEntry.revision,
    ArchiveEntry.title,
    ArchiveEntry.text,
    ArchiveEntry.question,
    ArchiveEntry.supplement,
    ArchiveEntry.reply,
    ArchiveEntry.kind,
    ArchiveEntry.category,
    ArchiveEntry.organisation_id,
    ArchiveEntry.place_id,
    ArchiveEntry.helpful,
    ArchiveEntry.unhelpful,
    ArchiveEntry.answered_on,
    ArchiveEntry.unpublished_at,
)


def document(entry: ArchiveEntry, path: str) -> Document:
    """Return what the index is to know of ``entry``, answered by the organisation at ``path``."""
    return Document(
        entry_id=entry.id,
        revision=entry.revision,
        title=entry.title,
        text="\n".join(filter(None, (entry.text, entry.question, entry.supplement))),
        reply=entry.reply,
        kind=str(entry.kind),
        organisation_ids=path_ids(path),
        answered_on=entry.answered_on,
        topic=full_topic(entry.category or "", entry.title),
        place=entry.place_id or 0,
        rating=str(reader_rating(entry.helpful, entry.unhelpful) or ""),
    )


def live_documents(session: Session) -> Iterator[Document]:
    """Yield every entry that is public, in the order of their ids."""
    paths = _paths(session)
    query = (
        sa.select(ArchiveEntry)
        .where(PUBLIC)
        .options(load_only(*_FIELDS), sa.orm.lazyload(ArchiveEntry.organisation))
        .order_by(ArchiveEntry.id)
        .execution_options(yield_per=500)
    )
    for entry in session.scalars(query):
        yield document(entry, paths[entry.organisation_id])
        session.expunge(entry)


def _paths(session: Session) -> dict[int, str]:
    query = sa.select(Organisation.id, Organisation.path)
    return dict(session.execute(query).all())


def _changes(session: Session, ids: Iterable[int]) -> dict[int, Change]:
    """Return for each entry what the index must do now."""
    wanted = list(ids)
    changes: dict[int, Change] = {i: Delete(i) for i in wanted}
    paths = _paths(session)
    rows = session.scalars(sa.select(ArchiveEntry).where(ArchiveEntry.id.in_(wanted), PUBLIC))
    for entry in rows:
        changes[entry.id] = Upsert(document(entry, paths[entry.organisation_id]))
    return changes


def drain(index: SearchEngine, now: datetime) -> int:
    """Bring the index up to date with one batch of the outbox; return how many rows are done.

    An index that is missing, damaged or outdated is rebuilt first. A row that fails is tried
    again later and given up after five attempts; the others go on.
    """
    session = db.session()
    query = (
        sa.select(OutboxRow.id, _job_entry)
        .where(waiting(INDEX), OutboxRow.available_at <= now)
        .order_by(OutboxRow.id)
        .limit(BATCH)
    )
    rows = session.execute(query).all()
    if not rows:
        session.rollback()
        return 0
    changes = _changes(session, {entry_id for _, entry_id in rows})
    session.rollback()
    try:
        index.apply(list(changes.values()))
    except (IndexLocked, IndexUnwritable) as error:
        _log.warning("index_busy", kind=type(error).__name__)
        return 0
    except (IndexMissing, IndexDamaged, IndexOutdated) as error:
        _log.warning("index_rebuild", kind=type(error).__name__)
        rebuild(index)
        return len(rows)
    except Exception:
        return _drain_singly(index, changes, rows, now)
    _finish(OutboxRow.id.in_([row_id for row_id, _ in rows]))
    return len(rows)


def _drain_singly(
    index: SearchEngine,
    changes: dict[int, Change],
    rows: Iterable[tuple[int, int]],
    now: datetime,
) -> int:
    """Find the row at fault: apply one change at a time."""
    done = 0
    for row_id, entry_id in rows:
        try:
            index.apply([changes[entry_id]])
        except Exception as error:
            _log.exception("index_row_failed", entry=entry_id)
            _fail(row_id, f"{type(error).__name__}: {error}", now)
        else:
            _finish(OutboxRow.id == row_id)
            done += 1
    return done


def _finish(*rows: sa.ColumnElement[bool]) -> None:
    with writing() as session:
        session.execute(sa.delete(OutboxRow).where(*rows))


def _fail(row_id: int, said: str, now: datetime) -> None:
    with writing() as session:
        row = session.get(OutboxRow, row_id)
        if row is None:
            return
        row.attempts += 1
        row.last_error = said[:500]
        row.available_at = now + timedelta(seconds=2**row.attempts)
        if row.attempts >= ATTEMPTS:
            give_up(row, said)


def revive_dead(now: datetime) -> int:
    """Give rows that were given up another round of attempts; return how many."""
    with writing() as session:
        dead = list(
            session.scalars(
                sa.select(OutboxRow).where(
                    OutboxRow.queue == INDEX, OutboxRow.status == OutboxStatus.DEAD
                )
            )
        )
        for row in dead:
            try_again(row, now)
        return len(dead)


def rebuild(index: SearchEngine, progress: Callable[[int], None] = lambda done: None) -> int:
    """Build an index beside the old one and swap them; return the number of documents.

    ``progress`` gets the number of documents read since the last call.

    What was published or withdrawn meanwhile is replayed before the swap. Rows that waited when
    it began are done with it: the new index has their entries as they are now.
    """
    session = db.session()
    waited = session.scalar(sa.select(sa.func.max(OutboxRow.id)).where(waiting(INDEX)))

    def counted() -> Iterator[Document]:
        for doc in live_documents(session):
            progress(1)
            yield doc

    def replay(known: dict[int, int]) -> Iterable[Change]:
        session.rollback()
        current = _revisions(session)
        stale = {i for i, revision in current.items() if known.get(i) != revision}
        return list(_changes(session, stale | (known.keys() - current.keys())).values())

    try:
        count = index.rebuild(counted(), replay=replay)
    finally:
        session.rollback()
    if waited is not None:
        _finish(OutboxRow.id <= waited, waiting(INDEX))
    return count


def _revisions(session: Session) -> dict[int, int]:
    """Return the revision of every public entry by its id."""
    query = sa.select(ArchiveEntry.id, ArchiveEntry.revision)
    return dict(session.execute(query.where(PUBLIC)).all())


def is_complete(index: SearchEngine) -> bool:
    """Return whether the index holds the public entries, each in its present revision."""
    try:
        return index.ids_and_revisions() == _revisions(db.session())
    except SearchIndexError:
        return False


def differences(index: SearchEngine, session: Session) -> list[int]:
    """Return the entries of which index and archive differ though no change of them waits.

    Raises the index's error where it is missing, damaged or outdated.
    """
    indexed = index.ids_and_revisions()
    public = _revisions(session)
    queued = set(session.scalars(sa.select(_job_entry).where(OutboxRow.queue == INDEX)))
    apart = {i for i in indexed.keys() | public.keys() if indexed.get(i) != public.get(i)}
    return sorted(apart - queued)


def ensure_index(index: SearchEngine) -> bool:
    """Rebuild the index where it is missing, damaged or outdated; return whether it was."""
    try:
        index.check()
    except (IndexMissing, IndexDamaged, IndexOutdated) as error:
        _log.warning("index_rebuild", kind=type(error).__name__)
        rebuild(index)
        return True
    except SearchIndexError:
        return False
    return False
