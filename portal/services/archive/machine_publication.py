"""Publication without a person, for imports of letters that are public at their source.

The same transitions, detectors and copies as in :mod:`portal.services.archive.publication`, with every
finding settled by the default rules and the entry marked as reviewed by a machine. Many letters
are written in bulk; a test compares one of them with what two persons would have written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import MACHINE, may
from portal.domain.errors import NotPermitted
from portal.domain.letters.apply import Effect, apply, intervals
from portal.domain.letters.states import Action
from portal.domain.letters.transitions import advance
from portal.domain.redaction import (
    DOUBTFUL,
    FINDING_LABELS,
    SENSITIVE,
    Decision,
    Finding,
    FindingKind,
    PublicField,
    default_decision,
    detect_letter,
)
from portal.models import (
    ArchiveEntry,
    Event,
    Letter,
    Organisation,
    OutboxRow,
    Proposal,
    ProposalStatus,
    RedactionMask,
    StateInterval,
)
from portal.queries.rules import work_calendar
from portal.services.archive.publication import entry_content, public_reply
from portal.services.archive.redacting import find
from portal.services.core.acting import change
from portal.services.core.facts import touch


@dataclass(frozen=True, slots=True)
class MachineReview:
    """What became of letters reviewed without a person: how many went out, how many wait and why.

    ``reasons`` counts waiting letters by the kind of finding they wait for; a letter may have several.
    """

    published: int = 0
    waiting: int = 0
    reasons: Counter[FindingKind] = field(default_factory=Counter)


def publish_by_machine(session: Session, letters: Sequence[Letter], now: datetime) -> MachineReview:
    """Publish ``letters`` within the caller's unit of work, or leave them to a person.

    A machine is stricter than a person: a letter waits, proposed and unpublished, where a detector is
    unsure, where a number of an identity document or card stands in it, and where its writer asks
    not to be shown. Raises :class:`NotPermitted` or :class:`ActionNotAllowed` for one that may
    not be public.
    """
    if not letters:
        return MachineReview()
    reasons = {letter.id: _doubts(letter) for letter in letters}
    clear = [letter for letter in letters if not reasons[letter.id]]
    waiting = [letter for letter in letters if reasons[letter.id]]
    taken = [(letter, (_act(letter, Action.PROPOSE, now),)) for letter in waiting]
    taken += [(letter, _take(letter, now)) for letter in clear]
    events = [_event(letter, effect, now) for letter, effects in taken for effect in effects]
    rows = [
        {"letter_id": letter.id, **columns}
        for letter, effects in taken
        for columns in intervals(effects)
    ]
    _insert_proposals(session, [_waiting(letter, reasons[letter.id]) for letter in waiting], now)
    proposals = [_proposal(letter) for letter in clear]
    _insert_proposals(session, proposals, now)
    session.execute(sa.insert(Event), events)
    session.execute(sa.insert(StateInterval), rows)
    _insert_entries(session, clear, proposals, now)
    for letter in letters:
        touch(session, letter.id)
    counted = Counter(kind for each in waiting for kind in reasons[each.id])
    return MachineReview(len(clear), len(waiting), counted)


def _doubts(letter: Letter) -> Counter[FindingKind]:
    """Return the kinds of findings that ``letter`` has to wait for, with their number."""
    texts = {
        PublicField.TITLE: letter.title,
        PublicField.TEXT: letter.text,
        PublicField.REPLY: public_reply(letter),
    }
    found = detect_letter(texts, sender=letter.sender, doubts=True)
    kinds = Counter(each.kind for findings in found.values() for each in findings)
    return Counter({kind: n for kind, n in kinds.items() if kind in DOUBTFUL | SENSITIVE})


def _take(letter: Letter, now: datetime) -> tuple[Effect, ...]:
    """Propose and publish the letter; return what both actions do."""
    return _act(letter, Action.PROPOSE, now), _act(letter, Action.PUBLISH, now)


def _act(letter: Letter, action: Action, now: datetime) -> Effect:
    if not may(MACHINE, action, letter):
        raise NotPermitted
    advance(letter, action)
    effect = apply(letter, action, MACHINE.kind, now)
    change(letter, effect)
    return effect


def _event(letter: Letter, effect: Effect, now: datetime) -> dict[str, Any]:
    return {
        "letter_id": letter.id,
        **effect.event.columns(),
        "actor_kind": MACHINE.kind,
        "recorded_at": now,
    }


def _proposal(letter: Letter) -> Proposal:
    """Return a proposal, outside the session, with every finding settled by the default rules."""
    return _proposed(letter, ProposalStatus.PUBLISHED, default_decision)


def _waiting(letter: Letter, reasons: Counter[FindingKind]) -> Proposal:
    """Return a proposal, outside the session, that waits for a person to settle what is doubtful."""

    def decide(finding: Finding) -> Decision:
        left = finding.kind in DOUBTFUL | SENSITIVE
        return Decision.OPEN if left else default_decision(finding)

    proposal = _proposed(letter, ProposalStatus.OPEN, decide)
    counted = "、".join(f"{FINDING_LABELS[kind]} {n} 处" for kind, n in reasons.items())
    proposal.note = f"导入时系统不能确定，请人工核对：{counted}"
    return proposal


def _proposed(
    letter: Letter, status: ProposalStatus, decide: Callable[[Finding], Decision]
) -> Proposal:
    proposal = Proposal(
        letter_id=letter.id,
        status=status,
        title=letter.title,
        text=letter.text,
        reply=public_reply(letter),
    )
    find(letter, proposal, decide=decide)
    return proposal


def _insert_proposals(session: Session, proposals: list[Proposal], now: datetime) -> None:
    if not proposals:
        return
    values = [
        {
            "letter_id": each.letter_id,
            "status": each.status,
            "title": each.title,
            "text": each.text,
            "reply": each.reply,
            "note": each.note,
            "proposed_at": now,
            "decided_at": None if each.is_open else now,
        }
        for each in proposals
    ]
    insert = sa.insert(Proposal).returning(Proposal.id, sort_by_parameter_order=True)
    ids = session.scalars(insert, values)
    masks = [
        {
            "proposal_id": proposal_id,
            "field": mask.field,
            "start": mask.start,
            "end": mask.end,
            "kind": mask.kind,
            "replacement": mask.replacement,
            "decision": mask.decision,
            "reason": mask.reason,
        }
        for proposal_id, each in zip(ids, proposals, strict=True)
        for mask in each.masks
    ]
    if masks:
        session.execute(sa.insert(RedactionMask), masks)


def _insert_entries(
    session: Session, letters: Sequence[Letter], proposals: list[Proposal], now: datetime
) -> None:
    if not letters:
        return
    calendar = work_calendar(session)
    answering = [letter.closing_organisation_id or letter.organisation_id for letter in letters]
    rows = session.scalars(sa.select(Organisation).where(Organisation.id.in_(set(answering))))
    organisations = {each.id: each for each in rows}
    values = [
        {
            **entry_content(letter, proposal, organisations[place], calendar, now),
            "letter_id": letter.id,
            "published_at": now,
            "updated_at": now,
            "machine_reviewed": True,
        }
        for letter, proposal, place in zip(letters, proposals, answering, strict=True)
    ]
    insert = sa.insert(ArchiveEntry).returning(ArchiveEntry.id, sort_by_parameter_order=True)
    ids = session.scalars(insert, values)
    outbox = [{"entry_id": i, "created_at": now, "available_at": now} for i in ids]
    session.execute(sa.insert(OutboxRow), outbox)
