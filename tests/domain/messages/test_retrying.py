"""When a message is tried again, and which gateway is used."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.messages.retrying import PATIENCE, PATIENCE_WITH_PERSONS, delay, next_attempt
from portal.domain.messages.states import (
    ENDED,
    RECEIPTS,
    UNREACHED,
    MessageState,
    Outcome,
    after_receipt,
)
from portal.domain.messages.takeover import REST, Takeover

NOW = datetime(2016, 6, 15, 2, 30, tzinfo=UTC)
S = MessageState


@given(st.integers(1, 400), st.integers(1, 2**40))
def test_delays_double_within_their_spread(attempts: int, seed: int) -> None:
    """A delay is 15 seconds doubled at each attempt, an hour at most, within a quarter around."""
    plain = min(15 * 2 ** min(attempts - 1, 20), 3600)
    assert plain * 0.75 <= delay(attempts, seed).total_seconds() <= plain * 1.25
    assert delay(attempts, seed) == delay(attempts, seed)


def test_jobs_of_one_moment_are_spread() -> None:
    """Many jobs that failed together do not come back together."""
    found = {round(delay(1, seed).total_seconds(), 1) for seed in range(200)}
    assert len(found) > 50


@pytest.mark.parametrize(
    ("outcome", "patience"),
    [
        (Outcome.PASSING, PATIENCE),
        (Outcome.DOWN, PATIENCE),
        (Outcome.NOT_ACCEPTING, PATIENCE_WITH_PERSONS),
    ],
)
def test_the_last_attempt_is_at_the_end_of_the_patience(
    outcome: Outcome, patience: timedelta
) -> None:
    """Attempts go on for 24 hours, for a mailbox that takes nothing for 72, and then end."""
    end = NOW + patience
    nearly = end - timedelta(seconds=1)
    assert next_attempt(outcome, 1, NOW, NOW, 1) == NOW + delay(1, 1)
    assert next_attempt(outcome, 9, NOW, nearly, 1) == end
    assert next_attempt(outcome, 9, NOW, end, 1) is None


def test_patience_is_a_day_and_three_days() -> None:
    """A channel has a day, a person's mailbox three."""
    assert (timedelta(hours=24), timedelta(hours=72)) == (PATIENCE, PATIENCE_WITH_PERSONS)


@pytest.mark.parametrize("outcome", [Outcome.ACCEPTED, Outcome.NO_SUCH_ADDRESS, Outcome.REFUSED])
def test_what_is_settled_is_not_tried_again(outcome: Outcome) -> None:
    """What was taken, or refused for good, has no next attempt."""
    assert next_attempt(outcome, 1, NOW, NOW, 1) is None


def test_a_gateway_rests_after_three_failures_and_is_tried_again() -> None:
    """Failures in a row count, slow answers among them; a good one begins the count again."""
    gateways = Takeover(2)
    for worked, seconds in ((False, 0), (True, 1), (False, 0), (True, 5), (False, 0)):
        assert gateways.choose(NOW) == 0
        gateways.note(0, worked, seconds, NOW)
    assert gateways.choose(NOW) == 1
    assert gateways.choose(NOW + REST - timedelta(seconds=1)) == 1
    assert gateways.choose(NOW + REST) == 0
    gateways.note(0, False, 0, NOW + REST)
    assert gateways.choose(NOW + REST) == 1
    gateways.note(0, True, 0, NOW + 2 * REST)
    assert gateways.choose(NOW + REST) == 0


def test_where_all_rest_the_first_to_come_back_is_used() -> None:
    """With no gateway left the one whose rest ends first is tried."""
    gateways = Takeover(2)
    for place in (1, 0):
        for _ in range(3):
            gateways.note(place, False, 0, NOW - timedelta(seconds=place))
    assert gateways.choose(NOW) == 1


@pytest.mark.parametrize(
    ("before", "said", "after"),
    [
        (S.HANDED_OVER, S.DELIVERED, S.DELIVERED),
        (S.HANDED_OVER, S.NO_SUCH_ADDRESS, S.NO_SUCH_ADDRESS),
        (S.DELIVERED, S.NO_SUCH_ADDRESS, S.NO_SUCH_ADDRESS),
        (S.DELIVERED, S.FAILED, S.DELIVERED),
        (S.NO_SUCH_ADDRESS, S.DELIVERED, S.NO_SUCH_ADDRESS),
        (S.WAITING, S.DELIVERED, S.WAITING),
        (S.DROPPED, S.DELIVERED, S.DROPPED),
    ],
)
def test_a_receipt_changes_what_was_handed_over(before: S, said: S, after: S) -> None:
    """A receipt counts once a message was handed over; a bounce outlives a delivery."""
    assert after_receipt(before, said) is after


def test_states_are_those_of_notify() -> None:
    """What ends, what did not reach a person, and what receipts may say."""
    assert {S.NO_SUCH_ADDRESS, S.NOT_ACCEPTING} == UNREACHED
    assert {S.WAITING, S.NOT_ACCEPTING} == set(S) - ENDED
    assert RECEIPTS == {
        "delivered": S.DELIVERED,
        "no_such_address": S.NO_SUCH_ADDRESS,
        "not_accepting": S.NOT_ACCEPTING,
        "technical_failure": S.FAILED,
    }
