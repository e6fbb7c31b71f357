"""The writer: rows of a simulated letter, equal to those the services would have stored."""

from __future__ import annotations

from collections import defaultdict

from portal.domain.integrity.letters import arrival
from portal.domain.letters.apply import intervals
from portal.domain.letters.due import Deadlines
from portal.domain.letters.states import Action, ConsentBasis, Source, UnpublishReason
from portal.domain.periods import civil_date
from portal.domain.redaction import Decision
from portal.domain.statistics.measures import Ledger
from portal.models import (
    ArchiveEntry,
    Event,
    Extension,
    Letter,
    Message,
    Model,
    Proposal,
    ProposalStatus,
    RateFact,
    Rating,
    RedactionMask,
    Reply,
    StateInterval,
)
from portal.services.core.facts import row_of
from portal.tools.simulation.correspondence import Rows, Written, correspond
from portal.tools.simulation.trajectory import Point, Trajectory

ORDER: tuple[type[Model], ...] = (
    Letter,
    Reply,
    Message,
    Extension,
    Rating,
    Proposal,
    RedactionMask,
    ArchiveEntry,
    Event,
    StateInterval,
    RateFact,
)
"""Tables in the order in which their rows may be inserted."""


class Writer:
    """The writer, which turns trajectories into rows of each table."""

    def __init__(self, deadlines: Deadlines, names: dict[int, str]) -> None:
        self._deadlines, self._names = deadlines, names
        self._ledger = Ledger(deadlines)
        self._proposals = 0
        self.rows: Rows = defaultdict(list)

    def write(self, letter: Trajectory, about: Written) -> None:
        """Add the rows of one letter."""
        self._letter(letter, about)
        events = [point.counted for point in letter.points]
        self._record(letter, about)
        correspond(self.rows, letter, about)
        self._publication(letter, about)
        facts = self._ledger.facts(letter.kind, letter.received_organisation_id, events)
        self.rows[RateFact] += [
            row_of(about.letter_id, about.wording.category, fact) for fact in facts
        ]

    def _letter(self, letter: Trajectory, about: Written) -> None:
        self.rows[Letter].append(
            {
                **letter.columns(),
                "id": about.letter_id,
                "number": about.number,
                "source": Source.SIMULATION,
                "category": about.wording.category,
                "title": about.wording.title,
                "text": about.wording.text,
                "sender_name": about.sender,
                "sender_phone": about.phone,
                "consent_basis": ConsentBasis.SENDER if about.consents else ConsentBasis.NONE,
                "accused_id": letter.accused_id,
                "ruling_id": letter.ruling_id,
                "parent_id": letter.leader.letter_id if letter.leader else None,
            }
        )

    def _record(self, letter: Trajectory, about: Written) -> None:
        """Add the events, those that conclude with their due date, and the state intervals."""
        letter_id, (code, subject) = about.letter_id, arrival(letter.kind, about.wording.category)
        for point in letter.points:
            arrives = point.action is Action.SUBMIT
            self.rows[Event].append(
                {
                    "letter_id": letter_id,
                    **point.effect.event.columns(),
                    "actor_kind": point.actor,
                    "actor_id": point.actor_id,
                    "reason_code": code if arrives else point.code,
                    "reason": point.reason,
                    "subject": subject if arrives else None,
                    "recorded_at": point.at,
                    "due_on": point.due_on,
                }
            )
        self.rows[StateInterval] += [
            {"letter_id": letter_id, **columns}
            for columns in intervals(point.effect for point in letter.points)
        ]

    def _publication(self, letter: Trajectory, about: Written) -> None:
        proposed = letter.last(Action.PROPOSE)
        if proposed is None:
            return
        decided = next((a for a in letter.points if a.action in _DECISIONS), None)
        self._proposals += 1
        words = about.wording
        self.rows[Proposal].append(
            {
                "id": self._proposals,
                "letter_id": about.letter_id,
                "status": _DECISIONS[decided.action] if decided else ProposalStatus.OPEN,
                "title": words.title,
                "text": words.text,
                "reply": words.reply,
                "proposer_id": proposed.actor_id,
                "proposed_at": proposed.at,
                "reviewer_id": decided.actor_id if decided else None,
                "decided_at": decided.at if decided else None,
            }
        )
        for field, start, end, kind, mask in words.masks:
            self.rows[RedactionMask].append(
                {
                    "proposal_id": self._proposals,
                    "field": field,
                    "start": start,
                    "end": end,
                    "kind": kind,
                    "replacement": mask,
                    "decision": Decision.MASK,
                    "decider_id": proposed.actor_id,
                }
            )
        if decided is not None and decided.action == Action.PUBLISH:
            self._entry(letter, about, decided)

    def _entry(self, letter: Trajectory, about: Written, published: Point) -> None:
        words, closing = about.wording, letter.closing_organisation_id or letter.organisation_id
        down = letter.last(Action.UNPUBLISH)
        unpublished = down.at if down else None
        asked = civil_date(letter.received_at)
        answered = civil_date(letter.closed_at or published.at)
        title, text, reply = words.public if unpublished is None else ("", "", "")
        self.rows[ArchiveEntry].append(
            {
                "letter_id": about.letter_id,
                "revision": 1 if unpublished is None else 2,
                "kind": letter.kind,
                "category": words.category,
                "title": title,
                "text": text,
                "reply": reply,
                "organisation_id": closing,
                "organisation_name": self._names[closing],
                "asked_on": asked,
                "answered_on": answered,
                "working_days": self._deadlines.calendar.working_days_between(asked, answered),
                "published_at": published.at,
                "updated_at": unpublished or published.at,
                "unpublished_at": unpublished,
                "unpublish_reason": UnpublishReason(down.code) if down and down.code else None,
            }
        )


_DECISIONS: dict[str, ProposalStatus] = {
    Action.PUBLISH: ProposalStatus.PUBLISHED,
    Action.REFUSE: ProposalStatus.REFUSED,
}
