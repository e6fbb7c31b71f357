"""What stands before secrets and forms: limits by address, challenges beyond them."""

from flask import Flask

from portal.web.core.guards import challenge
from portal.web.core.guards.challenge import DOUBLINGS, EASIEST, FIELD
from portal.web.core.guards.guard import Guard
from portal.web.core.rate_limits import used
from tests.challenges import solution

KEY, OTHER = ("letters", "203.0.113.1"), ("letter", "203.0.113.1")
GUARD = Guard("letters", (("2 per hour", KEY),))


def hardness(app: Flask) -> int:
    """Return the largest number of the challenge that a refused use is answered with."""
    with app.test_request_context():
        assert GUARD.take() > 0
        found = challenge.offered()
        assert found is not None
        return int(found["maxnumber"])


def test_challenges_become_harder(app: Flask) -> None:
    """Each two uses beyond the limit double the work, up to a bound; a refusal counts for nothing."""
    with app.test_request_context():
        assert [GUARD.take(), GUARD.take()] == [0, 0]
    assert hardness(app) == EASIEST
    for twice in range(DOUBLINGS + 1):
        assert hardness(app) == EASIEST * 2**twice
        for _ in range(2):
            with app.test_request_context():
                challenge.offer("letters", 0)
                sent = solution(challenge.offered() or {})
            with app.test_request_context(method="POST", data={FIELD: sent}):
                assert GUARD.take() == 0
    assert hardness(app) == EASIEST * 2**DOUBLINGS
    with app.test_request_context():
        assert used("2 per hour", KEY) == (12, 2)


def test_a_use_refused_by_one_limit_is_taken_from_none(app: Flask) -> None:
    """Of several limits none counts a use that another has refused; what is given back is free."""
    both = Guard("letters", (("5 per hour", OTHER), ("2 per hour", KEY)))
    with app.test_request_context():
        for _ in range(3):
            both.take()
        assert used("5 per hour", OTHER) == (2, 5)
        both.give_back()
        assert (used("5 per hour", OTHER), used("2 per hour", KEY)) == ((1, 5), (1, 2))


def test_a_guard_without_limits_lets_everybody_through(app: Flask) -> None:
    """Where nothing is limited nothing is counted and no challenge is on the page."""
    with app.test_request_context():
        free = Guard("letters", ())
        free.offer()
        assert free.take() == 0
        assert challenge.offered() is None
