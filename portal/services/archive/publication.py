"""Publication: proposed by one person, redacted, decided by another, taken down again.

Only this file and :mod:`portal.services.archive.machine_publication` write the archive table, and always
with an outbox row in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.adapters.files.store import FileStore
from portal.domain.access import Actor
from portal.domain.archive.places import place_of
from portal.domain.calendar import WorkCalendar
from portal.domain.errors import N_, ActionNotAllowed, Conflict, InvalidInput
from portal.domain.letters.states import (
    STORED_TITLE_MAX,
    Action,
    EarlierVersions,
    Publication,
    RefusalReason,
    UnpublishReason,
)
from portal.domain.periods import civil_date
from portal.models import (
    ArchiveEntry,
    ArchiveVersion,
    Letter,
    MessageKind,
    Organisation,
    Proposal,
    ProposalStatus,
    Reply,
)
from portal.queries.archive.places import districts
from portal.queries.rules import work_calendar
from portal.services.archive.files import carry_over, public_copies, put_files
from portal.services.archive.matters import leave
from portal.services.archive.meaning import forget
from portal.services.archive.redacting import REASON_MAX, find, hidden_words, public_copy
from portal.services.core.acting import changing, take
from portal.services.core.outbox import enqueue
from portal.services.core.typed_text import clean, required

CORRECTED_MAX = 50_000
"""Characters of a public text that a person has corrected: a letter, or replies with what was added."""


@dataclass(frozen=True, slots=True)
class CorrectedTexts:
    """The public texts of an entry as a person would have them.

    ``question`` and ``supplement`` are empty where the entry has none.
    """

    title: str
    text: str
    reply: str
    question: str = ""
    supplement: str = ""


def propose(letter_id: int, version: int, note: str, actor: Actor, now: datetime) -> int:
    """Propose publication, or a correction of what is public; return the proposal's id."""
    with changing(actor, letter_id, version) as (session, letter):
        correction = letter.publication is Publication.PUBLISHED
        action = Action.PROPOSE_CORRECTION if correction else Action.PROPOSE
        take(session, letter, action, actor, now, reason=note or None)
        earlier = letter.proposals[-1] if letter.proposals else None
        proposal = Proposal(
            status=ProposalStatus.OPEN,
            correction=correction,
            title=letter.title,
            text=letter.text,
            question=public_messages(letter, MessageKind.QUESTION),
            supplement=public_messages(letter, MessageKind.SUPPLEMENT, MessageKind.ADDITION),
            reply=public_reply(letter),
            note=note or None,
            proposer_id=actor.user_id,
            proposed_at=now,
            version=1,
        )
        letter.proposals.append(proposal)
        find(letter, proposal, earlier)
        session.flush()
        if earlier is not None:
            carry_over(session, earlier, proposal)
        return proposal.id


def correct(
    letter_id: int,
    version: int,
    new: CorrectedTexts,
    reason: str,
    earlier_versions: EarlierVersions,
    actor: Actor,
    now: datetime,
) -> int:
    """Propose other words for the public texts of an entry; return the proposal's id.

    Another person decides. The detectors look through the corrected texts; what was kept in the public
    texts before stays kept. A question or a supplement that the entry does not have cannot be added.
    Raises :class:`InvalidInput` where nothing would change.
    """
    reason = required("reason", reason, REASON_MAX)
    texts = {
        "title": required("title", new.title, STORED_TITLE_MAX, lines=False),
        "text": required("text", new.text, CORRECTED_MAX),
        "reply": required("reply", new.reply, CORRECTED_MAX),
    }
    with changing(actor, letter_id, version) as (session, letter):
        action, code = Action.PROPOSE_CORRECTION, str(earlier_versions)
        take(session, letter, action, actor, now, reason_code=code, reason=reason)
        entry = session.scalars(sa.select(ArchiveEntry).filter_by(letter_id=letter.id)).one()
        for name in ("question", "supplement"):
            has = bool(getattr(entry, name))
            texts[name] = required(name, getattr(new, name), CORRECTED_MAX) if has else ""
        hides = earlier_versions is EarlierVersions.HIDDEN and entry.versions
        same = all(clean(getattr(entry, name)) == text for name, text in texts.items())
        if same and not hides:
            raise InvalidInput("text", N_("内容和现在公示的一样，没有改动。"))
        past = letter.proposals[-1] if letter.proposals else None
        proposal = Proposal(
            status=ProposalStatus.OPEN,
            correction=True,
            earlier_versions=earlier_versions,
            **texts,
            note=reason,
            proposer_id=actor.user_id,
            proposed_at=now,
            version=1,
        )
        letter.proposals.append(proposal)
        find(letter, proposal, past)
        session.flush()
        return proposal.id


def public_messages(letter: Letter, *kinds: MessageKind) -> str:
    """Return what the citizen was asked, or what the citizen added, in the order of writing."""
    found = sorted((m for m in letter.messages if m.kind in kinds), key=lambda m: m.id)
    return "\n\n".join(message.text for message in found)


def public_reply(letter: Letter) -> str:
    """Return the answer with the follow-up replies that came after it."""
    answer = _answer(letter)
    later = [r for r in letter.signed_replies if r.id > answer.id]
    parts = [answer.text]
    for reply in later:
        day = civil_date(reply.signed_at) if reply.signed_at else civil_date(reply.updated_at)
        parts.append(f"补充答复（{day.year}年{day.month}月{day.day}日）：\n{reply.text}")
    return "\n\n".join(parts)


def _answer(letter: Letter) -> Reply:
    if letter.answer is None:
        raise ActionNotAllowed(N_("没有答复的信件不能公示。"))
    return letter.answer


def recall(letter_id: int, version: int, actor: Actor, now: datetime) -> None:
    """Take back a proposal of one's own."""
    with changing(actor, letter_id, version) as (session, letter):
        take(session, letter, Action.RECALL_PROPOSAL, actor, now)
        recall_waiting(letter, now)


def publish(
    letter_id: int,
    version: int,
    proposal_version: int,
    actor: Actor,
    now: datetime,
    store: FileStore | None = None,
) -> int:
    """Publish what was proposed (or its correction); return the id of the archive entry.

    Copies of released files go into the public area of ``store`` first; without one, none are published.
    Raises :class:`ActionNotAllowed` while a finding is open, :class:`Conflict` where the
    redaction changed since the reviewer looked at it.
    """
    copies = public_copies(store, letter_id) if store is not None else []
    with changing(actor, letter_id, version) as (session, letter):
        proposal = letter.open_proposal
        action = Action.CORRECT if letter.correction_pending else Action.PUBLISH
        code = proposal.earlier_versions if proposal else None
        take(session, letter, action, actor, now, reason_code=code)
        if proposal is None:
            raise ActionNotAllowed(N_("这封信没有待审核的公示件。"))
        if proposal.version != proposal_version:
            raise Conflict(N_("脱敏内容刚被修改过，请重新核对公示件后再公示。"))
        if proposal.open_masks:
            raise ActionNotAllowed(N_("还有未处理的脱敏提示，处理完才能公示。"))
        proposal.reviewer_id = actor.user_id
        entry = _enter(session, letter, proposal, now)
        if not proposal.is_by_hand:
            put_files(session, entry, copies)
        return entry.id


def _enter(session: Session, letter: Letter, proposal: Proposal, now: datetime) -> ArchiveEntry:
    """Write the redacted copy into the archive, keeping what it said before."""
    proposal.status, proposal.decided_at = ProposalStatus.PUBLISHED, now
    entry = session.scalar(sa.select(ArchiveEntry).where(ArchiveEntry.letter_id == letter.id))
    if entry is None:
        entry = ArchiveEntry(letter_id=letter.id, revision=0, published_at=now)
    elif entry.unpublished_at is None:
        entry.versions.append(
            ArchiveVersion(
                revision=entry.revision,
                title=entry.title,
                text=entry.text,
                question=entry.question,
                supplement=entry.supplement,
                reply=entry.reply,
                published_at=entry.updated_at,
                note=proposal.note,
            )
        )
    else:
        entry.published_at = now
    organisation = session.get_one(
        Organisation, letter.closing_organisation_id or letter.organisation_id
    )
    calendar, known = work_calendar(session), districts(session)
    content = entry_content(letter, proposal, organisation, calendar, known, now)
    for name, value in content.items():
        setattr(entry, name, value)
    entry.revision += 1
    entry.updated_at, entry.unpublished_at, entry.under_revision = now, None, False
    entry.unpublish_reason = entry.policy_change_id = None
    entry.machine_reviewed = proposal.reviewer_id is None
    if proposal.earlier_versions is EarlierVersions.HIDDEN:
        _empty_earlier(entry, now)
    _hide_in_earlier(entry, hidden_words(proposal))
    session.add(entry)
    enqueue(session, entry, now)
    forget(session, entry.id)
    return entry


def entry_content(
    letter: Letter,
    proposal: Proposal,
    organisation: Organisation,
    calendar: WorkCalendar,
    districts: Mapping[int, str],
    now: datetime,
) -> dict[str, Any]:
    """Return what the public entry of ``letter`` says, by the names of its columns.

    ``organisation`` is the one that answered, ``districts`` those that may be the place;
    ``working_days`` counts from receipt to answer.
    """
    answer = _answer(letter)
    asked_on, answered_on = civil_date(letter.received_at), civil_date(answer.signed_at or now)
    copy = public_copy(proposal)
    return {
        **copy,
        "place_id": place_of(organisation.path, copy["title"], copy["text"], districts),
        "kind": letter.kind,
        "category": letter.category,
        "organisation_id": organisation.id,
        "organisation_name": organisation.name,
        "asked_on": asked_on,
        "answered_on": answered_on,
        "working_days": calendar.working_days_between(asked_on, answered_on),
    }


def _empty_earlier(entry: ArchiveEntry, now: datetime) -> None:
    """Clear what the entry said before; that there was a version stays known."""
    for version in entry.versions:
        version.title = version.text = version.question = version.supplement = version.reply = ""
        version.note = None
        version.hidden_at = version.hidden_at or now


def _hide_in_earlier(entry: ArchiveEntry, hidden: dict[str, str]) -> None:
    """Hide in what the entry said before what is hidden now: earlier texts stay public."""
    for version in entry.versions:
        for words, cover in hidden.items():
            version.title = version.title.replace(words, cover)
            version.text = version.text.replace(words, cover)
            version.question = version.question.replace(words, cover)
            version.supplement = version.supplement.replace(words, cover)
            version.reply = version.reply.replace(words, cover)


def refuse(
    letter_id: int, version: int, code: RefusalReason, reason: str, actor: Actor, now: datetime
) -> None:
    """Refuse publication or a correction with a coded reason."""
    with changing(actor, letter_id, version) as (session, letter):
        proposal = letter.open_proposal
        action = Action.REFUSE_CORRECTION if letter.correction_pending else Action.REFUSE
        take(session, letter, action, actor, now, reason_code=code, reason=reason or None)
        if proposal is not None:
            proposal.status, proposal.decided_at = ProposalStatus.REFUSED, now
            proposal.reviewer_id = actor.user_id


def unpublish(
    letter_id: int, version: int, code: UnpublishReason, reason: str, actor: Actor, now: datetime
) -> None:
    """Withdraw from the web: the copy is emptied at once, the index follows."""
    reason = required("reason", reason, REASON_MAX)
    with changing(actor, letter_id, version) as (session, letter):
        take(session, letter, Action.UNPUBLISH, actor, now, reason_code=code, reason=reason)
        recall_waiting(letter, now)
        take_down(session, letter, code, now)


def recall_waiting(letter: Letter, now: datetime) -> None:
    """Take back the proposal or correction that waits, if one does."""
    proposal = letter.open_proposal
    if proposal is not None:
        proposal.status, proposal.decided_at = ProposalStatus.RECALLED, now


def take_down(session: Session, letter: Letter, why: UnpublishReason, now: datetime) -> None:
    """Clear the public copy with all its versions, if there is one, and queue it for the index.

    It leaves its matter at once, and its vectors are deleted.
    """
    entry = session.scalar(sa.select(ArchiveEntry).where(ArchiveEntry.letter_id == letter.id))
    if entry is None or entry.unpublished_at is not None:
        return
    entry.title = entry.text = entry.question = entry.supplement = entry.reply = ""
    entry.versions.clear()
    entry.unpublished_at = entry.updated_at = now
    entry.unpublish_reason, entry.policy_change_id = why, None
    entry.under_revision = False
    entry.revision += 1
    put_files(session, entry, [])
    leave(session, entry.id)
    forget(session, entry.id)
    enqueue(session, entry, now)
