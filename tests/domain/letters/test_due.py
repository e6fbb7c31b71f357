"""How much time a letter has left, in words."""

from datetime import date

import pytest

from portal.domain.calendar import WorkCalendar
from portal.domain.letters.due import Urgency, remaining

CALENDAR = WorkCalendar()
FRIDAY = date(2016, 6, 3)


@pytest.mark.parametrize(
    ("due", "said", "urgency"),
    [
        (date(2016, 6, 8), "还有 3 个工作日", Urgency.FINE),
        (date(2016, 6, 7), "还有 2 个工作日", Urgency.SOON),
        (FRIDAY, "今天到期", Urgency.SOON),
        (date(2016, 6, 2), "超期 1 个工作日", Urgency.LATE),
        (date(2016, 5, 20), "超期 10 个工作日", Urgency.LATE),
    ],
)
def test_remaining_time_is_said_in_working_days(due: date, said: str, urgency: Urgency) -> None:
    """A weekend between today and the due date is not counted."""
    left = remaining(CALENDAR, FRIDAY, due)
    assert (str(left.message), left.urgency) == (said, urgency)


def test_letter_is_late_on_the_weekend_after_its_due_date() -> None:
    """On the Saturday after, no working day has passed, and yet the letter is late."""
    left = remaining(CALENDAR, date(2016, 6, 4), FRIDAY)
    assert (str(left.message), left.urgency) == ("已超期", Urgency.LATE)
