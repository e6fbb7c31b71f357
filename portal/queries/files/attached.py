"""Files of forms not sent yet, and everything that the store must have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import (
    PUBLIC,
    ArchiveEntry,
    Attachment,
    FileRelease,
    PublicFile,
    Reply,
    ReplyStatus,
)
from portal.queries.unsent import KEPT_FOR

_CHUNK = 500


def unsent_files(session: Session, draft_key: str) -> Sequence[Attachment]:
    """Return the files that a form has, in the order in which they were chosen."""
    query = sa.select(Attachment).where(Attachment.draft_key == draft_key)
    return session.scalars(query.order_by(Attachment.id)).all()


def file_of_letter(
    session: Session, letter_id: int, file_id: int, *, drafts: bool
) -> Attachment | None:
    """Return a file of a letter; that of a reply which is not signed yet only with ``drafts``."""
    query = sa.select(Attachment).where(Attachment.id == file_id, Attachment.letter_id == letter_id)
    if not drafts:
        signed = sa.select(Reply.id).where(
            Reply.letter_id == letter_id, Reply.status == ReplyStatus.SIGNED
        )
        query = query.where(sa.or_(Attachment.reply_id.is_(None), Attachment.reply_id.in_(signed)))
    return session.scalar(query)


def file_of_request(session: Session, request_id: int, file_id: int) -> Attachment | None:
    """Return a file of a request for disclosure."""
    return session.scalar(
        sa.select(Attachment).where(Attachment.id == file_id, Attachment.request_id == request_id)
    )


def unsent_bytes(session: Session) -> int:
    """Return the bytes of all files that wait for their forms to be sent."""
    query = sa.select(sa.func.coalesce(sa.func.sum(Attachment.size), 0))
    return session.scalars(query.where(Attachment.draft_key.is_not(None))).one()


def expired_files(session: Session, now: datetime) -> Sequence[Attachment]:
    """Return files whose form nobody has sent in time."""
    old = sa.select(Attachment).where(
        Attachment.draft_key.is_not(None), Attachment.created_at <= now - KEPT_FOR
    )
    return session.scalars(old.limit(_CHUNK)).all()


def needed_files(session: Session) -> Iterator[Attachment]:
    """Return every attachment, a part at a time, without keeping a transaction open in between."""
    last = 0
    while True:
        query = sa.select(Attachment).where(Attachment.id > last).order_by(Attachment.id)
        rows = session.scalars(query.limit(_CHUNK)).all()
        if not rows:
            return
        last = rows[-1].id
        yield from rows
        session.rollback()


def needed_names(session: Session, names: Sequence[str]) -> set[str]:
    """Return those of ``names`` that a private file of some row has in the store."""
    return _named(session, names, Attachment.stored, Attachment.thumbnail, FileRelease.stored)


def public_names(session: Session, names: Sequence[str]) -> set[str]:
    """Return those of ``names`` that a public file has in the store."""
    return _named(session, names, PublicFile.stored)


def _named(session: Session, names: Sequence[str], *columns: Any) -> set[str]:
    found: set[str] = set()
    for column in columns:
        found.update(filter(None, session.scalars(sa.select(column).where(column.in_(names)))))
    return found


def public_file(session: Session, entry_id: int, file_id: int) -> PublicFile | None:
    """Return a file of an entry that is public."""
    query = sa.select(PublicFile).join(ArchiveEntry, ArchiveEntry.id == PublicFile.entry_id)
    return session.scalar(
        query.where(PublicFile.id == file_id, PublicFile.entry_id == entry_id, PUBLIC)
    )
