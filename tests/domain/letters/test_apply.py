"""What actions do to a letter, on random walks through the transition table."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.events import ActorKind, Axis
from portal.domain.letters.apply import Clock, LetterState, answer_by, apply, receive
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import (
    CLOCK_STATES,
    CONCLUDED_STATES,
    REVERSIBLE_STATES,
    Action,
    CloseReason,
    State,
)
from portal.domain.letters.transitions import TRANSITIONS

START = datetime(2016, 6, 15, 2, 30, tzinfo=UTC)
MOVES = (Action.DISPATCH, Action.TRANSFER, Action.RULE, Action.RETURN)
BACK = (Action.SUPPLEMENT, Action.SEPARATE, Action.RELEASE_MERGED, Action.RECALL_DISPATCH)
"""Actions by which a paused or recalled letter goes back to the state that it left."""
OFFICE, BUREAU, PARENT = 1, 2, 3


def arrived() -> LetterState:
    """Return a letter that has just reached the office."""
    letter = LetterState(Kind.COMPLAINT, START)
    letter.change(receive(Kind.COMPLAINT, OFFICE, START))
    return letter


def possible(letter: LetterState) -> list[Action]:
    """Return the actions that leave the letter's state, on either axis."""
    return [
        action
        for action, row in TRANSITIONS.items()
        if (letter.state if row.axis is Axis.HANDLING else letter.publication) in row.sources
    ]


def take(letter: LetterState, action: Action, at: datetime = START) -> Clock:
    """Take an action of the staff on the letter."""
    to_id = BUREAU if action in MOVES else None
    if action is Action.RECALL_DISPATCH:
        to_id = letter.sent_from_id
    effect = apply(letter, action, ActorKind.STAFF, at, to_id)
    letter.change(effect)
    return effect.clock


@given(st.data())
def test_columns_agree_with_the_state_on_every_walk(data: st.DataObject) -> None:
    """Closed letters have an ending, paused ones a state to go back to, waiting ones a day."""
    letter, hops = arrived(), 0
    left: State | None = None
    for number in range(data.draw(st.integers(0, 12))):
        action = data.draw(st.sampled_from(possible(letter)))
        at = START + timedelta(days=number)
        before = letter.state
        clock = take(letter, action, at)
        hops += (action in MOVES) - (action is Action.RECALL_DISPATCH)
        assert (letter.closed_at is not None) == (letter.state in CONCLUDED_STATES)
        assert (letter.closing_organisation_id is not None) == (letter.state in CONCLUDED_STATES)
        assert (letter.close_reason is not None) == (letter.state is State.CLOSED)
        assert (letter.answer_by is not None) == (letter.state is State.AWAITING_CITIZEN)
        if action in BACK:
            assert letter.state is left
        if letter.state not in REVERSIBLE_STATES:
            left = None
        elif before not in REVERSIBLE_STATES:
            left = before
        assert letter.state_before is left
        if before not in CLOCK_STATES and letter.state in CLOCK_STATES:
            assert clock is Clock.COMPUTE
        assert letter.accepted == (letter.accepted_at is not None)
        assert (letter.hop_count, letter.version) == (hops, number + 2)


@given(st.data())
def test_intervals_follow_each_other_without_gaps(data: st.DataObject) -> None:
    """An interval begins exactly where state or organisation changes, and names both."""
    letter = arrived()
    for _ in range(data.draw(st.integers(0, 12))):
        action = data.draw(st.sampled_from(possible(letter)))
        before = (letter.state, letter.publication, letter.organisation_id)
        moves = action in (*MOVES, Action.RECALL_DISPATCH)
        effect = apply(letter, action, ActorKind.STAFF, START, BUREAU if moves else None)
        letter.change(effect)
        changed = (letter.state, letter.publication, letter.organisation_id) != before
        assert (effect.interval is not None) == (changed or moves)
        if effect.interval is not None:
            assert effect.interval.state in (letter.state, letter.publication)
            assert effect.interval.organisation_id == letter.organisation_id


def test_a_merged_letter_is_closed_by_the_organisation_that_answers() -> None:
    """The closing organisation of a merged letter is that of the letter it followed."""
    letter = arrived()
    take(letter, Action.MERGE)
    letter.change(apply(letter, Action.CLOSE_MERGED, ActorKind.SYSTEM, START, answered_by=PARENT))
    assert (letter.closing_organisation_id, letter.close_reason) == (PARENT, CloseReason.MERGED)


def test_a_redo_starts_the_clock_again() -> None:
    """A redo forgets the ending and the extension; the time limit runs from the request."""
    letter = arrived()
    for action in (Action.ACCEPT, Action.REQUEST_EXTENSION):
        take(letter, action)
    letter.change(apply(letter, Action.GRANT_EXTENSION, ActorKind.STAFF, START, extension_days=5))
    assert letter.extension_days == 5
    for action in (Action.REQUEST_SIGNOFF, Action.SIGN):
        take(letter, action)
    later = START + timedelta(days=30)
    assert take(letter, Action.REDO, later) is Clock.COMPUTE
    assert (letter.clock_from, letter.extension_days, letter.reopened) == (later, 0, True)


def test_an_answered_letter_keeps_its_due_date() -> None:
    """Signing leaves the due date as it was promised; declining takes it away."""
    letter = arrived()
    for action in (Action.ACCEPT, Action.REQUEST_SIGNOFF):
        take(letter, action)
    assert take(letter, Action.SIGN) is Clock.KEEP
    assert take(arrived(), Action.DECLINE) is Clock.STOP


def test_a_return_counts_and_forgets_where_the_letter_came_from() -> None:
    """A returned letter has one return and two hops and came from nowhere."""
    letter = arrived()
    take(letter, Action.DISPATCH)
    assert letter.sent_from_id == OFFICE
    letter.change(apply(letter, Action.RETURN, ActorKind.STAFF, START, OFFICE))
    assert (letter.return_count, letter.hop_count, letter.sent_from_id) == (1, 2, None)


@given(st.data())
def test_a_recall_leaves_everything_as_before_the_dispatch(data: st.DataObject) -> None:
    """A recalled letter differs in its version alone; a ruling that had placed it ended when it moved on."""
    letter = arrived()
    at = START
    for _ in range(data.draw(st.integers(0, 12))):
        at += timedelta(days=1)
        take(letter, data.draw(st.sampled_from(possible(letter))), at)
    letter.assignee_id = data.draw(st.none() | st.integers(1, 3))
    sendings = set(possible(letter)) & {Action.DISPATCH, Action.TRANSFER}
    if not sendings:
        return
    before = letter.columns()
    take(letter, data.draw(st.sampled_from(sorted(sendings))), at + timedelta(days=1))
    assert (letter.accepted, letter.sent_at) == (True, at + timedelta(days=1))
    letter.assignee_id = data.draw(st.none() | st.integers(1, 3))
    assert take(letter, Action.RECALL_DISPATCH, at + timedelta(days=2)) is Clock.KEEP
    assert letter.columns() == before | {"version": before["version"] + 2, "placed": False}


@pytest.mark.parametrize(
    ("steps", "marked"),
    [
        ((), True),
        ((Action.ASSIGN,), True),
        ((Action.REQUEST_SIGNOFF,), False),
        ((Action.ASK_CITIZEN,), False),
        ((Action.TRANSFER,), True),
        ((Action.TRANSFER, Action.RECALL_DISPATCH), True),
        ((Action.TRANSFER, Action.SIGN_FOR), False),
    ],
)
def test_an_addition_is_marked_until_the_office_goes_on(
    steps: tuple[Action, ...], marked: bool
) -> None:
    """The mark stays while nobody has taken the letter on, and wherever it is sent."""
    letter = arrived()
    take(letter, Action.ACCEPT)
    letter.sent_from_id = PARENT
    added = apply(letter, Action.ADD, ActorKind.CITIZEN, START + timedelta(hours=1))
    assert (added.clock, added.interval) == (Clock.KEEP, None)
    letter.change(added)
    for step in steps:
        take(letter, step)
    assert letter.added_at == (START + timedelta(hours=1) if marked else None)


def test_a_reply_that_goes_back_leaves_the_mark() -> None:
    """Neither sending a reply back nor recalling it takes the letter on."""
    for back in (Action.SEND_BACK, Action.RECALL_SIGNOFF):
        letter = arrived()
        take(letter, Action.ACCEPT)
        take(letter, Action.REQUEST_SIGNOFF)
        letter.change(apply(letter, Action.ADD, ActorKind.CITIZEN, START))
        take(letter, back)
        assert letter.added_at == START


def test_urging_is_counted_until_the_clock_begins_again() -> None:
    """Each urging counts and says from when the next is possible; a redo begins at nought."""
    letter, again = arrived(), START.date() + timedelta(days=1)
    for _ in range(2):
        letter.change(apply(letter, Action.URGE, ActorKind.CITIZEN, START, urge_from=again))
    assert (letter.urge_count, letter.urge_from) == (2, again)
    for step in (Action.ACCEPT, Action.REQUEST_SIGNOFF, Action.SIGN):
        take(letter, step)
    assert letter.urge_count == 2
    letter.change(apply(letter, Action.REDO, ActorKind.CITIZEN, START))
    assert (letter.urge_count, letter.urge_from, letter.reopened) == (0, None, True)


def test_a_superior_takes_a_declined_letter_over() -> None:
    """It is in progress there with a clock of its own, is no hop, and may still be redone once."""
    letter, later = arrived(), START + timedelta(days=3)
    letter.assignee_id, letter.sent_from_id = 4, BUREAU
    take(letter, Action.DECLINE)
    effect = apply(letter, Action.TAKE_OVER, ActorKind.STAFF, later, PARENT)
    letter.change(effect)
    assert effect.clock is Clock.COMPUTE
    assert effect.chooses_rule
    assert effect.interval is not None
    assert (letter.state, effect.interval.organisation_id) == (State.IN_PROGRESS, PARENT)
    assert (letter.organisation_id, letter.hop_count) == (PARENT, 0)
    assert (letter.assignee_id, letter.sent_from_id) == (None, None)
    assert (letter.closed_at, letter.closing_organisation_id) == (None, None)
    assert (letter.clock_from, letter.reopened, letter.accepted_at) == (later, False, later)


def test_only_staff_respond() -> None:
    """A supplement of the citizen is no first response, an acceptance is."""
    letter = arrived()
    letter.change(apply(letter, Action.WITHDRAW, ActorKind.CITIZEN, START))
    assert letter.first_response_at is None
    letter = arrived()
    take(letter, Action.ACCEPT)
    assert letter.first_response_at == START


def test_an_action_that_does_not_leave_the_state_is_refused() -> None:
    """Signing a letter that nobody has accepted is an error of the caller."""
    with pytest.raises(ValueError, match="sign"):
        take(arrived(), Action.SIGN)


def test_the_citizen_has_fifteen_days_to_supplement() -> None:
    """The last day to answer a question of 15 June is 30 June."""
    assert answer_by(START).isoformat() == "2016-06-30"


def test_the_first_event_is_the_submission() -> None:
    """The history of a letter begins with its submission, from nowhere to the office."""
    event = receive(Kind.COMPLAINT, OFFICE, START).event
    assert (event.action, event.from_state, event.to_state) == (
        Action.SUBMIT,
        None,
        State.SUBMITTED,
    )
    assert (event.organisation_id, event.to_organisation_id) == (None, OFFICE)


def test_an_invitation_names_who_is_asked_and_leaves_the_letter() -> None:
    """Only the version changes; the event names the other organisation, and no interval begins."""
    letter = arrived()
    take(letter, Action.ACCEPT)
    effect = apply(letter, Action.INVITE, ActorKind.STAFF, START, BUREAU)
    assert effect.changes == {"version": letter.version + 1}
    assert (effect.event.organisation_id, effect.event.to_organisation_id) == (OFFICE, BUREAU)
    assert effect.interval is None
