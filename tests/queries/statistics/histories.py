"""Random lives of letters as event rows, and the slow, obvious way to count them."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.events import ActorKind, Axis
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import Source
from portal.domain.statistics.measures import OUTCOMES, View
from portal.domain.statistics.rates import Basis, Figures
from portal.models import Event, Letter
from portal.queries.statistics.filters import Question
from portal.services.core.facts import refresh

FIRST = datetime(2015, 11, 20, 3, 0, tzinfo=UTC)
SPAN = timedelta(days=500)
CATEGORIES = ("交通运输", "环境保护", None)
MOVES = ("dispatch", "transfer", "return")


@dataclass(frozen=True)
class Life:
    """A letter with its events in the order of their happening."""

    kind: Kind
    category: str | None
    events: list[Event]


def live(session: Session, places: list[int], count: int, seed: int) -> list[Life]:
    """Write ``count`` letters with random lives, derive their facts, and return the lives."""
    chance = random.Random(seed)
    lives: list[Life] = []
    for number in range(count):
        start = FIRST + chance.random() * SPAN
        letter = Letter(
            number=f"test-{seed}-{number}",
            kind=chance.choice(list(Kind)),
            title="题",
            text="文",
            source=Source.WEB,
            organisation_id=places[0],
            received_organisation_id=places[0],
            received_at=start,
            clock_from=start,
            category=chance.choice(CATEGORIES),
        )
        session.add(letter)
        session.flush()
        events = _life(chance, letter, places, start)
        letter.received_organisation_id = events[0].to_organisation_id  # type: ignore[assignment]
        session.add_all(events)
        lives.append(Life(letter.kind, letter.category, events))
    session.flush()
    refresh(session, list(session.scalars(sa.select(Letter.id))))
    return lives


def lives_in(session: Session) -> list[Life]:
    """Return the lives of all letters in the database."""
    events: dict[int | None, list[Event]] = {}
    for event in session.scalars(sa.select(Event).order_by(Event.id)):
        events.setdefault(event.letter_id, []).append(event)
    letters = session.scalars(sa.select(Letter).order_by(Letter.id))
    return [Life(letter.kind, letter.category, events[letter.id]) for letter in letters]


def _life(chance: random.Random, letter: Letter, places: list[int], start: datetime) -> list[Event]:
    now, state, public, place = start, "submitted", "not_proposed", chance.choice(places)
    events = [_event(letter, "submit", None, state, now, place)]
    steps: dict[str, tuple[tuple[str, str], ...]] = {
        "submitted": (
            ("accept", "in_progress"),
            ("decline", "declined"),
            ("dispatch", "dispatched"),
            ("withdraw", "withdrawn"),
            ("ask_citizen", "awaiting_citizen"),
        ),
        "dispatched": (("sign_for", "in_progress"), ("return", "returned")),
        "returned": (("dispatch", "dispatched"), ("accept", "in_progress")),
        "awaiting_citizen": (("supplement", "in_progress"), ("time_out", "closed")),
        "in_progress": (
            ("request_signoff", "awaiting_signoff"),
            ("transfer", "dispatched"),
            ("grant_extension", "in_progress"),
            ("ask_citizen", "awaiting_citizen"),
        ),
        "awaiting_signoff": (("sign", "closed"), ("send_back", "in_progress")),
        "closed": (("rate", "closed"), ("redo", "in_progress")),
    }
    for _ in range(chance.randint(0, 14)):
        # Now and then two things happen at the very same moment.
        now += chance.choice((timedelta(0), timedelta(days=20) * chance.random()))
        if state == "closed" and chance.random() < 0.7:
            target = "published" if public != "published" else "withdrawn"
            action = "publish" if target == "published" else "unpublish"
            events.append(_event(letter, action, public, target, now, None, Axis.PUBLICATION))
            public = target
            continue
        if state not in steps:
            break
        action, target = chance.choice(steps[state])
        to = chance.choice(places) if action in MOVES else None
        events.append(_event(letter, action, state, target, now, to))
        state = target
    return events


def _event(
    letter: Letter,
    action: str,
    before: str | None,
    after: str,
    now: datetime,
    to: int | None,
    axis: Axis = Axis.HANDLING,
) -> Event:
    return Event(
        letter_id=letter.id,
        action=action,
        axis=axis,
        from_state=before,
        to_state=after,
        actor_kind=ActorKind.STAFF,
        to_organisation_id=to,
        occurred_at=now,
        recorded_at=now,
    )


def counted(lives: Iterable[Life], asked: Question) -> Figures:
    """Count the question letter by letter, by going through the events before the moment."""
    return sum((_one(life, asked) for life in lives), Figures())


def _one(life: Life, asked: Question) -> Figures:
    if asked.kind is not None and life.kind is not asked.kind:
        return Figures()
    if asked.category is not None and (life.category or "") != asked.category:
        return Figures()
    past = [e for e in life.events if e.occurred_at < asked.before]
    if not past:
        return Figures()
    state, public, place, closing = "submitted", "not_proposed", past[0].to_organisation_id, None
    closed_at = public_at = past[0].occurred_at
    outcome, actions = "", set()
    for event in past[1:]:
        actions.add(event.action)
        if event.axis is Axis.PUBLICATION:
            public, public_at = event.to_state, event.occurred_at  # type: ignore[assignment]
            continue
        if event.to_organisation_id is not None:
            place = event.to_organisation_id
        if event.from_state != event.to_state and event.to_state in ("closed", "declined"):
            closing, closed_at, outcome = place, event.occurred_at, OUTCOMES[event.action]
        state = event.to_state  # type: ignore[assignment]
    first = past[0].to_organisation_id
    ends_at = closing if asked.view is View.ANSWERING else first
    closed = state in ("closed", "declined") and _in(ends_at, asked)
    published = closed and public == "published"
    cohort = asked.basis is Basis.COHORT
    arrived = _within(past[0].occurred_at, asked)
    here = arrived and _in(first, asked)
    received = here and state != "withdrawn"
    closed = closed and (arrived if cohort else _within(closed_at, asked))
    appeared = max(public_at, closed_at)
    published = published and (arrived if cohort else _within(appeared, asked))
    counted = received and cohort
    return Figures(
        received=int(received),
        withdrawn=int(here and state == "withdrawn"),
        closed=int(closed),
        published=int(published),
        declined=int(closed and outcome == "declined"),
        timed_out=int(closed and outcome == "no_supplement"),
        extended=int(counted and "grant_extension" in actions),
        returned=int(counted and "return" in actions),
        redone=int(counted and "redo" in actions),
    )


def _within(moment: datetime, asked: Question) -> bool:
    return asked.period.starts_at <= moment < asked.period.ends_at


def _in(place: int | None, asked: Question) -> bool:
    return asked.organisations is None or place in asked.organisations
