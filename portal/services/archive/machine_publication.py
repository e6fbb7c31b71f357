"""Publication without a person, for imports of letters that are public at their source.

The same transitions, detectors and copies as in :mod:`portal.services.archive.publication`, with every
finding settled by the default rules and the entry marked as reviewed by a machine. Many letters
are written in bulk; a test compares one of them with what two persons would have written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
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
    default_decision,
)
from portal.models import (
    ArchiveEntry,
    Event,
    Letter,
    MessageKind,
    Organisation,
    OutboxRow,
    Proposal,
    ProposalStatus,
    RedactionMask,
    StateInterval,
)
from portal.queries.archive.places import districts
from portal.queries.rules import work_calendar
from portal.services.archive.publication import entry_content, public_messages, public_reply
from portal.services.archive.redacting import find
from portal.services.core.acting import change
from portal.services.core.facts import touch

_LEFT_TO_PEOPLE = DOUBTFUL | SENSITIVE
_PUBLISHING = (Action.PROPOSE, Action.PUBLISH)


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
    reviewed = [(letter, *_proposal(letter)) for letter in letters]
    clear = [(letter, proposal) for letter, proposal, doubts in reviewed if not doubts]
    effects = [
        (letter, _act_all(letter, (Action.PROPOSE,) if doubts else _PUBLISHING, now))
        for letter, _, doubts in reviewed
    ]
    events = [_event(letter, effect, now) for letter, taken in effects for effect in taken]
    rows = [
        {"letter_id": letter.id, **columns}
        for letter, taken in effects
        for columns in intervals(taken)
    ]
    _insert_proposals(session, [proposal for _, proposal, _ in reviewed], now)
    session.execute(sa.insert(Event), events)
    session.execute(sa.insert(StateInterval), rows)
    if clear:
        _insert_entries(session, clear, now)
    for letter in letters:
        touch(session, letter.id)
    reasons = Counter(kind for _, _, doubts in reviewed for kind in doubts)
    return MachineReview(len(clear), len(reviewed) - len(clear), reasons)


def _act_all(letter: Letter, actions: Sequence[Action], now: datetime) -> list[Effect]:
    """Take ``actions`` on the letter; return what they do."""
    return [_act(letter, action, now) for action in actions]


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


def _proposal(letter: Letter) -> tuple[Proposal, Counter[FindingKind]]:
    """Return a proposal, outside the session, and the kinds of findings it waits for.

    Without any, every finding is settled by the default rules; otherwise those are left open.
    """
    proposal = Proposal(
        letter_id=letter.id,
        status=ProposalStatus.PUBLISHED,
        title=letter.title,
        text=letter.text,
        question=public_messages(letter, MessageKind.QUESTION),
        supplement=public_messages(letter, MessageKind.SUPPLEMENT),
        reply=public_reply(letter),
    )
    kinds = find(letter, proposal, decide=_decide)
    doubts = Counter({kind: n for kind, n in kinds.items() if kind in _LEFT_TO_PEOPLE})
    if doubts:
        counted = "、".join(f"{FINDING_LABELS[kind]} {n} 处" for kind, n in doubts.items())
        proposal.status = ProposalStatus.OPEN
        proposal.note = f"导入时系统不能确定，请人工核对：{counted}"
    return proposal, doubts


def _decide(finding: Finding) -> Decision:
    return Decision.OPEN if finding.kind in _LEFT_TO_PEOPLE else default_decision(finding)


def _insert_proposals(session: Session, proposals: list[Proposal], now: datetime) -> None:
    values = [
        {
            "letter_id": each.letter_id,
            "status": each.status,
            "title": each.title,
            "text": each.text,
            "question": each.question,
            "supplement": each.supplement,
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
    session: Session, clear: Sequence[tuple[Letter, Proposal]], now: datetime
) -> None:
    calendar, known = work_calendar(session), districts(session)
    answering = [letter.closing_organisation_id or letter.organisation_id for letter, _ in clear]
    rows = session.scalars(sa.select(Organisation).where(Organisation.id.in_(set(answering))))
    organisations = {each.id: each for each in rows}
    values = [
        {
            **entry_content(letter, proposal, organisations[place], calendar, known, now),
            "letter_id": letter.id,
            "published_at": now,
            "updated_at": now,
            "machine_reviewed": True,
        }
        for (letter, proposal), place in zip(clear, answering, strict=True)
    ]
    insert = sa.insert(ArchiveEntry).returning(ArchiveEntry.id, sort_by_parameter_order=True)
    ids = session.scalars(insert, values)
    outbox = [{"entry_id": i, "created_at": now, "available_at": now} for i in ids]
    session.execute(sa.insert(OutboxRow), outbox)
