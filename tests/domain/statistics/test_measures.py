"""What the events of a letter count for."""

from datetime import UTC, datetime, timedelta

from portal.domain.calendar import WorkCalendar
from portal.domain.deadline_rules import DeadlineRules
from portal.domain.events import Axis
from portal.domain.letters.due import Deadlines
from portal.domain.letters.kinds import LETTER_RULES, Kind
from portal.domain.statistics.measures import CountedEvent, Fact, Ledger, Outcome

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


def test_a_declined_letter_that_is_taken_over_is_closed_by_its_answer() -> None:
    """What is sent unasked changes no figure; declining counts until the superior takes over."""
    receipt = handled("submit", None, "submitted", 0, staff=False)
    taken = CountedEvent(
        "take_over", Axis.HANDLING, "declined", "in_progress", START + 6 * DAY, True, HERE + 1
    )
    events = [
        receipt,
        handled("decline", "submitted", "declined", 2, staff=True),
        handled("correct_contacts", "declined", "declined", 3, staff=False),
        handled("appeal", "declined", "declined", 4, staff=False),
        taken,
        CountedEvent(
            "request_signoff", Axis.HANDLING, "in_progress", "awaiting_signoff", START + 7 * DAY
        ),
        CountedEvent("urge", Axis.HANDLING, "in_progress", "in_progress", START + 7 * DAY),
        CountedEvent("sign", Axis.HANDLING, "awaiting_signoff", "closed", START + 8 * DAY, True),
    ]
    first, second = LEDGER.facts(Kind.COMPLAINT, HERE, events)
    assert (first.closed_from, first.closed_until) == (START + 2 * DAY, START + 6 * DAY)
    assert (first.outcome, first.closing_organisation_id) == (Outcome.DECLINED, HERE)
    assert (second.closed_from, second.closed_until) == (START + 8 * DAY, None)
    assert (second.outcome, second.closing_organisation_id) == (Outcome.ANSWERED, HERE + 1)
    assert (second.opening, second.closing_days, first.redone_at) == (False, 1, None)


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
