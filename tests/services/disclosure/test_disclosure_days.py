"""The days of a request for disclosure, each on both sides of its edge."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from portal.domain.disclosure.application import RequestSource
from portal.domain.disclosure.requests import DisclosureState
from portal.domain.errors import InvalidInput
from portal.domain.periods import Period, civil_date
from portal.models import DisclosureRequest
from portal.queries.disclosure.due import rule_of
from portal.queries.disclosure.queues import (
    RequestFilters,
    RequestQueue,
    own_requests,
    request_page,
)
from portal.queries.disclosure.requests import request_history
from portal.queries.letters.queues import cutoffs
from portal.queries.rules import deadline_rules, work_calendar
from portal.queries.statistics.disclosure import disclosure_figures
from portal.services.disclosure import requests as disclosure
from portal.services.disclosure.filing import register
from portal.services.disclosure.requests import applicant as applicant_of
from tests.builders import World
from tests.disclosure import CODE_KEY, MONDAY, a_request, an_application

DAY = timedelta(days=1)
LAST_DAYS_OF_THE_OLD_LAW = datetime(2019, 5, 13, 2, 0, tzinfo=UTC)
TODAY = civil_date(MONDAY)


def registered(session: Session, world: World, received_on: date) -> DisclosureRequest:
    """Register a letter on paper that came on ``received_on``, on the morning of ``MONDAY``."""
    receipt = register(
        an_application(world["city"]),
        RequestSource.POST,
        received_on,
        f"paper {received_on}",
        CODE_KEY,
        world.actor("city_handler"),
        MONDAY,
    )
    return session.get_one(DisclosureRequest, receipt.id)


def test_paper_of_a_year_and_a_day_ago_is_registered(session: Session, world: World) -> None:
    """A request received 366 days ago is taken, one of the day before is held to be mistyped."""
    request = registered(session, world, TODAY - 366 * DAY)
    assert civil_date(request.received_at) == date(2019, 3, 2)
    with pytest.raises(InvalidInput, match="太早") as caught:
        registered(session, world, TODAY - 367 * DAY)
    assert caught.value.field == "received_on"


def test_paper_of_an_earlier_day_is_received_at_its_noon(session: Session, world: World) -> None:
    """Nobody noted the hour: its history tells of noon in Shanghai, that of today of this hour."""
    earlier, today = (
        registered(session, world, date(2020, 2, 28)),
        registered(session, world, TODAY),
    )
    assert earlier.received_at == datetime(2020, 2, 28, 4, tzinfo=UTC)
    assert request_history(session, earlier)[0].at == earlier.received_at
    assert today.received_at == MONDAY


def test_the_law_of_the_day_of_receipt_holds_to_the_end(session: Session, world: World) -> None:
    """Received two days before the law of 2019 and completed under it: 15 working days, not 20."""
    request = a_request(
        session, world, DisclosureState.AWAITING_COMPLETION, now=LAST_DAYS_OF_THE_OLD_LAW
    )
    completed = LAST_DAYS_OF_THE_OLD_LAW + 7 * DAY
    disclosure.complete(request.id, "人民路", applicant_of(request.id), completed)
    session.refresh(request)
    assert civil_date(completed) == date(2019, 5, 20) and request.due_on == date(2019, 6, 11)
    assert rule_of(deadline_rules(session), request).days == 15


def test_an_incomplete_request_waits_for_the_office_after_its_last_day(
    session: Session, world: World
) -> None:
    """On the last day for completion the applicant has the word, from the day after the office."""
    request = a_request(session, world, DisclosureState.AWAITING_COMPLETION)
    actor, last = world.actor("city_handler"), MONDAY + 10 * DAY
    assert request.complete_by == civil_date(last)
    for now, waiting in ((last, 0), (last + DAY, 1)):
        wanted, at = RequestFilters(RequestQueue.TODO), cutoffs(work_calendar(session), now)
        assert request_page(session, actor, wanted, at, 20).total == waiting
        assert own_requests(session, actor, civil_date(now)) == waiting


def test_what_came_in_after_the_moment_is_not_received_yet(session: Session, world: World) -> None:
    """Seen from the moment of its receipt a request is not there, a microsecond later it is.

    The month before it never has it.
    """
    a_request(session, world, now=MONDAY)
    later = MONDAY + timedelta(microseconds=1)
    found = [disclosure_figures(session, Period(2020), at) for at in (MONDAY, later)]
    assert [(f.received, f.not_due) for f in found] == [(0, 0), (1, 1)]
    february, march = (Period(2020, month=month) for month in (2, 3))
    assert disclosure_figures(session, february, later).received == 0
    assert disclosure_figures(session, march, later).received == 1
