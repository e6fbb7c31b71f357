"""The vectors of public entries: computed by the worker, gone with the text they were made of.

Only the redacted texts of the archive are embedded. The work goes on where it stopped: an entry waits
for vectors until it has those of its present text and of the present model.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.adapters.embedding import Embedder, pack
from portal.models import PUBLIC, ArchiveEntry, EntryVectors, db
from portal.services.core.unit import writing

BATCH = 4
"""Entries embedded in one step, which takes about a second, so that publications need not wait."""
LETTER_MOST = 200
"""Characters of title and letter that are embedded: the beginning says what a letter is about."""
REPLY_MOST = 150
"""Characters of a reply that are embedded: its first sentences say what was asked, then the answer."""


def embed_entries(embedder: Embedder) -> int:
    """Embed the next public entries without vectors, the newest first; return how many.

    One call embeds :data:`BATCH` at most. No transaction is open while the model works: what
    was corrected or unpublished meanwhile is left alone.
    """
    session = db.session()
    waiting = session.execute(
        sa.select(
            ArchiveEntry.id,
            ArchiveEntry.revision,
            ArchiveEntry.title,
            ArchiveEntry.text,
            ArchiveEntry.reply,
        )
        .outerjoin(EntryVectors, EntryVectors.entry_id == ArchiveEntry.id)
        .where(
            PUBLIC,
            sa.or_(
                EntryVectors.entry_id.is_(None),
                EntryVectors.revision != ArchiveEntry.revision,
                EntryVectors.model != embedder.name,
            ),
        )
        .order_by(ArchiveEntry.updated_at.desc(), ArchiveEntry.id.desc())
        .limit(BATCH)
    ).all()
    session.rollback()
    made = {
        (entry_id, revision): vectors_of(embedder, title, text, reply)
        for entry_id, revision, title, text, reply in waiting
    }
    if made:
        with writing() as unit:
            _keep(unit, embedder.name, made)
    return len(made)


def vectors_of(embedder: Embedder, title: str, text: str, reply: str) -> bytes:
    """Return what is kept of the texts of an entry."""
    letter = f"{title}\n{text}".strip()[:LETTER_MOST]
    (of_title,) = embedder.titles([title])
    of_letter, of_reply = embedder.passages([letter, reply[:REPLY_MOST]])
    return pack(of_title, of_letter, of_reply)


def _keep(session: Session, model: str, made: dict[tuple[int, int], bytes]) -> None:
    """Write vectors for the entries that are still as they were read."""
    # The entries are locked, so that whoever unpublishes one finds the row that is written here.
    unchanged = session.execute(
        sa.select(ArchiveEntry.id, ArchiveEntry.revision)
        .where(PUBLIC, ArchiveEntry.id.in_([entry_id for entry_id, _ in made]))
        .order_by(ArchiveEntry.id)
        .with_for_update()
    ).all()
    current = [(entry_id, revision) for entry_id, revision in unchanged]
    for key in current:
        if key in made:
            entry_id, revision = key
            forget(session, entry_id)
            session.add(
                EntryVectors(entry_id=entry_id, revision=revision, model=model, vectors=made[key])
            )
            session.flush()


def forget(session: Session, entry_id: int) -> None:
    """Delete the vectors of an entry within the caller's unit of work."""
    session.flush()
    session.execute(sa.delete(EntryVectors).where(EntryVectors.entry_id == entry_id))
