"""What lies beyond the rates, counted letter by letter from raw events: the slow, obvious way."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.calendar import WorkCalendar
from portal.domain.events import ActorKind, Axis
from portal.domain.letters.states import DeclineReason, RefusalReason
from portal.domain.periods import civil_date
from portal.domain.statistics.quality_measures import Detail, Durations, Mean
from portal.models import Event, Letter, Rating
from portal.queries.statistics.filters import Question

MOVES = {"dispatch", "transfer", "return", "rule"}
CALENDAR = WorkCalendar()


@dataclass(frozen=True)
class LetterHistory:
    """A letter with its events in the order of their happening, and its scores if it was rated."""

    letter_id: int
    place: int
    events: Sequence[Event]
    scores: tuple[int, int] | None = None


@dataclass
class Recount:
    """The letters that each measure speaks of, a letter once for each time it counts."""

    received: list[int] = field(default_factory=list)
    responded: dict[int, int] = field(default_factory=dict)
    answered: dict[int, int] = field(default_factory=dict)
    rated: dict[int, tuple[int, int]] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)
    declined: dict[int, str] = field(default_factory=dict)
    undecided: list[int] = field(default_factory=list)
    hops: int = 0

    @property
    def detail(self) -> Detail:
        """The same as pages get it."""
        attitudes, efficiencies = ([pair[i] for pair in self.rated.values()] for i in (0, 1))
        return Detail(
            Durations(Counter(self.responded.values())),
            Durations(Counter(self.answered.values())),
            Mean(len(self.received), self.hops),
            Mean(len(attitudes), sum(attitudes)),
            Mean(len(efficiencies), sum(efficiencies)),
            {reason: list(self.refused.values()).count(reason) for reason in RefusalReason},
            {reason: list(self.declined.values()).count(reason) for reason in DeclineReason},
        )


def histories(session: Session) -> list[LetterHistory]:
    """Return every letter with what happened to it on both axes."""
    told: dict[int, list[Event]] = defaultdict(list)
    axes = (Axis.HANDLING, Axis.PUBLICATION)
    query = sa.select(Event).where(Event.letter_id.is_not(None), Event.axis.in_(axes))
    for event in session.scalars(query.order_by(Event.occurred_at, Event.id)):
        told[event.letter_id or 0].append(event)
    scores = {r.letter_id: (r.attitude, r.efficiency) for r in session.scalars(sa.select(Rating))}
    return [
        LetterHistory(
            letter.id, letter.received_organisation_id, told[letter.id], scores.get(letter.id)
        )
        for letter in session.scalars(sa.select(Letter).order_by(Letter.id))
    ]


def recounted(histories: Iterable[LetterHistory], asked: Question) -> Recount:
    """Go through the events before the moment, of letters received in the period and the place."""
    found = Recount()
    for history in histories:
        arrived = asked.period.starts_at <= history.events[0].occurred_at < asked.period.ends_at
        here = asked.organisations is None or history.place in asked.organisations
        past = [e for e in history.events if e.occurred_at < asked.before]
        if arrived and here and past and "withdraw" not in {e.action for e in past}:
            _tell(found, history, past)
    return found


def _tell(found: Recount, history: LetterHistory, past: list[Event]) -> None:
    number, begun = history.letter_id, civil_date(past[0].occurred_at)
    handling = [e for e in past if e.axis is Axis.HANDLING]
    public = [e for e in past if e.axis is Axis.PUBLICATION]
    found.received.append(number)
    found.hops += sum(e.action in MOVES for e in handling)
    staff = [e for e in handling if e.actor_kind is ActorKind.STAFF and e.from_state != e.to_state]
    if staff:
        found.responded[number] = _days(begun, civil_date(staff[0].occurred_at))
    if history.scores and any(e.action == "rate" for e in handling):
        found.rated[number] = history.scores
    changes = [e for e in handling if e.from_state != e.to_state]
    redone = [e for e in changes if e.from_state == "closed"]
    last = changes[-1]
    if last.to_state == "declined":
        found.declined[number] = last.reason_code or ""
    if last.to_state not in ("closed", "declined"):
        return
    if last.action != "time_out":
        begun = civil_date(redone[-1].occurred_at) if redone else begun
        found.answered[number] = _days(begun, civil_date(last.occurred_at))
    state = public[-1].to_state if public else "not_proposed"
    if state == "refused":
        found.refused[number] = next(
            e.reason_code or "" for e in reversed(public) if e.action == "refuse"
        )
    elif state != "published":
        found.undecided.append(number)


def _days(begun: date, ended: date) -> int:
    """Count working days after ``begun``, one by one."""
    after = (begun + timedelta(days=n) for n in range(1, (ended - begun).days + 1))
    return sum(CALENDAR.is_workday(day) for day in after)
