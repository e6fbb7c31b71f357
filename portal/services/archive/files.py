"""Files that go public with an entry: looked at and released one by one, covered, and taken down again.

What the public gets is a copy: a picture made once more with rectangles burned in, or a PDF of such
pictures, without any text. It is made when a person releases the file, so that whoever decides sees what
will be public. Public copies lie apart from private files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.adapters.files.reading import cover
from portal.adapters.files.store import Area, FileStore
from portal.domain.access import Actor
from portal.domain.errors import N_, InvalidInput, NotFound
from portal.domain.files.covers import COVERS_MOST, Cover, written
from portal.domain.files.kinds import KEPT, FileFault, FileKind
from portal.domain.integrity.sealed_files import new_key, seal, stored_name, unseal
from portal.models import (
    ArchiveEntry,
    Attachment,
    DiscardedFile,
    FileRelease,
    Letter,
    Proposal,
    ProposalStatus,
    PublicFile,
    db,
)
from portal.services.archive.redacting import note_change, redacting
from portal.services.files.keeping import Keeper, content_of, refusal

PUBLISHABLE = frozenset({KEPT, FileKind.PDF})
"""Kinds of which a copy can be made that hides for sure what is covered."""


@dataclass(frozen=True, slots=True)
class PublicCopy:
    """A copy in the public area, and what is said of it."""

    stored: str
    kind: FileKind
    size: int
    width: int | None
    height: int | None


def release_file(
    keeper: Keeper,
    letter_id: int,
    attachment_id: int,
    covers: Sequence[Cover],
    actor: Actor,
    now: datetime,
) -> None:
    """Release a file of the letter with what is proposed, with ``covers`` burned into its copy.

    Raises :class:`InvalidInput` (``covers``) for rectangles beside the picture, and for a file of which
    no copy can be made.
    """
    if len(covers) > COVERS_MOST or not all(each.inside for each in covers):
        raise InvalidInput("covers", N_("遮盖的位置要在图片以内，数量不能太多，请核对。"))
    with redacting(letter_id, actor) as (session, letter, _):
        file = _file(letter, attachment_id)
        if file.kind not in PUBLISHABLE:
            raise InvalidInput(
                "covers", N_("Word 和 Excel 文件不能公示，请另存为 PDF 随答复提供。")
            )
        session.expunge(file)
    made = cover(content_of(keeper.store, file), covers)
    if isinstance(made, FileFault):
        raise refusal(file.name, made)
    key = new_key()
    sealed = seal(made, key, keeper.cipher)
    keeper.store.put(Area.PRIVATE, stored_name(sealed), sealed)
    with redacting(letter_id, actor) as (session, letter, proposal):
        _file(letter, attachment_id)
        _withdraw(session, proposal, attachment_id)
        session.add(
            FileRelease(
                proposal_id=proposal.id,
                attachment_id=attachment_id,
                covers=written(covers),
                size=len(made),
                stored=stored_name(sealed),
                key=key,
                decider_id=actor.user_id,
                decided_at=now,
            )
        )
        said = {"reason_code": "release", "subject": f"file:{attachment_id}"}
        note_change(session, letter, actor, now, **said)


def withhold_file(letter_id: int, attachment_id: int, actor: Actor, now: datetime) -> None:
    """Keep a file of the letter out of what is proposed."""
    with redacting(letter_id, actor) as (session, letter, proposal):
        if _withdraw(session, proposal, attachment_id):
            said = {"reason_code": "withhold", "subject": f"file:{attachment_id}"}
            note_change(session, letter, actor, now, **said)


def publishable_files(letter: Letter) -> list[Attachment]:
    """Return the files that came with the letter, its messages and its signed replies."""
    signed = {None, *(reply.id for reply in letter.signed_replies)}
    return [file for file in letter.attachments if file.reply_id in signed]


def _file(letter: Letter, attachment_id: int) -> Attachment:
    found = next((each for each in publishable_files(letter) if each.id == attachment_id), None)
    if found is None:
        raise NotFound
    return found


def _withdraw(session: Session, proposal: Proposal, attachment_id: int) -> bool:
    earlier = session.scalars(
        sa.select(FileRelease).where(
            FileRelease.proposal_id == proposal.id, FileRelease.attachment_id == attachment_id
        )
    ).all()
    for each in earlier:
        session.add(DiscardedFile(area=str(Area.PRIVATE), stored=each.stored))
        session.delete(each)
    session.flush()
    return bool(earlier)


def carry_over(session: Session, earlier: Proposal, proposal: Proposal) -> None:
    """Begin a correction with the files that are public already."""
    if earlier.status is not ProposalStatus.PUBLISHED or not proposal.correction:
        return
    for each in earlier.releases:
        session.add(
            FileRelease(
                proposal_id=proposal.id,
                attachment_id=each.attachment_id,
                covers=each.covers,
                size=each.size,
                stored=each.stored,
                key=each.key,
                decider_id=each.decider_id,
                decided_at=each.decided_at,
            )
        )


def copy_of(store: FileStore, release: FileRelease) -> bytes:
    """Return the copy that was made of a released file."""
    return unseal(store.get(Area.PRIVATE, release.stored), release.key)


def public_copies(store: FileStore, letter_id: int) -> list[PublicCopy]:
    """Put the copies of what is released with the open proposal into the public area."""
    session = db.session()
    letter = session.get(Letter, letter_id)
    proposal = letter.open_proposal if letter is not None else None
    copies = []
    for each in proposal.releases if proposal is not None else ():
        content = copy_of(store, each)
        name, file = stored_name(content), each.attachment
        store.put(Area.PUBLIC, name, content)
        copies.append(PublicCopy(name, file.kind, len(content), file.width, file.height))
    session.rollback()
    return copies


def put_files(session: Session, entry: ArchiveEntry, copies: Sequence[PublicCopy]) -> None:
    """Have ``entry`` show these files and no others; names say nothing of who sent them."""
    before, wanted = {each.stored: each for each in entry.files}, {each.stored for each in copies}
    for gone in before.keys() - wanted:
        session.add(DiscardedFile(area=str(Area.PUBLIC), stored=gone))
    files = []
    for number, each in enumerate(copies, 1):
        file = before.pop(each.stored, None) or PublicFile(stored=each.stored)
        file.name, file.kind, file.size = f"{number}{each.kind.ending}", each.kind, each.size
        file.width, file.height = each.width, each.height
        files.append(file)
    entry.files = files
