"""Taking files in and giving them out.

A file is read, scanned, encrypted and stored before its row is written, all outside the transaction: a kill in
between leaves a file that no row names, which :mod:`portal.services.files.clearing` removes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from portal.adapters.files.reading import Examined, examine
from portal.adapters.files.scanning import scan_with
from portal.adapters.files.store import Area, FileStore, open_store
from portal.config import Settings
from portal.domain.errors import N_, InvalidInput, NotFound, Unavailable
from portal.domain.files.kinds import FileFault
from portal.domain.files.names import NAME_MAX, shown_name
from portal.domain.integrity.ring import CipherName
from portal.domain.integrity.sealed_files import new_key, seal, stored_name, unseal
from portal.domain.translatable import Message
from portal.models import Attachment, DiscardedFile, FileRelease, Letter
from portal.queries.files.attached import unsent_bytes, unsent_files
from portal.services.core.unit import writing

UNSENT_MOST = 5_000_000_000
"""Bytes of all files that wait for their forms to be sent; beyond, no more are taken."""
FIELD = "files"
"""The field that shows why a file is refused."""
_log = structlog.get_logger("portal.files")


@dataclass(frozen=True, slots=True)
class Keeper:
    """Where files are kept, how, and how many; ``scan`` says what is wrong with a file, or nothing."""

    store: FileStore
    cipher: CipherName
    most: int
    largest: int
    scan: Callable[[bytes], FileFault | None]

    @classmethod
    def of(cls, settings: Settings) -> Keeper:
        """Return what the settings say."""
        return cls(
            open_store(settings),
            CipherName(settings.cipher),
            settings.files_most,
            settings.file_bytes,
            scan_with(settings),
        )


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as it was sent; ``content`` is one byte longer than the largest allowed where it is too large."""

    name: str
    content: bytes


def refusal(name: str, fault: FileFault) -> InvalidInput:
    """Return the error that says which file is refused and why."""
    return InvalidInput(FIELD, Message(fault.label, {"name": name[:NAME_MAX]}))


def keep_file(
    keeper: Keeper, sent: SentFile, draft_key: str, author_id: int | None, now: datetime
) -> int:
    """Keep a file for the form of ``draft_key``; return its id.

    Raises :class:`InvalidInput` with why it is refused, and :class:`Unavailable` where there is no room.
    """
    row = stored(keeper, sent, author_id, now)
    row.draft_key = draft_key
    with writing() as session:
        check_room(keeper, len(unsent_files(session, draft_key)))
        session.add(row)
        session.flush()
        return row.id


def check_room(keeper: Keeper, there: int) -> None:
    """Raise :class:`InvalidInput` where ``there`` are as many files as may come."""
    if there >= keeper.most:
        raise InvalidInput(FIELD, Message(N_("最多可以上传 %(n)s 个文件。"), {"n": keeper.most}))


def stored(keeper: Keeper, sent: SentFile, author_id: int | None, now: datetime) -> Attachment:
    """Return the row, not yet written, of a file that is stored from now on; raises as :func:`keep_file`."""
    fault = _fault(keeper, sent)
    if fault is not None:
        raise refusal(sent.name, fault)
    examined = examine(sent.content)
    if isinstance(examined, FileFault):
        raise refusal(sent.name, examined)
    key = new_key()
    parts = [seal(examined.content, key, keeper.cipher)]
    if examined.thumbnail is not None:
        parts.append(seal(examined.thumbnail, key, keeper.cipher))
    names = [stored_name(part) for part in parts]
    try:
        for name, part in zip(names, parts, strict=True):
            keeper.store.put(Area.PRIVATE, name, part)
    except OSError as error:
        _log.error("file_not_stored", kind=type(error).__name__, errno=error.errno)
        raise Unavailable(N_("文件暂时不能保存，文字不受影响，请稍后再上传。")) from error
    row = _row(sent, examined, names, key, now)
    row.author_id = author_id
    return row


def _fault(keeper: Keeper, sent: SentFile) -> FileFault | None:
    if not sent.content:
        return FileFault.EMPTY
    if len(sent.content) > keeper.largest:
        return FileFault.TOO_LARGE
    return keeper.scan(sent.content)


def _row(
    sent: SentFile, examined: Examined, names: list[str], key: str, now: datetime
) -> Attachment:
    return Attachment(
        name=shown_name(sent.name, examined.kind),
        kind=examined.kind,
        size=len(examined.content),
        width=examined.width,
        height=examined.height,
        pages=examined.pages,
        stored=names[0],
        thumbnail=names[1] if len(names) > 1 else None,
        key=key,
        created_at=now,
    )


def room_left(session: Session) -> bool:
    """Return whether more files can be taken for forms that are not sent yet."""
    return unsent_bytes(session) < UNSENT_MOST


@dataclass(frozen=True, slots=True)
class Owner:
    """What files come with: a letter, one of its messages or replies, or a request for disclosure."""

    letter_id: int | None = None
    message_id: int | None = None
    reply_id: int | None = None
    request_id: int | None = None


def claim(session: Session, draft_key: str | None, owner: Owner) -> int:
    """Give the files of a form to what it was sent as; return how many."""
    if draft_key is None:
        return 0
    files = unsent_files(session, draft_key)
    for each in files:
        each.draft_key = None
        each.letter_id, each.message_id = owner.letter_id, owner.message_id
        each.reply_id, each.request_id = owner.reply_id, owner.request_id
    return len(files)


def remove_unsent(draft_key: str, attachment_id: int) -> None:
    """Remove a file from a form that is not sent yet. Raises :class:`NotFound`."""
    with writing() as session:
        found = next((f for f in unsent_files(session, draft_key) if f.id == attachment_id), None)
        if found is None:
            raise NotFound
        discard(session, [found])


def remove_all_unsent(draft_key: str) -> None:
    """Remove every file of a form that will not be sent."""
    with writing() as session:
        discard(session, unsent_files(session, draft_key))


def discard(session: Session, files: Iterable[Attachment]) -> None:
    """Delete rows with the keys of their files, and have the worker take these out of the store."""
    gone = list(files)
    names = [name for each in gone for name in (each.stored, each.thumbnail) if name]
    session.add_all(DiscardedFile(area=str(Area.PRIVATE), stored=name) for name in names)
    if gone:
        ids = [each.id for each in gone]
        session.execute(sa.delete(Attachment).where(Attachment.id.in_(ids)))


def discard_of(session: Session, subject: sa.ColumnElement[bool]) -> None:
    """Delete every file of a letter or a request, from whoever it came."""
    discard(session, session.scalars(sa.select(Attachment).where(subject)).all())
    session.execute(sa.delete(Attachment).where(subject))


def forget_releases(session: Session, letter: Letter) -> None:
    """Delete what was made of a letter's files for proposals; what is public stays."""
    proposals = [proposal.id for proposal in letter.proposals]
    of_letter = FileRelease.proposal_id.in_(proposals)
    for name in session.scalars(sa.select(FileRelease.stored).where(of_letter)).all():
        session.add(DiscardedFile(area=str(Area.PRIVATE), stored=name))
    session.execute(sa.delete(FileRelease).where(of_letter))


def content_of(store: FileStore, file: Attachment) -> bytes:
    """Return a file as it was kept. Raises what the store and the cipher raise."""
    return unseal(store.get(Area.PRIVATE, file.stored), file.key)


def thumbnail_of(store: FileStore, file: Attachment) -> bytes:
    """Return the thumbnail of a picture. Raises :class:`NotFound` for a document."""
    if file.thumbnail is None:
        raise NotFound
    return unseal(store.get(Area.PRIVATE, file.thumbnail), file.key)
