"""Who has a letter to do where nobody is: the nearest superior with somebody, and nobody else."""

from collections.abc import Iterable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Role
from portal.domain.letters.states import Action, State
from portal.models import Letter, RoleGrant, User
from portal.queries.letters.inbox import Filters, inbox_page
from portal.queries.letters.queues import Queue, cutoffs, queue_counts
from portal.queries.office.directory import find_organisations, named_organisations
from portal.queries.rules import work_calendar
from portal.queries.staffing import without_staff
from portal.queries.targets import find, usual_targets
from portal.services.core.unit import writing
from portal.services.letters import handling, replying
from tests.builders import Walk, World, a_letter, a_person, a_walk, leave
from tests.conftest import CLOCK


def have(session: Session, world: World, number: str) -> set[str]:
    """Return who has the letter to do; counts must agree with the lists."""
    session.rollback()
    at = cutoffs(work_calendar(session), CLOCK)
    found = set()
    for name in session.scalars(sa.select(User.username).where(User.disabled.is_(False))).all():
        actor = world.actor(name)
        page = inbox_page(session, actor, Filters(), at, 50)
        assert queue_counts(session, actor, at)[Queue.TODO] == page.total
        if number in {row.number for row in page.rows}:
            found.add(name)
    return found


def dispatched(session: Session, world: World, place: str) -> Walk:
    """Return a letter that the office has dispatched to ``place``."""
    walk = a_walk(session, world, None)
    walk.step(handling.dispatch, "office_dispatcher", world[place], "请办理")
    return walk


EMPTY_BUREAU = ("bureau_dispatcher", "bureau_handler")
EMPTY_DISTRICT = (
    "district_dispatcher",
    "district_handler",
    "district_reviewer",
    "district_reviewer2",
    "district_supervisor",
)


@pytest.mark.parametrize(
    ("gone", "who"),
    [
        ((), {"bureau_dispatcher", "bureau_handler"}),
        (("bureau_dispatcher",), {"bureau_handler"}),
        (EMPTY_BUREAU, {"district_dispatcher"}),
        ((*EMPTY_BUREAU, *EMPTY_DISTRICT), {"office_dispatcher"}),
    ],
)
def test_a_letter_sent_where_nobody_is(
    session: Session, world: World, gone: Iterable[str], who: set[str]
) -> None:
    """It stands with the nearest superior that has a dispatcher, and with no other."""
    walk = dispatched(session, world, "bureau")
    leave(world, *gone)
    assert have(session, world, walk.letter.number) == who


@pytest.mark.parametrize(
    ("state", "gone", "who"),
    [
        (State.SUBMITTED, ("bureau_dispatcher",), {"district_dispatcher"}),
        (State.IN_PROGRESS, ("bureau_handler",), {"bureau_dispatcher"}),
        (State.IN_PROGRESS, EMPTY_BUREAU, {"district_dispatcher"}),
        (State.AWAITING_SIGNOFF, (), {"district_reviewer", "district_reviewer2"}),
        (State.AWAITING_SIGNOFF, EMPTY_DISTRICT, {"office_reviewer", "office_reviewer2"}),
    ],
)
def test_every_duty_has_somebody(
    session: Session, world: World, state: State, gone: Iterable[str], who: set[str]
) -> None:
    """Each state has a duty, which falls to the nearest superior with somebody for it."""
    letter = a_letter(session, world, state, place="bureau")
    leave(world, *gone)
    assert have(session, world, letter.number) == who


def test_the_last_person_who_leaves_hands_up_at_once(session: Session, world: World) -> None:
    """Taking the last role away has the same effect as disabling the person."""
    walk = dispatched(session, world, "water")
    leave(world, "water_dispatcher")
    with writing() as unit:
        unit.execute(sa.delete(RoleGrant).where(RoleGrant.user_id == world.people["water_handler"]))
    assert have(session, world, walk.letter.number) == {"office_dispatcher"}


def test_only_the_nearest_superior_rules(session: Session, world: World) -> None:
    """A dispute waits for the supervisors of the common superior, or above where there is none."""
    walk = a_walk(session, world, "district")
    for place in ("bureau", "township"):
        walk.step(handling.dispatch, "district_dispatcher", world[place], "")
        walk.step(handling.return_letter, f"{place}_handler", "不属于本单位职责")
    assert walk.letter.ruling_id == world["office"]
    assert have(session, world, walk.letter.number) == {"office_supervisor"}


def test_a_letter_of_somebody_who_left_is_free(session: Session, world: World) -> None:
    """A letter assigned to a person who is disabled, or no handler there, is everybody's again."""
    walk = a_walk(session, world, "city")
    walk.accept()
    walk.step(handling.assign, "city_dispatcher", world.people["city_handler"])
    number = walk.letter.number
    assert have(session, world, number) == {"city_handler"}
    leave(world, "city_handler")
    assert have(session, world, number) == {"city_handler2"}
    leave(world, "city_handler2")
    assert have(session, world, number) == {"city_dispatcher"}


def test_an_only_reviewer_is_passed_over_for_a_reply_of_their_own(
    session: Session, world: World, password_hash: str
) -> None:
    """Where the author is the only reviewer, the reply waits at the next organisation above."""
    leave(world, *EMPTY_DISTRICT[2:4])
    grants = [(Role.REVIEWER, "district"), (Role.HANDLER, "bureau"), (Role.REVIEWER, "bureau")]
    a_person(world, "both", password_hash, *grants)
    own, other = (a_walk(session, world, "bureau") for _ in range(2))
    for walk, who in ((own, "both"), (other, "bureau_handler")):
        walk.accept()
        walk.step(replying.request_signoff, who, "您好，路灯已经安排维修。", 0)
    assert have(session, world, own.letter.number) == {"office_reviewer", "office_reviewer2"}
    assert have(session, world, other.letter.number) == {"both"}


def test_the_list_says_for_whom_one_acts(session: Session, world: World) -> None:
    """Rows that wait because nobody is there are marked, with their due date; others are not."""
    absent, own = (
        dispatched(session, world, "bureau").letter,
        dispatched(session, world, "district"),
    )
    numbers = {absent.number: True, own.letter.number: False}
    leave(world, *EMPTY_BUREAU)
    at = cutoffs(work_calendar(session), CLOCK)
    rows = inbox_page(session, world.actor("district_dispatcher"), Filters(), at, 50).rows
    assert {row.number: row.for_another for row in rows} == numbers
    assert all(row.due_on for row in rows)
    assert session.scalar(sa.select(Letter.due_on).where(Letter.number == rows[0].number))


def test_choices_without_staff_come_last_and_say_so(session: Session, world: World) -> None:
    """A unit where nobody works follows the others, except where its very name was typed."""
    leave(world, *EMPTY_BUREAU)
    walk = a_walk(session, world, "district")
    usual = usual_targets(session, walk.letter, Action.DISPATCH, CLOCK.date())
    assert [o.code for o in usual] == ["township", "bureau"]
    assert [o.code for o in find(session, sa.true(), "临江区")] == [
        "district",
        "township",
        "bureau",
    ]
    found = find_organisations(session, "临江区", CLOCK.date())
    assert [place.staffed for place in found] == [True, True, False]
    (exact,) = named_organisations(session, "临江区教育委员会", CLOCK.date())
    assert (exact.id, exact.staffed) == (world["bureau"], False)
    assert without_staff(session, usual) == {world["bureau"]}
