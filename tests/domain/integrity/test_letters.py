"""A letter stands where its events say; what was changed behind them is named."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from portal.domain.events import ActorKind, Axis
from portal.domain.integrity.letters import Contradiction, arrival, contradiction
from portal.domain.letters.apply import LetterState, apply, receive
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import Action, Publication, State

START = datetime(2016, 6, 15, 2, 30, tzinfo=UTC)
OFFICE, BUREAU = 1, 2
STEPS = (
    (Action.DISPATCH, BUREAU),
    (Action.SIGN_FOR, None),
    (Action.REQUEST_SIGNOFF, None),
    (Action.SIGN, None),
    (Action.PROPOSE, None),
    (Action.PUBLISH, None),
)


@dataclass(frozen=True)
class Kept:
    """An event as the database keeps it."""

    id: int
    action: str
    axis: Axis
    from_state: str | None
    to_state: str | None
    organisation_id: int | None
    to_organisation_id: int | None
    occurred_at: datetime
    actor_kind: ActorKind = ActorKind.STAFF
    reason_code: str | None = None
    subject: str | None = None


@dataclass(slots=True)
class KeptLetter(LetterState):
    """A letter as the database keeps it."""

    category: str | None = None


def life() -> tuple[KeptLetter, list[Kept]]:
    """Return a published letter and its events, with ids from 11."""
    letter = KeptLetter(Kind.COMPLAINT, START)
    effects = [receive(Kind.COMPLAINT, OFFICE, START)]
    letter.change(effects[0])
    for hour, (action, to_id) in enumerate(STEPS, 1):
        effect = apply(letter, action, ActorKind.STAFF, START + timedelta(hours=hour), to_id)
        letter.change(effect)
        effects.append(effect)
    return letter, [Kept(11 + n, **effect.event.columns()) for n, effect in enumerate(effects)]


def test_a_letter_and_its_own_events_agree() -> None:
    """Nothing is said of a letter that its events led to, whatever else is on its record."""
    letter, events = life()
    looked = replace(events[1], id=99, action="reveal_contacts", axis=Axis.RECORD)
    assert contradiction(letter, events) is None
    assert contradiction(letter, [events[0], looked, *events[1:]]) is None
    assert (letter.state, letter.publication) == (State.CLOSED, Publication.PUBLISHED)


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("state", State.IN_PROGRESS, "closed"),
        ("publication", Publication.UNPUBLISHED, "published"),
        ("organisation_id", 3, "2"),
        ("received_organisation_id", 3, "1"),
        ("closed_at", None, "2016-06-15 06:30:00+00:00"),
    ],
)
def test_a_changed_column_is_named(column: str, value: object, expected: str) -> None:
    """A column that was changed without an event is said, with what the events lead to."""
    letter, events = life()
    setattr(letter, column, value)
    assert contradiction(letter, events) == Contradiction(None, column, expected, str(value))


def test_an_event_that_does_not_follow_is_named() -> None:
    """After a deleted event the next one leaves a state that the letter was not in."""
    letter, events = life()
    found = contradiction(letter, events[:2] + events[3:])
    assert found == Contradiction(14, "action", "one that leaves dispatched", "request_signoff")
    found = contradiction(letter, events[:-2] + events[-1:])
    assert found == Contradiction(17, "action", "one that leaves not_proposed", "publish")


@pytest.mark.parametrize("column", ["from_state", "to_state"])
def test_an_edited_event_is_named(column: str) -> None:
    """A state that was changed in an event is not the one that its action leaves or leads to."""
    letter, events = life()
    events[4] = replace(events[4], **{column: "declined"})  # type: ignore[arg-type]
    found = contradiction(letter, events)
    right = {"from_state": "awaiting_signoff", "to_state": "closed"}[column]
    assert found == Contradiction(15, column, right, "declined")


def test_a_letter_arrives_once() -> None:
    """A second arrival, an arrival that is missing and no events at all are named."""
    letter, events = life()
    twice = contradiction(letter, [events[0], replace(events[0], id=12)])
    assert twice == Contradiction(12, "action", "one that leaves submitted", "submit")
    never = contradiction(letter, events[1:])
    assert never == Contradiction(12, "action", "one that leaves submitted", "dispatch")
    assert contradiction(letter, []) == Contradiction(None, "events", "submit", "none")


def test_an_action_that_nobody_knows_is_named() -> None:
    """A word that is no action does not follow from anything."""
    letter, events = life()
    events[2] = replace(events[2], action="vanish")
    assert contradiction(letter, events) == Contradiction(
        13, "action", "one that leaves dispatched", "vanish"
    )


def test_an_invitation_moves_no_letter() -> None:
    """An event that names who was asked to contribute leaves the letter where it is."""
    letter, events = life()
    here = next(place for place, event in enumerate(events) if event.to_state == "in_progress")
    invited = replace(
        events[here],
        action=str(Action.INVITE),
        from_state="in_progress",
        to_organisation_id=7,
    )
    assert contradiction(letter, [*events[: here + 1], invited, *events[here + 1 :]]) is None


def told(*changes: str) -> tuple[KeptLetter, list[Kept]]:
    """Return a letter about the environment whose arrival says so, and its changes of kind, ids from 11."""
    letter = KeptLetter(Kind.COMPLAINT, START, category="environment")
    effects = [receive(Kind.COMPLAINT, OFFICE, START)]
    letter.change(effects[0])
    for hour in range(len(changes)):
        at = START + timedelta(hours=hour + 1)
        effects.append(apply(letter, Action.CHANGE_KIND, ActorKind.STAFF, at))
        letter.change(effects[-1])
    code, subject = arrival(Kind.COMPLAINT, "environment")
    said = [(code, subject), *((change, None) for change in changes)]
    return letter, [
        Kept(11 + n, **effect.event.columns(), reason_code=code, subject=subject)
        for n, (effect, (code, subject)) in enumerate(zip(effects, said, strict=True))
    ]


def test_what_the_arrival_says_is_compared() -> None:
    """Kind and category that were changed without an event are said; what was not told is not."""
    letter, events = told()
    assert arrival(Kind.COMPLAINT, "environment") == ("complaint", "environment")
    assert contradiction(letter, events) is None
    letter.kind = Kind.HELP
    assert contradiction(letter, events) == Contradiction(None, "kind", "complaint", "help")
    letter.kind, letter.category = Kind.COMPLAINT, "traffic"
    found = contradiction(letter, events)
    assert found == Contradiction(None, "category", "environment", "traffic")
    untold = [replace(events[0], reason_code=None, subject=None)]
    assert contradiction(letter, untold) is None


def test_changes_of_kind_lead_from_one_to_the_next() -> None:
    """The last one is the letter's kind, and each begins where the one before it ended."""
    letter, events = told("complaint>help", "help>suggestion")
    letter.kind = Kind.SUGGESTION
    assert contradiction(letter, events) is None
    untold = [replace(events[0], reason_code=None), *events[1:]]
    assert contradiction(letter, untold) is None
    letter.kind = Kind.HELP
    for each in (events, untold):
        assert contradiction(letter, each) == Contradiction(None, "kind", "suggestion", "help")
    letter, events = told("complaint>help", "consultation>suggestion")
    found = contradiction(letter, events)
    expected = ("help>suggestion", "consultation>suggestion")
    assert found == Contradiction(13, "reason_code", *expected)
