"""When a letter is due, and how much time it has left, in words."""

from datetime import date

import pytest

from portal.domain.calendar import WorkCalendar
from portal.domain.deadline_rules import DeadlineRules
from portal.domain.letters.due import Deadlines, HandlingTime, Urgency, remaining
from portal.domain.letters.kinds import LETTER_RULES, Kind
from portal.domain.letters.states import State

CALENDAR = WorkCalendar()
RULES = DeadlineRules(LETTER_RULES, lambda organisation_id, _on: [organisation_id])
FRIDAY = date(2016, 6, 3)


@pytest.mark.parametrize(
    ("due", "days", "said", "urgency"),
    [
        (date(2016, 6, 8), 3, "还有 3 个工作日", Urgency.FINE),
        (date(2016, 6, 7), 2, "还有 2 个工作日", Urgency.SOON),
        (FRIDAY, 0, "今天到期", Urgency.SOON),
        (date(2016, 6, 2), -1, "超期 1 个工作日", Urgency.LATE),
        (date(2016, 5, 20), -10, "超期 10 个工作日", Urgency.LATE),
    ],
)
def test_remaining_time_is_said_in_working_days(
    due: date, days: int, said: str, urgency: Urgency
) -> None:
    """A weekend between today and the due date is not counted."""
    left = remaining(CALENDAR, FRIDAY, due)
    assert (left.days, str(left.message), left.urgency) == (days, said, urgency)


def test_letter_is_late_on_the_weekend_after_its_due_date() -> None:
    """On the Saturday after, no working day has passed, and yet the letter is late."""
    left = remaining(CALENDAR, date(2016, 6, 4), FRIDAY)
    assert (left.days, str(left.message), left.urgency) == (0, "已超期", Urgency.LATE)


def test_a_wait_for_the_citizen_moves_the_due_date() -> None:
    """Ten working days from Friday 3 June, four of them waited through; none while it lasts."""
    deadlines, time = Deadlines(CALENDAR, RULES), HandlingTime(Kind.COMPLAINT, FRIDAY)
    assert deadlines.due_on(time) == date(2016, 6, 20)
    time.follow(State.IN_PROGRESS, State.AWAITING_CITIZEN, date(2016, 6, 6))
    assert deadlines.due_on(time) is None
    time.follow(State.AWAITING_CITIZEN, State.IN_PROGRESS, date(2016, 6, 13))
    assert deadlines.due_on(time) == date(2016, 6, 24)


def test_a_redo_counts_from_its_own_day() -> None:
    """Neither the extension nor the waits of before count after a redo."""
    deadlines, time = Deadlines(CALENDAR, RULES), HandlingTime(Kind.COMPLAINT, FRIDAY, 5)
    time.follow(State.IN_PROGRESS, State.AWAITING_CITIZEN, date(2016, 6, 6))
    time.follow(State.AWAITING_CITIZEN, State.CLOSED, date(2016, 6, 7))
    time.follow(State.CLOSED, State.IN_PROGRESS, date(2016, 7, 1))
    assert deadlines.due_on(time) == deadlines.due_on(
        HandlingTime(Kind.COMPLAINT, date(2016, 7, 1))
    )
