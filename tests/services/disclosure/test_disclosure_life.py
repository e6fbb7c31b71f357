"""Whatever is done to a request for disclosure in whatever order, it ends once and is no letter."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from portal.domain.deadline_rules import rule_for
from portal.domain.disclosure.requests import (
    ANSWER_RULE,
    DISCLOSURE_RULES,
    PENDING_STATES,
    DisclosureAction,
    DisclosureState,
)
from portal.domain.errors import LetterboxError
from portal.domain.periods import Period, civil_date
from portal.models import DisclosureRequest, Event, RateFact
from portal.queries.disclosure.requests import subject_of
from portal.queries.office.directory import home_figures
from portal.queries.rules import work_calendar
from portal.queries.statistics.disclosure import disclosure_figures
from portal.services.core.unit import writing
from portal.services.disclosure import requests as disclosure
from tests.builders import World, a_letter
from tests.disclosure import DISCLOSED, MONDAY, file_request

STEPS = ("ask", "complete", "supply", "extend", "answer", "lapse", "withdraw", "take back")
EXTENDED = 5
"""Working days that an extension adds here."""
ENDS = {DisclosureAction.ANSWER, DisclosureAction.LAPSE, DisclosureAction.WITHDRAW}


def take(world: World, request_id: int, version: int, step: str, days: int) -> None:
    """Try one step, by a handler or by the applicant, so many days after receipt."""
    now, handler = MONDAY + timedelta(days=days), world.actor("city_handler")
    applicant = disclosure.applicant(request_id)
    until = (now + timedelta(days=5)).date()
    match step:
        case "ask":
            disclosure.ask_completion(request_id, version, "请补正", until, handler, now)
        case "complete":
            disclosure.complete(request_id, "补正", applicant, now)
        case "supply":
            disclosure.complete(request_id, "补正", handler, now, version)
        case "extend":
            disclosure.extend(request_id, version, EXTENDED, "复杂", "李主任", handler, now)
        case "answer":
            disclosure.answer(request_id, version, DISCLOSED, handler, now)
        case "lapse":
            disclosure.lapse(request_id, version, handler, now)
        case "withdraw":
            disclosure.withdraw(request_id, applicant, now)
        case "take back":
            disclosure.withdraw(request_id, handler, now, version, "来电撤回")


def by_events(session: Session, told: Sequence[Event], at: datetime) -> tuple[int, int, int]:
    """Return received, answered and overdue of one request, counted from its events before ``at``."""
    past = [event for event in told if event.occurred_at < at]
    seen = {event.action for event in past}
    if not past or DisclosureAction.WITHDRAW in seen:
        return 0, 0, 0
    if seen & {DisclosureAction.ANSWER, DisclosureAction.LAPSE}:
        return 1, 1, 0
    starts = {DisclosureAction.FILE, DisclosureAction.COMPLETE}
    start = max(event.occurred_at for event in past if event.action in starts)
    if DisclosureAction.ASK_COMPLETION in seen and DisclosureAction.COMPLETE not in seen:
        return 1, 0, 0
    rule = rule_for((ANSWER_RULE,), (), civil_date(MONDAY), DISCLOSURE_RULES)
    more = EXTENDED if DisclosureAction.EXTEND in seen else 0
    due = work_calendar(session).due_on(civil_date(start), rule, (), more)
    return 1, 0, int(due is not None and civil_date(at) > due)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(st.sampled_from(STEPS), st.integers(0, 9), st.booleans()), min_size=1, max_size=12
    )
)
def test_a_request_ends_once_and_touches_no_letter(
    session: Session, world: World, steps: list[tuple[str, int, bool]]
) -> None:
    """No order of steps, stale tabs included, answers twice, answers what was withdrawn, extends
    or asks twice, or moves a figure of letters; its own figures of any moment follow its events."""
    request_id, day = file_request(world).id, 0
    session.rollback()
    before = home_figures(session, MONDAY + timedelta(days=90))
    for step, later, stale in steps:
        day += later
        request = session.get_one(DisclosureRequest, request_id)
        version, was = request.version - stale, request.state
        session.rollback()
        try:
            take(world, request_id, version, step, day)
        except LetterboxError:
            continue
        assert was in PENDING_STATES
    request = session.get_one(DisclosureRequest, request_id)
    told = session.scalars(
        sa.select(Event).where(Event.subject == subject_of(request.number)).order_by(Event.id)
    ).all()
    events = [event.action for event in told]
    seen = Counter(events)
    ends = [action for action in events if action in ENDS]
    assert len(ends) == (request.state not in PENDING_STATES)
    assert not ends or events[-1] == ends[0]
    assert max(seen[DisclosureAction.EXTEND], seen[DisclosureAction.ASK_COMPLETION]) <= 1
    assert request.version == len(events)
    assert (request.answered_at is None) == (
        request.state not in (DisclosureState.ANSWERED, DisclosureState.LAPSED)
    )
    assert home_figures(session, MONDAY + timedelta(days=90)) == before
    for days in range(0, 120, 5):
        at = MONDAY + timedelta(days=days, hours=3)
        found = disclosure_figures(session, Period(2020), at)
        assert (found.received, found.answered, found.overdue) == by_events(session, told, at)
    session.rollback()
    with writing() as unit:
        unit.execute(sa.delete(DisclosureRequest))


def test_facts_are_told_of_letters_alone(session: Session, world: World) -> None:
    """A request leaves no row among the facts of the rates, a letter does."""
    file_request(world)
    assert session.scalar(sa.select(sa.func.count()).select_from(RateFact)) == 0
    a_letter(session, world)
    assert session.scalar(sa.select(sa.func.count()).select_from(RateFact)) == 1
