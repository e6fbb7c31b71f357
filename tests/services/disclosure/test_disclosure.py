"""Requests for disclosure: limits by date, completion, answers, and what they never touch."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.calendar import DayKind
from portal.domain.disclosure.requests import DisclosureFigures, DisclosureOutcome, DisclosureState
from portal.domain.errors import ActionNotAllowed, Conflict, InvalidInput, NotFound, NotPermitted
from portal.domain.periods import Period
from portal.models import CalendarDay, DisclosureRequest, Event
from portal.queries.disclosure.requests import request_changes, request_history
from portal.queries.statistics.disclosure import disclosure_figures
from portal.services.disclosure import requests as disclosure
from portal.services.disclosure.requests import Answer
from portal.services.disclosure.requests import applicant as applicant_of
from portal.services.office.calendar import set_days
from portal.services.office.organisations import close
from tests.builders import World
from tests.disclosure import DISCLOSED, IDENTITY, MONDAY, a_request

DAY = timedelta(days=1)
LAW_OF_2008 = datetime(2016, 3, 7, 2, 0, tzinfo=UTC)
OUTCOMES = {
    DisclosureOutcome.DISCLOSED: 512,
    DisclosureOutcome.NOT_OURS: 76,
    DisclosureOutcome.NONEXISTENT: 34,
    DisclosureOutcome.UNCLEAR: 10,
}


@pytest.mark.parametrize(
    ("received", "due"), [(LAW_OF_2008, date(2016, 3, 28)), (MONDAY, date(2020, 3, 30))]
)
def test_the_limit_is_that_of_the_day_of_receipt(
    session: Session, world: World, received: datetime, due: date
) -> None:
    """A request is due after 15 working days in 2016 and after 20 since 2019."""
    assert a_request(session, world, now=received).due_on == due


def test_a_request_keeps_what_was_filed(session: Session, world: World) -> None:
    """Every part of the application is kept; what was left empty stays without a value."""
    given: dict[str, Any] = {
        "phone": "13900000001",
        "email": "zhou@example.com",
        "address": "山城市人民路1号",
        "title": "路灯维修经费",
        "document_number": "山城管〔2015〕12号",
        "description": "2015年的项目和金额。",
    }
    request = a_request(session, world, **given)
    assert {name: getattr(request, name) for name in given} == given
    empty = a_request(session, world, email="", address="", document_number="")
    assert (empty.email, empty.address, empty.document_number) == (None, None, None)


def test_completion_stops_the_clock_and_starts_it_again(session: Session, world: World) -> None:
    """While the applicant completes the request nothing is due; then the limit runs afresh."""
    request = a_request(session, world, DisclosureState.AWAITING_COMPLETION, now=LAW_OF_2008)
    assert request.due_on is None and request.complete_by == date(2016, 3, 17)
    disclosure.complete(request.id, "人民路", applicant_of(request.id), LAW_OF_2008 + 7 * DAY)
    session.refresh(request)
    assert (request.state, request.due_on) == (DisclosureState.OPEN, date(2016, 4, 5))
    assert request.completion == "人民路"


def test_the_history_says_from_which_state_to_which(session: Session, world: World) -> None:
    """Each step has the state before it and the state after it."""
    request = a_request(session, world, DisclosureState.AWAITING_COMPLETION, now=LAW_OF_2008)
    disclosure.complete(request.id, "人民路", applicant_of(request.id), LAW_OF_2008 + DAY)
    steps = sa.select(Event.from_state, Event.to_state).order_by(Event.id)
    assert session.execute(steps.where(Event.from_state.is_not(None))).all() == [
        (DisclosureState.OPEN, DisclosureState.AWAITING_COMPLETION),
        (DisclosureState.AWAITING_COMPLETION, DisclosureState.OPEN),
    ]


def test_completion_is_asked_for_once(session: Session, world: World) -> None:
    """What is missing is said at once: a second notice is refused."""
    request = a_request(session, world, DisclosureState.AWAITING_COMPLETION)
    actor, later = world.actor("city_handler"), MONDAY + 2 * DAY
    disclosure.complete(request.id, "人民路", actor, later)
    with pytest.raises(ActionNotAllowed):
        disclosure.ask_completion(request.id, 3, "再补", (later + DAY).date(), actor, later)


def test_completion_can_be_asked_for_seven_working_days(session: Session, world: World) -> None:
    """Since 2019 a notice of completion after the seventh working day is refused."""
    request, actor = a_request(session, world), world.actor("city_handler")
    until = (MONDAY + 20 * DAY).date()
    with pytest.raises(ActionNotAllowed):
        disclosure.ask_completion(request.id, 1, "请补正", until, actor, MONDAY + 10 * DAY)
    disclosure.ask_completion(request.id, 1, "请补正", until, actor, MONDAY + 9 * DAY)


@pytest.mark.parametrize("days", [1, 60])
def test_a_notice_may_give_one_day_or_sixty(session: Session, world: World, days: int) -> None:
    """The first and the last day that a notice may name are taken."""
    request, until = a_request(session, world), (MONDAY + days * DAY).date()
    disclosure.ask_completion(request.id, 1, "请补正", until, world.actor("city_handler"), MONDAY)
    session.refresh(request)
    assert request.complete_by == until


@pytest.mark.parametrize("days", [0, 61])
def test_a_notice_gives_a_reasonable_time(session: Session, world: World, days: int) -> None:
    """The days for completion begin tomorrow and are at most sixty."""
    request, until = a_request(session, world), (MONDAY + days * DAY).date()
    with pytest.raises(InvalidInput, match="补正期限") as caught:
        disclosure.ask_completion(
            request.id, 1, "请补正", until, world.actor("city_handler"), MONDAY
        )
    assert caught.value.field == "complete_by"


def test_a_request_lapses_only_when_its_days_are_over(session: Session, world: World) -> None:
    """Without completion by the day of the notice the office may end it, not a day before."""
    request = a_request(session, world, DisclosureState.AWAITING_COMPLETION)
    actor = world.actor("city_handler")
    with pytest.raises(ActionNotAllowed):
        disclosure.lapse(request.id, 2, actor, MONDAY + 10 * DAY)
    disclosure.lapse(request.id, 2, actor, MONDAY + 11 * DAY)
    session.refresh(request)
    assert (request.state, request.outcome, request.on_time) == (
        DisclosureState.LAPSED,
        DisclosureOutcome.UNCLEAR,
        True,
    )


def test_one_extension_within_the_law(session: Session, world: World) -> None:
    """The limit is extended once, with consent, by no more days than the law allows."""
    request, actor = a_request(session, world, now=LAW_OF_2008), world.actor("city_handler")
    for days, reason, consent, field in (
        (16, "需征求第三方意见", "李主任", "days"),
        (0, "需征求第三方意见", "李主任", "days"),
        (15, "需征求第三方意见", " ", "consent"),
        (15, " ", "李主任", "reason"),
    ):
        with pytest.raises(InvalidInput) as caught:
            disclosure.extend(request.id, 1, days, reason, consent, actor, LAW_OF_2008)
        assert caught.value.field == field
    disclosure.extend(request.id, 1, 15, "需征求第三方意见", "李主任", actor, LAW_OF_2008)
    session.refresh(request)
    assert request.due_on == date(2016, 4, 19)
    with pytest.raises(ActionNotAllowed):
        disclosure.extend(request.id, 2, 1, "再延期", "李主任", actor, LAW_OF_2008)


def test_a_second_tab_does_not_answer_twice(session: Session, world: World) -> None:
    """Who looked at an older version is told, and learns what was done meanwhile."""
    request = a_request(session, world)
    disclosure.answer(request.id, 1, DISCLOSED, world.actor("city_handler"), MONDAY + DAY)
    with pytest.raises(Conflict):
        disclosure.answer(request.id, 1, DISCLOSED, world.actor("city_handler2"), MONDAY + DAY)
    session.refresh(request)
    assert [change.title for change in request_changes(session, request, 1)] == ["答复公开申请"]


@pytest.mark.parametrize(("late", "on_time"), [(0, True), (1, False)])
def test_the_due_day_is_in_time(session: Session, world: World, late: int, on_time: bool) -> None:
    """An answer on the last day is in time, one on the day after is not."""
    request = a_request(session, world)
    moment = MONDAY + (date(2020, 3, 30) - MONDAY.date() + late * DAY)
    disclosure.answer(request.id, 1, DISCLOSED, world.actor("city_handler"), moment)
    session.refresh(request)
    assert request.on_time is on_time


def test_the_history_tells_outcome_and_reason(session: Session, world: World) -> None:
    """The event of an answer carries its outcome, that of a withdrawal how the office knows."""
    answered = a_request(session, world, DisclosureState.ANSWERED)
    assert request_history(session, answered)[-1].reasons == ("公开",)
    asked, actor = a_request(session, world), world.actor("city_handler")
    disclosure.withdraw(asked.id, actor, MONDAY + DAY, 1, "申请人来电撤回")
    session.refresh(asked)
    assert request_history(session, asked)[-1].reason == "申请人来电撤回"
    assert asked.due_on is None


def test_only_another_authority_is_named_instead(session: Session, world: World) -> None:
    """Who is in charge is kept where the office is not, and nowhere else."""
    actor, given = world.actor("city_handler"), "市财政局，023-67575000"
    for outcome, kept in (
        (DisclosureOutcome.NOT_OURS, given),
        (DisclosureOutcome.NONEXISTENT, None),
    ):
        request = a_request(session, world)
        answer = Answer(outcome, "答复如下。", given)
        disclosure.answer(request.id, 1, answer, actor, MONDAY + DAY)
        session.refresh(request)
        assert request.referred_to == kept


def test_others_do_not_find_a_request(session: Session, world: World) -> None:
    """For staff of another organisation a request is like none; a reader may not answer."""
    request = a_request(session, world)
    with pytest.raises(NotFound):
        disclosure.answer(request.id, 1, DISCLOSED, world.actor("police_handler"), MONDAY)
    with pytest.raises(NotPermitted):
        disclosure.answer(request.id, 1, DISCLOSED, world.actor("city_reviewer"), MONDAY)


def test_an_applicant_acts_on_the_own_request_alone(session: Session, world: World) -> None:
    """The code of one request opens no other, and answers none."""
    mine, other = a_request(session, world), a_request(session, world)
    with pytest.raises(NotPermitted):
        disclosure.withdraw(other.id, applicant_of(mine.id), MONDAY)
    with pytest.raises(NotPermitted):
        disclosure.answer(mine.id, 1, DISCLOSED, applicant_of(mine.id), MONDAY)


def test_every_look_at_the_applicant_is_recorded(session: Session, world: World) -> None:
    """Who applies is shown to those who handle requests, and the look stays in the history."""
    request = a_request(session, world)
    shown = disclosure.reveal_applicant(request.id, world.actor("city_handler"), MONDAY)
    assert (shown.name, shown.identity, shown.phone) == ("周晓兰", IDENTITY, "13900000001")
    last = request_history(session, request)[-1]
    assert (last.title, last.who) == ("查看申请人身份和联系方式", "city handler")
    with pytest.raises(NotPermitted):
        disclosure.reveal_applicant(request.id, world.actor("city_reviewer"), MONDAY)


def test_a_changed_calendar_moves_the_due_date(session: Session, world: World) -> None:
    """A day that becomes a holiday moves the due dates of requests that lie behind it."""
    request = a_request(session, world)
    day = date(2020, 3, 10)
    set_days(day, day, False, "调休", world.actor("office_administrator"), MONDAY)
    session.refresh(request)
    assert session.get_one(CalendarDay, day).kind == DayKind.HOLIDAY
    assert request.due_on == date(2020, 3, 31)


def test_a_changed_calendar_leaves_what_is_answered(session: Session, world: World) -> None:
    """The due date by which an answer was in time stays what it was."""
    request = a_request(session, world, DisclosureState.ANSWERED)
    day = date(2020, 3, 10)
    set_days(day, day, False, "调休", world.actor("office_administrator"), MONDAY + 2 * DAY)
    session.refresh(request)
    assert request.due_on == date(2020, 3, 30)


def test_a_due_day_that_becomes_a_holiday_moves(session: Session, world: World) -> None:
    """The very day on which a request is due is looked at too."""
    request, day = a_request(session, world), date(2020, 3, 30)
    set_days(day, day, False, "调休", world.actor("office_administrator"), MONDAY)
    session.refresh(request)
    assert request.due_on == date(2020, 3, 31)


def test_an_organisation_with_open_requests_stays(session: Session, world: World) -> None:
    """An organisation is not closed while an applicant waits for it."""
    a_request(session, world, place="police")
    with pytest.raises(InvalidInput, match="公开申请"):
        close(world["police"], None, world.actor("office_administrator"), MONDAY)


def test_figures_are_those_of_the_moment(session: Session, world: World) -> None:
    """An answer counts from its moment on; a withdrawn request is not counted as received."""
    a_request(session, world, DisclosureState.ANSWERED)
    a_request(session, world, DisclosureState.WITHDRAWN)
    before = disclosure_figures(session, Period(2020), MONDAY + DAY)
    after = disclosure_figures(session, Period(2020), MONDAY + DAY + timedelta(seconds=1))
    assert (before.received, before.answered) == (2, 0)
    assert (after.received, after.answered, after.on_time) == (1, 1, 1)


def figures_at(session: Session, days: int) -> DisclosureFigures:
    """Return the figures of 2020 as they stood so many days after the first Monday."""
    return disclosure_figures(session, Period(2020), MONDAY + days * DAY)


def test_a_request_is_unanswered_from_the_end_of_its_last_day(
    session: Session, world: World
) -> None:
    """Until its last day (30 March) is over a request is not yet due, after it it is overdue."""
    a_request(session, world)
    end = datetime(2020, 3, 30, 16, tzinfo=UTC)
    for at, overdue in ((end - timedelta(microseconds=1), 0), (end, 1)):
        found = disclosure_figures(session, Period(2020), at)
        assert (found.overdue, found.not_due) == (overdue, 1 - overdue)


def test_an_extended_request_is_late_only_after_its_new_last_day(
    session: Session, world: World
) -> None:
    """Five working days more move the end from 30 March to 7 April (6 April is a holiday)."""
    request = a_request(session, world)
    actor = world.actor("city_handler")
    disclosure.extend(request.id, 1, 5, "复杂", "李主任", actor, MONDAY + 28 * DAY)
    assert [figures_at(session, days).overdue for days in (20, 30, 36, 37)] == [0, 0, 0, 1]


def test_an_extension_comes_before_the_limit_is_over(session: Session, world: World) -> None:
    """On the last day the limit can be extended, on the day after it cannot."""
    late, in_time = a_request(session, world), a_request(session, world)
    actor = world.actor("city_handler")
    disclosure.extend(in_time.id, 1, 20, "复杂", "李主任", actor, MONDAY + 28 * DAY)
    with pytest.raises(ActionNotAllowed, match="期限已过"):
        disclosure.extend(late.id, 1, 20, "复杂", "李主任", actor, MONDAY + 29 * DAY)


@pytest.mark.parametrize(
    ("given", "answered", "on_time"),
    [(3, 28, True), (3, 29, False), (60, 60, True), (60, 61, False)],
)
def test_an_answer_without_the_completion_is_in_time_while_either_time_runs(
    session: Session, world: World, given: int, answered: int, on_time: bool
) -> None:
    """What was asked for and not waited for stops the clock for the days given, no longer."""
    request, actor = a_request(session, world), world.actor("city_handler")
    until = (MONDAY + given * DAY).date()
    disclosure.ask_completion(request.id, 1, "请说明路段", until, actor, MONDAY)
    answer = Answer(DisclosureOutcome.DISCLOSED, "见附件")
    disclosure.answer(request.id, 2, answer, actor, MONDAY + answered * DAY)
    session.refresh(request)
    assert request.on_time is on_time


def test_a_request_to_complete_is_never_overdue(session: Session, world: World) -> None:
    """While its applicant is asked to complete it the clock of a request stands still."""
    request = a_request(session, world, DisclosureState.AWAITING_COMPLETION)
    assert figures_at(session, 200).not_due == 1
    disclosure.complete(request.id, "人民路", applicant_of(request.id), MONDAY + 9 * DAY)
    assert [figures_at(session, n).not_due for n in (9, 35, 60)] == [1, 1, 0]


def test_a_lapsed_request_counts_as_unclear(session: Session, world: World) -> None:
    """A request that lapsed stays received and is answered as unclear."""
    a_request(session, world, DisclosureState.LAPSED)
    found = disclosure_figures(session, Period(2020), Period(2020).ends_at)
    assert (found.received, found.outcomes[DisclosureOutcome.UNCLEAR]) == (1, 1)


def test_the_shares_of_2016(session: Session, world: World) -> None:
    """632 requests answered 512, 76, 34 and 10 give the shares that the report printed."""
    session.add_all(
        DisclosureRequest(
            number=f"{outcome}-{index}",
            organisation_id=world["city"],
            applicant="周晓兰",
            title="路灯",
            description="路灯",
            state=DisclosureState.ANSWERED,
            outcome=outcome,
            received_at=LAW_OF_2008,
            answered_at=LAW_OF_2008,
            on_time=True,
        )
        for outcome, count in OUTCOMES.items()
        for index in range(count)
    )
    session.flush()
    found = disclosure_figures(session, Period(2016), Period(2016).ends_at)
    assert found.received == 632 and found.answer_rate.text == "100.00%"
    shares = [found.share(outcome).text for outcome in found.reported_outcomes]
    assert shares == ["81.01%", "12.03%", "5.38%", "1.58%"]
