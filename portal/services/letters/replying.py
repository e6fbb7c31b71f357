"""Replies: drafting, sign-off, sending back, and replies that follow a closed letter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.access import Actor, Permission, can
from portal.domain.errors import N_, ActionNotAllowed, Conflict, InvalidInput, NotPermitted
from portal.domain.letters.states import TEXT_MAX, Action, State
from portal.models import Letter, Reply, ReplyKind, ReplyStatus
from portal.services.core.acting import changing, take
from portal.services.core.typed_text import REASON_MAX, clean, limited, required
from portal.services.files.keeping import Keeper, SentFile, check_room, discard, stored
from portal.services.letters.merging import close_children

DRAFT_STATES = frozenset({State.IN_PROGRESS, State.CLOSED})


def save_draft(letter_id: int, text: str, reply_version: int, actor: Actor, now: datetime) -> int:
    """Keep what has been typed so far; return the draft's new version.

    ``reply_version`` is the version that was loaded, 0 for a first draft. Raises
    :class:`Conflict` where somebody else has saved meanwhile.
    """
    with _drafting(letter_id, actor) as (session, letter):
        return _write(
            session, letter, limited("text", clean(text), TEXT_MAX), reply_version, actor, now
        ).version


def attach_to_draft(
    keeper: Keeper, letter_id: int, sent: SentFile, actor: Actor, now: datetime
) -> int:
    """Keep a file with the reply that is being written; return its id.

    The sender sees it once the reply is signed. Raises :class:`InvalidInput` with why it is refused.
    """
    row = stored(keeper, sent, actor.user_id, now)
    with _drafting(letter_id, actor) as (session, letter):
        draft = letter.draft
        if draft is None:
            raise InvalidInput("text", N_("先写答复，再添加文件。"))
        check_room(keeper, sum(each.reply_id == draft.id for each in letter.attachments))
        row.letter_id, row.reply_id = letter.id, draft.id
        session.add(row)
        session.flush()
        return row.id


def detach_from_draft(letter_id: int, attachment_id: int, actor: Actor) -> None:
    """Remove a file from the reply that is being written; one that is gone already is no error."""
    with _drafting(letter_id, actor) as (session, letter):
        draft = letter.draft
        mine = [each for each in letter.attachments if draft and each.reply_id == draft.id]
        discard(session, [each for each in mine if each.id == attachment_id])


@contextmanager
def _drafting(letter_id: int, actor: Actor) -> Iterator[tuple[Session, Letter]]:
    """Open a unit of work on a letter whose reply ``actor`` may write now."""
    with changing(actor, letter_id) as (session, letter):
        if not can(actor, Permission.REPLY_WRITE, letter):
            raise NotPermitted
        if letter.state not in DRAFT_STATES or letter.reply_in_review is not None:
            raise ActionNotAllowed(N_("信件当前的状态不允许这项操作。"))
        yield session, letter


def _write(
    session: Session, letter: Letter, text: str, reply_version: int, actor: Actor, now: datetime
) -> Reply:
    draft = letter.draft
    if (draft.version if draft else 0) != reply_version:
        raise Conflict(N_("这份答复刚被其他人改过，您写的内容仍在下方，请核对后再保存。"))
    if draft is None:
        draft = Reply(letter_id=letter.id, status=ReplyStatus.DRAFT, created_at=now, version=0)
        letter.replies.append(draft)
    draft.text, draft.author_id, draft.updated_at = text, actor.user_id, now
    # A draft may outlive a closing without reply, or a redo: its kind follows the letter.
    draft.kind = ReplyKind.FOLLOW_UP if letter.closed_at else ReplyKind.REPLY
    draft.organisation_id = letter.organisation_id
    draft.version += 1
    session.flush()
    return draft


def request_signoff(
    letter_id: int, version: int, text: str, reply_version: int, actor: Actor, now: datetime
) -> None:
    """Send a reply for sign-off; after closing it is a follow-up reply."""
    text = required("text", text, TEXT_MAX)
    with changing(actor, letter_id, version) as (session, letter):
        follow_up = letter.state is State.CLOSED
        take(
            session,
            letter,
            Action.PROPOSE_FOLLOW_UP if follow_up else Action.REQUEST_SIGNOFF,
            actor,
            now,
        )
        reply = _write(session, letter, text, reply_version, actor, now)
        reply.status, reply.review_note = ReplyStatus.IN_REVIEW, None


def recall(letter_id: int, version: int, actor: Actor, now: datetime) -> None:
    """Take a reply back from sign-off to write on."""
    with changing(actor, letter_id, version) as (session, letter):
        reply = letter.reply_in_review
        take(session, letter, Action.RECALL_SIGNOFF, actor, now)
        if reply is not None:
            reply.status = ReplyStatus.DRAFT


def send_back(letter_id: int, version: int, reason: str, actor: Actor, now: datetime) -> None:
    """Send a reply or follow-up back to its author with a reason."""
    reason = required("reason", reason, REASON_MAX)
    with changing(actor, letter_id, version) as (session, letter):
        reply = letter.reply_in_review
        action = Action.REFUSE_FOLLOW_UP if letter.state is State.CLOSED else Action.SEND_BACK
        take(session, letter, action, actor, now, reason=reason)
        if reply is not None:
            reply.status, reply.review_note = ReplyStatus.DRAFT, reason


def sign(letter_id: int, version: int, actor: Actor, now: datetime) -> None:
    """Sign a reply: the citizen gets it, the letter is closed and with it what was merged in."""
    with changing(actor, letter_id, version) as (session, letter):
        reply = letter.reply_in_review
        follow_up = letter.state is State.CLOSED
        take(session, letter, Action.SIGN_FOLLOW_UP if follow_up else Action.SIGN, actor, now)
        if reply is None:
            raise InvalidInput("text", N_("没有待审签的答复。"))
        reply.status, reply.signer_id, reply.signed_at = ReplyStatus.SIGNED, actor.user_id, now
        if not follow_up:
            close_children(session, letter, reply, now)
