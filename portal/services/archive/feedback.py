"""What readers say about a public entry: whether it helped, and what is wrong with it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from portal.domain.access import Actor
from portal.domain.archive.reader_rating import reader_rating
from portal.domain.errors import N_, ActionNotAllowed, NotFound
from portal.domain.events import RecordAction
from portal.models import PUBLIC, ArchiveEntry, Letter, ProblemNotice
from portal.queries.archive.problem_notices import notices_for
from portal.services.core.acting import record
from portal.services.core.outbox import enqueue
from portal.services.core.typed_text import REASON_MAX, optional, required
from portal.services.core.unit import writing

NOTICE_MAX = 500
"""Characters of a problem notice."""


def vote(entry_id: int, helpful: bool, now: datetime) -> None:
    """Count a reader's voice; the index follows when it changes the rating.

    Raises :class:`NotFound` where the entry is not public.
    """
    column = ArchiveEntry.helpful if helpful else ArchiveEntry.unhelpful
    with writing() as session:
        done = session.execute(
            sa.update(ArchiveEntry)
            .where(ArchiveEntry.id == entry_id, PUBLIC)
            .values({column: column + 1})
            .returning(ArchiveEntry.helpful, ArchiveEntry.unhelpful)
        ).one_or_none()
        if done is None:
            raise NotFound
        before = (
            (done.helpful - 1, done.unhelpful) if helpful else (done.helpful, done.unhelpful - 1)
        )
        if reader_rating(*before) is not reader_rating(done.helpful, done.unhelpful):
            enqueue(session, session.get_one(ArchiveEntry, entry_id), now)


def give_notice(entry_id: int, text: str, now: datetime) -> int:
    """Keep a reader's notice that something is wrong; return its id.

    Raises :class:`InvalidInput` for an empty or too long text (500 characters) and
    :class:`NotFound` where the entry is not public.
    """
    kept = required("text", text, NOTICE_MAX)
    with writing() as session:
        entry = session.get(ArchiveEntry, entry_id)
        if entry is None or entry.unpublished_at is not None:
            raise NotFound
        row = ProblemNotice(entry_id=entry_id, text=kept, created_at=now)
        session.add(row)
        session.flush()
        return row.id


def resolve_notice(notice_id: int, note: str, actor: Actor, now: datetime) -> None:
    """Resolve a problem notice; ``note`` says what was done and stays in the letter's history.

    Raises :class:`NotFound` where the actor does not decide on publication of the letter,
    :class:`ActionNotAllowed` where somebody was quicker, :class:`InvalidInput` (``note``).
    """
    note = optional("note", note, REASON_MAX)
    with writing() as session:
        found = session.execute(
            sa.select(ProblemNotice, Letter)
            .join(ArchiveEntry, ProblemNotice.entry_id == ArchiveEntry.id)
            .join(Letter, ArchiveEntry.letter_id == Letter.id)
            .where(ProblemNotice.id == notice_id, notices_for(actor))
        ).one_or_none()
        if found is None:
            raise NotFound
        row, letter = found
        if row.resolved_at is not None:
            raise ActionNotAllowed(N_("这条反映已经有人处理过了。"))
        row.resolved_at = now
        record(
            session,
            RecordAction.RESOLVE_NOTICE,
            actor,
            now,
            letter=letter,
            organisation_id=letter.organisation_id,
            reason=note or None,
        )
