"""When the person of a letter can be erased, and what comes after a period of years."""

from dataclasses import dataclass
from datetime import date

import pytest

from portal.domain.letters.states import ENDED_STATES, Publication, State
from portal.domain.privacy.erasure import ended_before, erasure_objection


@dataclass
class Kept:
    """A letter as the rule looks at it."""

    state: State = State.CLOSED
    publication: Publication = Publication.NOT_PROPOSED
    erased: bool = False
    follow_up_pending: bool = False
    correction_pending: bool = False
    appeal_pending: bool = False


@pytest.mark.parametrize("state", State)
def test_only_what_has_ended_is_erased(state: State) -> None:
    """A letter that is handled needs its sender."""
    said = erasure_objection(Kept(state))
    assert (said is None) is (state in ENDED_STATES)
    assert said is None or "办理" in said


@pytest.mark.parametrize("publication", Publication)
def test_what_waits_for_a_decision_on_publication_is_not_erased(publication: Publication) -> None:
    """Every publication but one that waits can stand."""
    said = erasure_objection(Kept(publication=publication))
    assert (said is None) is (publication is not Publication.PROPOSED)


def test_each_thing_that_waits_is_named() -> None:
    """A correction, a follow-up reply and an erasure that was have words of their own."""
    assert "公示件" in (erasure_objection(Kept(correction_pending=True)) or "")
    assert "异议" in (erasure_objection(Kept(appeal_pending=True)) or "")
    assert "补充答复" in (erasure_objection(Kept(follow_up_pending=True)) or "")
    assert "已经删除" in (erasure_objection(Kept(erased=True)) or "")
    assert "已经删除" in (erasure_objection(Kept(State.SUBMITTED, erased=True)) or "")


@pytest.mark.parametrize(
    ("today", "years", "day"),
    [
        (date(2026, 11, 30), 10, date(2016, 11, 30)),
        (date(2024, 2, 29), 1, date(2023, 2, 28)),
        (date(2024, 2, 29), 4, date(2020, 2, 29)),
    ],
)
def test_years_are_counted_by_the_calendar(today: date, years: int, day: date) -> None:
    """The day of so many years before is the first that is kept; a leap day moves to the 28th."""
    assert ended_before(today, years) == day
