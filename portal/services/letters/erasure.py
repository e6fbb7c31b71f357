"""Erasing the person of a letter: at the sender's request, or when the period of keeping is over.

What stays is what figures, events and the public record are made of, with the hash of the query code, of which the
openings of the record are derived. A published copy has no person in it and stays, unless the sender takes consent back.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import SYSTEM, Actor, Permission, can
from portal.domain.errors import N_, ActionNotAllowed, Conflict, NotFound, NotPermitted
from portal.domain.events import RecordAction
from portal.domain.letters.states import ConsentBasis
from portal.domain.privacy.erasure import (
    ERASED_TITLE,
    ErasureGround,
    ErasureOutcome,
    ErasureRefusal,
    erasure_objection,
)
from portal.models import (
    Appeal,
    Attachment,
    CoHandling,
    ErasureRequest,
    Extension,
    Letter,
    Message,
    MessageChoice,
    OutboxRow,
    OutgoingMessage,
    Proposal,
    Rating,
    RedactionMask,
    Reply,
    ReplyStatus,
)
from portal.queries.letters.erasure import overdue
from portal.services.core.acting import changing, record
from portal.services.core.typed_text import REASON_MAX, required
from portal.services.core.unit import writing
from portal.services.files.keeping import discard_of, forget_releases
from portal.services.letters.consent import take_back
from portal.services.letters.submission import citizen

BATCH = 100
"""Letters erased in one unit of work."""


def note_export(letter_id: int, now: datetime) -> None:
    """Record that the sender has taken a copy of what is kept."""
    actor = citizen(letter_id)
    with changing(actor, letter_id) as (session, letter):
        record(session, RecordAction.EXPORT_DATA, actor, now, letter=letter)


def request_erasure(letter_id: int, unpublish: bool, now: datetime) -> None:
    """Ask, as the sender, to be erased; a person of the office decides.

    With ``unpublish`` consent is taken back together with it. Raises :class:`ActionNotAllowed` while the letter
    is handled, and where a request waits already.
    """
    actor = citizen(letter_id)
    with changing(actor, letter_id) as (session, letter):
        _refuse_objection(letter)
        waiting = letter.erasure_request
        if waiting is not None and waiting.outcome is ErasureOutcome.PENDING:
            raise ActionNotAllowed(N_("您已经申请过，正在等待处理。"))
        session.add(ErasureRequest(letter_id=letter.id, unpublish=unpublish, requested_at=now))
        record(session, RecordAction.REQUEST_ERASURE, actor, now, letter=letter)


def grant_erasure(request_id: int, actor: Actor, now: datetime) -> None:
    """Erase the person as the sender has asked.

    Raises :class:`NotFound`, :class:`NotPermitted`, :class:`Conflict` where it was decided already, and
    :class:`ActionNotAllowed` where the letter is handled again.
    """
    with writing() as session:
        request, letter = _decidable(session, request_id, actor)
        _refuse_objection(letter)
        request.outcome, request.decided_by_id = ErasureOutcome.GRANTED, actor.user_id
        request.decided_at = now
        if request.unpublish and letter.consent_basis is not ConsentBasis.NONE:
            take_back(session, letter, now)
        erase(session, letter, ErasureGround.REQUESTED, actor, now)


def refuse_erasure(
    request_id: int, code: ErasureRefusal, reason: str, actor: Actor, now: datetime
) -> None:
    """Refuse a request on a ground of the law; the sender reads ``reason``.

    Raises as :func:`grant_erasure`, and :class:`InvalidInput` with ``reason``.
    """
    reason = required("reason", reason, REASON_MAX)
    with writing() as session:
        request, letter = _decidable(session, request_id, actor)
        request.outcome, request.decided_by_id = ErasureOutcome.REFUSED, actor.user_id
        request.decided_at, request.refusal, request.reason = now, code, reason
        record(session, RecordAction.REFUSE_ERASURE, actor, now, letter=letter, reason_code=code)


def _decidable(session: Session, request_id: int, actor: Actor) -> tuple[ErasureRequest, Letter]:
    request = session.get(ErasureRequest, request_id, with_for_update=True)
    if request is None:
        raise NotFound
    with changing(actor, request.letter_id) as (_, letter):
        if not can(actor, Permission.ERASURE_DECIDE, letter):
            raise NotPermitted
    if request.outcome is not ErasureOutcome.PENDING:
        raise Conflict
    return request, letter


def _refuse_objection(letter: Letter) -> None:
    if said := erasure_objection(letter):
        raise ActionNotAllowed(said)


def erase_overdue(ended_before: datetime, now: datetime, batch: int = BATCH) -> int:
    """Erase the persons of at most ``batch`` letters that ended before a moment; return how many."""
    with writing() as session:
        found = session.scalars(overdue(ended_before).limit(batch).with_for_update(of=Letter)).all()
        for letter in found:
            erase(session, letter, ErasureGround.PERIOD_OVER, SYSTEM, now)
    return len(found)


def erase(
    session: Session, letter: Letter, ground: ErasureGround, actor: Actor, now: datetime
) -> None:
    """Erase the person of ``letter`` in the unit of work of the caller."""
    letter.sender_name = letter.sender_phone = letter.sender_email = None
    letter.name_key = letter.phone_key = letter.email_key = None
    letter.title, letter.text = ERASED_TITLE, ""
    letter.organisation_words = letter.form_key = letter.citizen_key = None
    letter.phone_verified_at = letter.email_verified_at = None
    letter.erased_at = now
    session.flush()
    session.execute(sa.delete(MessageChoice).where(MessageChoice.letter_id == letter.id))
    # By its reference a gateway knows the telephone; an error may name the address that failed.
    session.execute(_cleared(OutgoingMessage, letter).values(reference=None))
    sent = sa.select(OutgoingMessage.id).where(OutgoingMessage.letter_id == letter.id)
    failed = sa.update(OutboxRow).where(OutboxRow.message_id.in_(sent))
    session.execute(failed.values(last_error=None))
    forget_releases(session, letter)
    discard_of(session, Attachment.letter_id == letter.id)
    drafts = sa.delete(Reply).where(Reply.letter_id == letter.id, Reply.status == ReplyStatus.DRAFT)
    session.execute(drafts)
    session.execute(_cleared(Reply, letter).values(text="", review_note=None))
    session.execute(_cleared(Message, letter).values(text=""))
    session.execute(_cleared(Rating, letter).values(comment=""))
    session.execute(_cleared(Extension, letter).values(reason="", decision_note=None))
    session.execute(_cleared(Appeal, letter).values(decision_note=None))
    session.execute(_cleared(CoHandling, letter).values(request=""))
    contributed = _cleared(CoHandling, letter).where(CoHandling.contribution.is_not(None))
    session.execute(contributed.values(contribution=""))
    session.execute(_cleared(ErasureRequest, letter).values(reason=None))
    texts = dict.fromkeys(("title", "text", "question", "supplement", "reply"), "")
    session.execute(_cleared(Proposal, letter).values(**texts, note=None))
    proposals = sa.select(Proposal.id).where(Proposal.letter_id == letter.id)
    session.execute(sa.delete(RedactionMask).where(RedactionMask.proposal_id.in_(proposals)))
    session.expire(letter)
    record(session, RecordAction.ERASE_PERSON, actor, now, letter=letter, reason_code=ground)


def _cleared(
    table: type[
        Reply
        | Message
        | OutgoingMessage
        | Rating
        | Extension
        | Appeal
        | CoHandling
        | Proposal
        | ErasureRequest
    ],
    letter: Letter,
) -> sa.Update:
    return sa.update(table).where(table.letter_id == letter.id)
