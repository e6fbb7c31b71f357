"""Merging letters on the same matter: one leads, the others follow it and are answered with it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import SYSTEM, Actor, Permission, can
from portal.domain.errors import N_, InvalidInput
from portal.domain.letters.likeness import UNLIKE, likeness, pairs_of
from portal.domain.letters.numbers import NumberError, parse_number
from portal.domain.letters.states import ENDED_STATES, TEXT_MAX, Action, State
from portal.domain.redaction import FindingKind, PublicField, default_masks, mask_text
from portal.domain.translatable import Message
from portal.models import Letter, Reply, ReplyStatus
from portal.services.core.acting import changing, take
from portal.services.core.typed_text import REASON_MAX, limited, optional

_PRIVATE = frozenset(
    {
        FindingKind.SENDER_NAME,
        FindingKind.SENDER_CONTACT,
        FindingKind.MOBILE,
        FindingKind.ID_CARD,
        FindingKind.BANK_CARD,
        FindingKind.EMAIL,
        FindingKind.PLATE,
        FindingKind.ADDRESS,
        FindingKind.SOCIAL_ACCOUNT,
        FindingKind.DOCUMENT,
        FindingKind.CASE_NUMBER,
        FindingKind.REGISTER_NUMBER,
        FindingKind.FRAGMENT,
        FindingKind.BIRTH_DATE,
        FindingKind.SCHOOL_CLASS,
        FindingKind.POSITION,
    }
)
"""What a reply may say about the sender of the leading letter and of no use to the others."""


def merge(
    letter_id: int,
    version: int,
    parent_number: str,
    reason: str,
    actor: Actor,
    now: datetime,
    *,
    sure: bool = False,
) -> None:
    """Merge a letter into the open one of ``parent_number`` that the actor may read too.

    Letters too unlike to be one matter are merged only by who is ``sure``; else raises
    :class:`InvalidInput` of that field.
    """
    reason = optional("reason", reason, REASON_MAX)
    with changing(actor, letter_id, version) as (session, letter):
        parent = _parent(session, parent_number, actor)
        if parent.id == letter.id:
            raise InvalidInput("parent_number", N_("不能并入自身，请填写另一封信的编号。"))
        if parent.state in ENDED_STATES or parent.state is State.MERGED:
            raise InvalidInput("parent_number", N_("主信已经办结或并案，请填写办理中的信件编号。"))
        # Otherwise the accused could come to hold, and answer, the letter that accuses them.
        if letter.never_public != parent.never_public or letter.accused_id != parent.accused_id:
            said = N_("举报信件只能与举报同一单位的信件并案。")
            raise InvalidInput("parent_number", said)
        if not sure and _unlike(letter, parent):
            said = N_(
                "主信是“%(title)s”，与这封信内容差别较大。确实反映同一问题的，请勾选后再并案。"
            )
            raise InvalidInput("sure", Message(said, {"title": parent.title}))
        take(session, letter, Action.MERGE, actor, now, reason=reason or None)
        letter.parent = parent


def _unlike(letter: Letter, parent: Letter) -> bool:
    ours, theirs = (pairs_of(each.title, each.text) for each in (letter, parent))
    return likeness(ours, theirs) < UNLIKE


def _parent(session: Session, number: str, actor: Actor) -> Letter:
    try:
        text = parse_number(number)
    except NumberError as error:
        raise InvalidInput("parent_number", str(error)) from error
    # Locked, so that it cannot be closed while another letter is being merged into it.
    query = sa.select(Letter).where(Letter.number == text).with_for_update(of=Letter)
    parent = session.scalar(query)
    if parent is None or not can(actor, Permission.LETTER_READ, parent):
        raise InvalidInput("parent_number", N_("没有找到这个编号的信件。"))
    return parent


def separate(letter_id: int, version: int, reason: str, actor: Actor, now: datetime) -> None:
    """Take a merged letter out again; it goes back to where it was."""
    reason = optional("reason", reason, REASON_MAX)
    with changing(actor, letter_id, version) as (session, letter):
        take(session, letter, Action.SEPARATE, actor, now, reason=reason or None)
        letter.parent = None


def close_children(session: Session, parent: Letter, reply: Reply, now: datetime) -> None:
    """Close what was merged into ``parent``, each sender answered with a reply of its own.

    The other senders learn neither whose letter led nor what the reply says about that person.
    """
    shared = _without_sender(parent, reply.text)
    for child in _followers(session, parent):
        text = f"您反映的问题与另一封来信相同，已合并办理，现答复如下：\n\n{shared}"
        session.add(
            Reply(
                letter_id=child.id,
                organisation_id=reply.organisation_id,
                status=ReplyStatus.SIGNED,
                text=limited("text", text, TEXT_MAX + 200),
                author_id=reply.author_id,
                signer_id=reply.signer_id,
                created_at=now,
                updated_at=now,
                signed_at=now,
            )
        )
        answered_by = parent.organisation_id
        take(session, child, Action.CLOSE_MERGED, SYSTEM, now, answered_by=answered_by)


def _without_sender(parent: Letter, text: str) -> str:
    """Return a reply with the private particulars masked, office contacts as they are."""
    found = default_masks(text, sender=parent.sender, field=PublicField.REPLY)
    return mask_text(text, [each.as_mask() for each in found if each.kind in _PRIVATE])


def release_children(session: Session, parent: Letter, now: datetime) -> None:
    """Release the letters merged into ``parent``, which ends without an answer."""
    for child in _followers(session, parent):
        take(session, child, Action.RELEASE_MERGED, SYSTEM, now)
        child.parent = None


def _followers(session: Session, parent: Letter) -> list[Letter]:
    """Return what is merged into ``parent`` now, locked and as it is in the database."""
    query = (
        sa.select(Letter)
        .where(Letter.parent_id == parent.id, Letter.state == State.MERGED)
        .order_by(Letter.id)
        .with_for_update(of=Letter)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))
