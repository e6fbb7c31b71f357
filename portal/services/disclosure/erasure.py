"""Erasure, and notes of copies, of what is kept about the applicant of a request for disclosure.

State, outcome, days and events stay, of which the figures are made, with the hash of the query code, so that
the request still opens.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.access import SYSTEM, Actor
from portal.domain.disclosure.requests import DisclosureAction
from portal.domain.privacy.erasure import ERASED_TITLE, ErasureGround, ErasureRefusal
from portal.models import Attachment, DisclosureRequest
from portal.queries.disclosure.erasure import overdue
from portal.services.core.typed_text import REASON_MAX, required
from portal.services.core.unit import writing
from portal.services.disclosure.requests import applicant, changing, note, take
from portal.services.files.keeping import discard_of

BATCH = 100
"""Requests whose applicant is erased in one unit of work."""


def note_export(request_id: int, now: datetime) -> None:
    """Record that the applicant has taken a copy of what is kept; the version stays as it is."""
    actor = applicant(request_id)
    with changing(request_id, actor) as (session, request):
        note(session, request, DisclosureAction.EXPORT, actor, now)


def ask_erasure(request_id: int, actor: Actor, now: datetime) -> None:
    """Ask, as the applicant, to be erased; the authority decides.

    Raises :class:`ActionNotAllowed` while the request is handled, and where one waits already.
    """
    with changing(request_id, actor) as (session, request):
        take(session, request, DisclosureAction.ASK_ERASURE, actor, now)
        request.erasure_asked_at = now
        request.erasure_refusal = request.erasure_reason = None


def grant_erasure(request_id: int, version: int, actor: Actor, now: datetime) -> None:
    """Erase the applicant who has asked for it."""
    with changing(request_id, actor, version) as (session, request):
        ground = str(ErasureGround.REQUESTED)
        take(session, request, DisclosureAction.ERASE, actor, now, reason_code=ground)
        _erase(session, request, now)


def refuse_erasure(
    request_id: int,
    version: int,
    code: ErasureRefusal,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Refuse on a ground of the law; the applicant reads ``reason``."""
    reason = required("reason", reason, REASON_MAX)
    with changing(request_id, actor, version) as (session, request):
        take(session, request, DisclosureAction.REFUSE_ERASURE, actor, now, reason_code=str(code))
        request.erasure_refusal, request.erasure_reason = code, reason


def erase_overdue(ended_before: datetime, now: datetime, batch: int = BATCH) -> int:
    """Erase the applicants of at most ``batch`` requests that ended before a moment; return how many."""
    with writing() as session:
        locked = overdue(ended_before).limit(batch).with_for_update(of=DisclosureRequest)
        found = session.scalars(locked).all()
        for request in found:
            _end(session, request, now)
    return len(found)


def _end(session: Session, request: DisclosureRequest, now: datetime) -> None:
    request.version += 1
    state, ground = request.state, str(ErasureGround.PERIOD_OVER)
    said = {"from_state": state, "to_state": state, "reason_code": ground}
    note(session, request, DisclosureAction.ERASE, SYSTEM, now, **said)
    _erase(session, request, now)


def _erase(session: Session, request: DisclosureRequest, now: datetime) -> None:
    """Clear who applies and every text, and delete every file."""
    discard_of(session, Attachment.request_id == request.id)
    request.applicant, request.title, request.description = "", ERASED_TITLE, ""
    request.identity = request.phone = request.email = request.address = None
    request.document_number = request.form_key = None
    request.completion_notice = request.completion = request.extension_reason = None
    request.answer = request.referred_to = request.erasure_reason = None
    request.erased_at = now
