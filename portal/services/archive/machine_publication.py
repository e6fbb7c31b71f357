"""Publication without a person, for imports of letters that are public at their source.

The same transitions, detectors and copies as in :mod:`portal.services.archive.publication`, with every
finding settled by the default rules and the entry marked as reviewed by a machine. Many letters
are written in bulk; a test compares one of them with what two persons would have written.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import MACHINE, may
from portal.domain.errors import NotPermitted
from portal.domain.letters.apply import Effect, apply, intervals
from portal.domain.letters.states import Action
from portal.domain.letters.transitions import advance
from portal.domain.redaction import default_decision
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


def publish_by_machine(session: Session, letters: Sequence[Letter], now: datetime) -> int:
    """Publish ``letters`` within the caller's unit of work; return how many.

    Raises :class:`NotPermitted` or :class:`ActionNotAllowed` for one that may not be public.
    """
    if not letters:
        return 0
    actions = (Action.PROPOSE, Action.PUBLISH)
    taken = [(letter, [_act(letter, action, now) for action in actions]) for letter in letters]
    events = [_event(letter, effect, now) for letter, effects in taken for effect in effects]
    rows = [
        {"letter_id": letter.id, **columns}
        for letter, effects in taken
        for columns in intervals(effects)
    ]
    proposals = [_proposal(letter, now) for letter in letters]
    _insert_proposals(session, proposals, now)
    session.execute(sa.insert(Event), events)
    session.execute(sa.insert(StateInterval), rows)
    _insert_entries(session, letters, proposals, now)
    for letter in letters:
        touch(session, letter.id)
    return len(letters)


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


def _proposal(letter: Letter, now: datetime) -> Proposal:
    """Return a proposal, outside the session, with every finding settled by the default rules."""
    proposal = Proposal(
        letter_id=letter.id, title=letter.title, text=letter.text, reply=public_reply(letter)
    )
    find(letter, proposal, decide=default_decision)
    return proposal


def _insert_proposals(session: Session, proposals: list[Proposal], now: datetime) -> None:
    values = [
        {
            "letter_id": each.letter_id,
            "status": ProposalStatus.PUBLISHED,
            "title": each.title,
            "text": each.text,
            "reply": each.reply,
            "proposed_at": now,
            "decided_at": now,
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
