"""What the events of a letter count for."""

from datetime import UTC, datetime, timedelta

from portal.domain.calendar import WorkCalendar
from portal.domain.deadline_rules import DeadlineRules
from portal.domain.events import Axis
from portal.domain.letters.due import Deadlines
from portal.domain.letters.kinds import LETTER_RULES, Kind
from portal.domain.statistics.measures import CountedEvent, Fact, Ledger

START = datetime(2016, 6, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
LEDGER = Ledger(Deadlines(WorkCalendar(), DeadlineRules(LETTER_RULES, lambda each, _on: [each])))
HERE = 7


def handled(action: str, before: str | None, after: str, days: int, staff: bool) -> CountedEvent:
    """Return a step of handling, ``days`` after receipt."""
    return CountedEvent(action, Axis.HANDLING, before, after, START + days * DAY, staff, HERE)


def first_fact(*events: CountedEvent) -> Fact:
    """Return the fact that has the receipt, of a letter with ``events``."""
    receipt = handled("submit", None, "submitted", 0, staff=False)
    return LEDGER.facts(Kind.COMPLAINT, HERE, [receipt, *events])[0]


def test_the_first_response_is_a_step_of_the_office() -> None:
    """Not the receipt, nor a note that leaves the state, but the first step of staff responds."""
    fact = first_fact(
        handled("assign", "submitted", "submitted", 1, staff=True),
        handled("accept", "submitted", "in_progress", 2, staff=True),
        handled("ask_citizen", "in_progress", "awaiting_citizen", 5, staff=True),
    )
    assert (fact.response_at, fact.response_days) == (START + 2 * DAY, 2)


def test_a_letter_that_its_sender_takes_back_got_no_response() -> None:
    """Steps of the sender, also on consent, are no response of the office."""
    consent = CountedEvent(
        "revoke_consent", Axis.PUBLICATION, "published", "unpublished", START + DAY
    )
    fact = first_fact(consent, handled("withdraw", "submitted", "withdrawn", 2, staff=False))
    assert (fact.response_at, fact.response_days) == (None, None)
    assert fact.withdrawn_at == START + 2 * DAY


def test_a_step_of_publication_is_no_response() -> None:
    """What staff do about publication does not respond to the letter."""
    refused = CountedEvent(
        "refuse", Axis.PUBLICATION, "proposed", "refused", START + DAY, staff=True
    )
    assert first_fact(refused).response_at is None
