"""The rows that a simulated life leaves behind, as the services would have written them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from portal.domain.calendar import WorkCalendar
from portal.domain.deadline_rules import Limit, letter_limit
from portal.domain.events import Axis
from portal.domain.letters.states import SUPPLEMENT_DAYS, Action, ConsentBasis, Kind, Source, State
from portal.domain.periods import civil_date
from portal.domain.statistics.measures import ENDED, Ledger
from portal.models import (
    ArchiveEntry,
    Decision,
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
from portal.tools.simulation.trajectory import Act, Life

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
_OPEN_STATES = frozenset(
    {State.SUBMITTED, State.DISPATCHED, State.RETURNED, State.IN_PROGRESS, State.AWAITING_SIGNOFF}
)


class Clerk:
    """Writes lives down, one after the other, into rows for each table."""

    def __init__(
        self, calendar: WorkCalendar, limits: Sequence[Limit], names: dict[int, str]
    ) -> None:
        self._calendar, self._limits, self._names = calendar, limits, names
        self._ledger = Ledger(calendar, limits)
        self._proposals = 0
        self.rows: Rows = defaultdict(list)

    def write(self, life: Life, about: Written) -> None:
        """Add the rows of one life."""
        self._letter(life, about)
        steps = [act.step for act in life.acts]
        self._record(life, about.letter_id, self._ledger.due_dates(life.kind, steps))
        correspond(self.rows, life, about)
        self._publication(life, about)
        facts = self._ledger.facts(life.kind, life.received_id, steps)
        self.rows[RateFact] += [
            row_of(about.letter_id, about.wording.category, fact) for fact in facts
        ]

    def _letter(self, life: Life, about: Written) -> None:
        start = life.clock_from or life.received_at
        limit = letter_limit(str(life.kind), civil_date(start), self._limits)
        asked = life.acts[-1] if life.state is State.AWAITING_CITIZEN else None
        self.rows[Letter].append(
            {
                "id": about.letter_id,
                "number": about.number,
                "source": Source.SIMULATION,
                "kind": life.kind,
                "was_report": life.kind is Kind.REPORT,
                "category": about.wording.category,
                "title": about.wording.title,
                "text": about.wording.text,
                "sender_name": about.sender,
                "sender_phone": about.phone,
                "consent_basis": ConsentBasis.SENDER if about.consents else ConsentBasis.NONE,
                "state": life.state,
                "publication": life.publication,
                "state_before": life.state_before,
                "close_reason": life.close_reason,
                "version": life.version,
                "organisation_id": life.holder_id,
                "received_organisation_id": life.received_id,
                "sent_from_id": life.sent_from_id,
                "accused_id": life.accused_id,
                "ruling_id": life.ruling_id,
                "closing_organisation_id": life.closing_id,
                "parent_id": life.leader.letter_id if life.leader else None,
                "return_count": life.returns,
                "hop_count": life.hops,
                "placed": life.placed,
                "accepted": life.accepted_at is not None,
                "reopened": life.reopened,
                "supervised": False,
                "received_at": life.received_at,
                "clock_from": start,
                "accepted_at": life.accepted_at,
                "first_response_at": life.first_response_at,
                "closed_at": life.closed_at,
                "limit_code": limit.code,
                "extension_days": life.extension_days,
                "due_on": self._due(life, limit, start),
                "answer_by": civil_date(asked.at) + timedelta(days=SUPPLEMENT_DAYS)
                if asked
                else None,
            }
        )

    def _due(self, life: Life, limit: Limit, start: datetime) -> date | None:
        answered = life.state is State.CLOSED and life.close_reason == "answered"
        if life.state not in _OPEN_STATES and not answered:
            return None
        pauses: list[tuple[date, date | None]] = []
        for act in life.acts:
            if act.at < start or act.axis is not Axis.HANDLING:
                continue
            if act.action == Action.ASK_CITIZEN:
                pauses.append((civil_date(act.at), None))
            elif act.action == Action.SUPPLEMENT and pauses:
                pauses[-1] = (pauses[-1][0], civil_date(act.at))
        return self._calendar.due_on(civil_date(start), limit, pauses, life.extension_days)

    def _record(self, life: Life, letter_id: int, due_dates: list[date | None]) -> None:
        """Write the events, each ending with its due date, and the intervals that follow."""
        standing: dict[Axis, dict[str, Any]] = {}
        due = iter(due_dates)
        holder = life.received_id
        for act in life.acts:
            self.rows[Event].append(
                {
                    "letter_id": letter_id,
                    "action": act.action,
                    "axis": act.axis,
                    "from_state": act.before,
                    "to_state": act.after,
                    "actor_kind": act.actor,
                    "actor_id": act.actor_id,
                    "organisation_id": act.holder_id,
                    "to_organisation_id": act.to_id,
                    "reason_code": act.code,
                    "reason": act.reason,
                    "occurred_at": act.at,
                    "recorded_at": act.at,
                    "due_on": next(due) if _ends(act) else None,
                }
            )
            if act.to_id is not None:
                holder = act.to_id
            elif act.before == act.after:
                continue
            if act.axis in standing:
                standing[act.axis]["ended_at"] = act.at
            standing[act.axis] = {
                "letter_id": letter_id,
                "axis": act.axis,
                "state": act.after,
                "organisation_id": holder,
                "started_at": act.at,
                "ended_at": None,
            }
            self.rows[StateInterval].append(standing[act.axis])

    def _publication(self, life: Life, about: Written) -> None:
        proposed = next((a for a in life.acts if a.action == Action.PROPOSE), None)
        if proposed is None:
            return
        decided = next((a for a in life.acts if a.action in _DECISIONS), None)
        self._proposals += 1
        words = about.wording
        self.rows[Proposal].append(
            {
                "id": self._proposals,
                "letter_id": about.letter_id,
                "status": _DECISIONS[decided.action] if decided else ProposalStatus.OPEN,
                "correction": False,
                "title": words.title,
                "text": words.text,
                "reply": words.reply,
                "note": None,
                "proposer_id": proposed.actor_id,
                "proposed_at": proposed.at,
                "reviewer_id": decided.actor_id if decided else None,
                "decided_at": decided.at if decided else None,
                "version": 1,
            }
        )
        for field, start, end, kind, mask in words.marks:
            self.rows[RedactionMask].append(
                {
                    "proposal_id": self._proposals,
                    "field": field,
                    "start": start,
                    "end": end,
                    "kind": kind,
                    "replacement": mask,
                    "decision": Decision.MASK,
                    "reason": None,
                    "decider_id": proposed.actor_id,
                }
            )
        if decided is not None and decided.action == Action.PUBLISH:
            self._entry(life, about, decided)

    def _entry(self, life: Life, about: Written, published: Act) -> None:
        words, closing = about.wording, life.closing_id or life.holder_id
        withdrawn = next((a.at for a in life.acts if a.action == Action.UNPUBLISH), None)
        asked = civil_date(life.received_at)
        answered = civil_date(life.closed_at or published.at)
        title, text, reply = words.public if withdrawn is None else ("", "", "")
        self.rows[ArchiveEntry].append(
            {
                "letter_id": about.letter_id,
                "revision": 1 if withdrawn is None else 2,
                "kind": life.kind,
                "category": words.category,
                "title": title,
                "text": text,
                "reply": reply,
                "organisation_id": closing,
                "organisation_name": self._names[closing],
                "asked_on": asked,
                "answered_on": answered,
                "working_days": self._calendar.working_days_between(asked, answered),
                "published_at": published.at,
                "updated_at": withdrawn or published.at,
                "under_revision": False,
                "machine_reviewed": False,
                "withdrawn_at": withdrawn,
                "helpful": 0,
                "unhelpful": 0,
            }
        )


def _ends(act: Act) -> bool:
    return act.axis is Axis.HANDLING and act.before != act.after and act.after in ENDED


_DECISIONS: dict[str, ProposalStatus] = {
    Action.PUBLISH: ProposalStatus.PUBLISHED,
    Action.REFUSE: ProposalStatus.REFUSED,
}
