"""Disclosure requests of a simulated year: all answered within it, in time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from sqlalchemy.orm import Session

from portal.domain.access import Role
from portal.domain.disclosure.application import RequestSource
from portal.domain.disclosure.numbers import format_request_number
from portal.domain.disclosure.requests import (
    ANSWER_RULE,
    REPORTED_OUTCOMES,
    DisclosureAction,
    DisclosureState,
)
from portal.domain.periods import Period, civil_date
from portal.models import DisclosureRequest, DisclosureSequence
from portal.queries.disclosure.requests import subject_of
from portal.queries.rules import deadline_rules, work_calendar
from portal.services.core.acting import record
from portal.tools.simulation.actors import Actors, name
from portal.tools.simulation.clock import OfficeClock

BATCH = 1_000
REPORTED = {2016: (512, 76, 34, 10)}
"""Outcomes in the annual report of Chongqing, in the order of ``REPORTED_OUTCOMES``."""
_TITLE, _DESCRIPTION = "与本人有关的政府信息", "申请公开与本人有关的政府信息。"
_ANSWER = "已依法答复申请人。"


def load_disclosure_requests(
    session: Session,
    actors: Actors,
    clock: OfficeClock,
    year: int,
    counts: Sequence[int],
    seed: int,
    progress: Callable[[int], None] = lambda requests: None,
) -> None:
    """Write the disclosure requests of ``year``, as many of each outcome as ``counts`` says.

    ``progress`` gets the number of requests written since the last call.
    """
    chance = Random(f"disclosure {seed} {year}")  # noqa: S311
    calendar, rules = work_calendar(session), deadline_rules(session)
    outcomes = [o for o, n in zip(REPORTED_OUTCOMES, counts, strict=True) for _ in range(n)]
    chance.shuffle(outcomes)
    end = Period(year).ends_at
    arrivals = clock.arrivals(chance, year, len(outcomes))
    counter = session.get(DisclosureSequence, year) or DisclosureSequence(year=year, last=0)
    session.add(counter)
    for count, (received, outcome) in enumerate(zip(arrivals, outcomes, strict=True), start=1):
        counter.last += 1
        number = format_request_number(year, counter.last)
        place, day = actors.member(chance), civil_date(received)
        answered = clock.ahead(chance, received, chance.randint(1, 14))
        if answered >= end:
            answered = clock.between(chance, received, end)
        request = DisclosureRequest(
            number=number,
            source=RequestSource.SIMULATION,
            organisation_id=place,
            applicant=name(chance),
            title=_TITLE,
            description=_DESCRIPTION,
            state=DisclosureState.ANSWERED,
            outcome=outcome,
            answer=_ANSWER,
            received_at=received,
            answered_at=answered,
            on_time=True,
            extension_days=0,
            due_on=calendar.due_on(day, rules.of(ANSWER_RULE, day), (), 0),
        )
        session.add(request)
        subject, actor = subject_of(number), actors.person(place, Role.HANDLER)
        for action, at, code in (
            (DisclosureAction.FILE, received, None),
            (DisclosureAction.ANSWER, answered, str(outcome)),
        ):
            record(
                session,
                action,
                actor,
                at,
                organisation_id=place,
                subject=subject,
                reason_code=code,
            )
        if count % BATCH == 0:
            session.flush()
            progress(BATCH)
    progress(len(outcomes) % BATCH)
