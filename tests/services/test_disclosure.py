"""Requests for disclosure: limits by date, completion, outcomes and their shares."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from portal.domain.disclosure import DisclosureOutcome, DisclosureState
from portal.domain.errors import ActionNotAllowed, InvalidInput, NotPermitted
from portal.domain.periods import Period
from portal.domain.rates import Figures
from portal.models import DisclosureRequest
from portal.queries.rates.cube import cube
from portal.queries.rates.disclosure import disclosure_figures
from portal.queries.rates.passes import Question
from portal.services import disclosure
from tests.builders import World

MONDAY = datetime(2016, 3, 7, 2, 0, tzinfo=UTC)
OUTCOMES = {
    DisclosureOutcome.DISCLOSED: 512, DisclosureOutcome.NOT_OURS: 76,
    DisclosureOutcome.NONEXISTENT: 34, DisclosureOutcome.UNCLEAR: 10,
}  # fmt: skip


def filed(session: Session, world: World, now: datetime = MONDAY) -> DisclosureRequest:
    """File a request at the city's department."""
    actor = world.actor("city_dispatcher")
    number = disclosure.file(world["city"], "周晓兰", "2015年路灯维修经费", actor, now)
    return session.get_one(DisclosureRequest, number)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (MONDAY, date(2016, 3, 28)),
        (datetime(2020, 3, 2, 2, 0, tzinfo=UTC), date(2020, 3, 30)),
    ],
)
def test_the_limit_is_that_of_the_day_of_receipt(
    session: Session, world: World, received: datetime, due: date
) -> None:
    """A request is due after 15 working days in 2016 and after 20 since 2019."""
    assert filed(session, world, received).due_on == due


def test_completion_stops_the_clock_and_starts_it_anew(session: Session, world: World) -> None:
    """While the applicant completes the request nothing is due; then the limit runs afresh."""
    request, actor = filed(session, world), world.actor("city_dispatcher")
    disclosure.ask_completion(request.id, "请写明信息名称", actor, MONDAY + timedelta(days=2))
    assert request.state is DisclosureState.AWAITING_COMPLETION and request.due_on is None
    disclosure.complete(request.id, actor, MONDAY + timedelta(days=7))
    assert request.due_on == date(2016, 4, 5)
    with pytest.raises(ActionNotAllowed):
        disclosure.ask_completion(request.id, "再补正", actor, MONDAY + timedelta(days=8))


def test_completion_can_be_asked_for_seven_working_days(session: Session, world: World) -> None:
    """Since 2019 a notice of completion after the seventh working day is refused."""
    received = datetime(2020, 3, 2, 2, 0, tzinfo=UTC)
    request, actor = filed(session, world, received), world.actor("city_dispatcher")
    with pytest.raises(ActionNotAllowed):
        disclosure.ask_completion(request.id, "请补正", actor, received + timedelta(days=10))
    disclosure.ask_completion(request.id, "请补正", actor, received + timedelta(days=9))


def test_one_extension_within_the_law(session: Session, world: World) -> None:
    """The limit is extended once, by no more days than the law allows."""
    request, actor = filed(session, world), world.actor("city_dispatcher")
    with pytest.raises(InvalidInput):
        disclosure.extend(request.id, 16, "需征求第三方意见", actor, MONDAY)
    disclosure.extend(request.id, 15, "需征求第三方意见", actor, MONDAY)
    assert request.due_on == date(2016, 4, 19)
    with pytest.raises(ActionNotAllowed):
        disclosure.extend(request.id, 1, "再延期", actor, MONDAY)


def test_others_may_not_touch_a_request(session: Session, world: World) -> None:
    """Staff of another organisation cannot answer."""
    request = filed(session, world)
    with pytest.raises(NotPermitted):
        disclosure.answer(
            request.id, DisclosureOutcome.DISCLOSED, "见附件", world.actor("police_dispatcher"),
            MONDAY,
        )  # fmt: skip


def test_figures_are_those_of_the_moment(session: Session, world: World) -> None:
    """An answer counts from its moment on; a withdrawn request is not counted as received."""
    actor = world.actor("city_dispatcher")
    first, second = filed(session, world), filed(session, world)
    later = MONDAY + timedelta(days=3)
    disclosure.answer(first.id, DisclosureOutcome.NONEXISTENT, "经检索不存在", actor, later)
    disclosure.withdraw(second.id, actor, later)
    before = disclosure_figures(session, Period(2016), later)
    after = disclosure_figures(session, Period(2016), later + timedelta(seconds=1))
    assert (before.received, before.answered) == (2, 0)
    assert (after.received, after.answered, after.on_time) == (1, 1, 1)


def test_the_shares_of_2016(session: Session, world: World) -> None:
    """632 requests answered 512, 76, 34 and 10 give the shares that the report printed."""
    session.add_all(
        DisclosureRequest(
            organisation_id=world["city"], applicant="周晓兰", subject="路灯",
            state=DisclosureState.ANSWERED, outcome=outcome, received_at=MONDAY,
            answered_at=MONDAY, on_time=True,
        )
        for outcome, count in OUTCOMES.items()
        for _ in range(count)
    )  # fmt: skip
    session.flush()
    found = disclosure_figures(session, Period(2016), Period(2016).ends_at)
    assert found.received == 632 and found.answer_rate.text == "100.00%"
    shares = [found.share(outcome).text for outcome in DisclosureOutcome]
    assert shares == ["81.01%", "12.03%", "5.38%", "1.58%"]


def test_requests_are_no_letters(session: Session, world: World) -> None:
    """A request changes nothing in the figures of letters."""
    filed(session, world)
    assert cube(session, Question(Period(2016), Period(2016).ends_at)).total == Figures()
