"""Editing deadline rules: who may, whose letters follow them, what they leave alone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.deadline_rules import LETTER, DayUnit
from portal.domain.errors import InvalidInput, NotFound, NotPermitted
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import State
from portal.models import DeadlineRuleRow, Event, Letter, db
from portal.queries.letters.due import letter_rule
from portal.queries.office.rule_table import RuleVersions, rule_table
from portal.services.letters import cooperation, handling, submission
from portal.services.office.calendar import set_days
from portal.services.office.deadline_rules import (
    NewDeadlineRule,
    add_deadline_rule,
    change_deadline_rule,
    remove_deadline_rule,
)
from portal.services.office.organisations import move
from tests.builders import START, World, a_letter, a_walk
from tests.disclosure import a_request

NEW = NewDeadlineRule("letter_complaint", 3, DayUnit.WORKING, 2, "市政府通知", date(2016, 7, 1))
ADMIN = "office_administrator"
LATER = START + timedelta(days=30)
"""A Friday, the first day of :data:`NEW`."""


Add = Callable[..., int]


@pytest.fixture
def add(session: Session, world: World) -> Add:
    """Add a rule that begins on 1 July, some of its values changed."""
    return lambda **change: add_deadline_rule(replace(NEW, **change), world.actor(ADMIN), START)


def complaint(session: Session, world: World, place: str, now: datetime = LATER) -> Letter:
    """A complaint that ``place`` receives."""
    return a_letter(session, world, place=place, now=now, kind=Kind.COMPLAINT)


def of(table: list[RuleVersions], code: str, organisation_id: int | None = None) -> RuleVersions:
    """The versions of one rule."""
    return next(e for e in table if (e.code, e.organisation_id) == (code, organisation_id))


def test_only_administrators_edit_rules(session: Session, world: World, add: Add) -> None:
    """Neither an auditor nor a dispatcher adds, changes or removes a rule."""
    made = add()
    for username in ("office_auditor", "office_dispatcher"):
        actor = world.actor(username)
        with pytest.raises(NotPermitted):
            add_deadline_rule(NEW, actor, START)
        with pytest.raises(NotPermitted):
            change_deadline_rule(made, NEW, actor, START)
        with pytest.raises(NotPermitted):
            remove_deadline_rule(made, actor, START)


def test_a_rule_measures_letters_from_its_day_on(session: Session, world: World, add: Add) -> None:
    """Letters received before a rule begins keep the one before, later ones get the new one."""
    add()
    assert complaint(session, world, "city", START).due_on == date(2016, 6, 16)
    assert complaint(session, world, "city").due_on == date(2016, 7, 6)


def test_a_rule_of_an_organisation_holds_below_it(session: Session, world: World, add: Add) -> None:
    """Letters of the organisation and of those below follow it, letters of others do not."""
    add(organisation_id=world["district"])
    due = {name: complaint(session, world, name).due_on for name in ("district", "bureau", "city")}
    assert due == {
        "district": date(2016, 7, 6),
        "bureau": date(2016, 7, 6),
        "city": date(2016, 7, 15),
    }


def test_the_nearest_rule_wins_and_kinds_go_first(session: Session, world: World, add: Add) -> None:
    """An organisation's rule goes before its superior's, at each a kind's before that of all kinds."""
    add(organisation_id=world["district"], days=3)
    add(organisation_id=world["district"], code=LETTER, days=4)
    add(organisation_id=world["bureau"], code=LETTER, days=5)
    add(days=6)
    assert [
        letter_rule(session, complaint(session, world, place)).days
        for place in ("bureau", "district", "township", "city")
    ] == [5, 3, 3, 6]
    assert letter_rule(session, a_letter(session, world, place="district", now=LATER)).days == 4


def test_a_letter_that_moves_keeps_its_due_date(session: Session, world: World, add: Add) -> None:
    """Dispatch and transfer change neither the rule nor the clock, also when more time is given."""
    add(organisation_id=world["district"])
    walk = a_walk(session, world, None, LATER, kind=Kind.COMPLAINT)
    told = walk.letter.due_on
    walk.step(handling.dispatch, "office_dispatcher", world["bureau"], "请办理")
    assert walk.letter.due_on == told == date(2016, 7, 15)
    walk.step(handling.sign_for, "bureau_dispatcher")
    walk.step(cooperation.request_extension, "bureau_handler", 5, "需要会商")
    walk.step(cooperation.decide_extension, "district_dispatcher", True, "")
    assert walk.letter.due_on == date(2016, 7, 22)


def test_a_place_of_the_past_in_the_tree_changes_no_rule(
    session: Session, world: World, add: Add
) -> None:
    """A superior entered for a past day leaves letters received since with the rule they had."""
    add(organisation_id=world["district"])
    early = complaint(session, world, "city")
    later = LATER + timedelta(days=3)
    move(world["city"], world["district"], world.actor(ADMIN), later, LATER.date())
    due = early.due_on
    assert due is not None
    set_days(due, due, False, "抗洪", world.actor(ADMIN), later)
    assert early.due_on == due + timedelta(days=3)
    assert complaint(session, world, "city", later).due_on == date(2016, 7, 7)


def test_a_redo_follows_the_rule_of_its_day(session: Session, world: World, add: Add) -> None:
    """The clock of a redo begins again, with the rule that holds on that day."""
    add(organisation_id=world["city"])
    closed = a_letter(session, world, State.CLOSED, kind=Kind.COMPLAINT)
    assert closed.deadline_organisation_id is None
    submission.ask_redo(closed.id, "没有解决。", LATER)
    session.refresh(closed)
    assert (closed.deadline_organisation_id, closed.due_on) == (world["city"], date(2016, 7, 6))


def test_another_kind_follows_another_rule(session: Session, world: World, add: Add) -> None:
    """A corrected kind is measured by its own rule, from the day of receipt."""
    add(organisation_id=world["city"])
    walk = a_walk(session, world, "city", LATER)
    walk.accept()
    walk.step(handling.change_kind, "city_dispatcher", Kind.COMPLAINT, "属于投诉")
    assert walk.letter.due_on == date(2016, 7, 6)


def test_a_rule_to_come_is_changed(session: Session, world: World, add: Add) -> None:
    """A version that has not begun takes other values whole; one that has begun does not."""
    made, actor = add(), world.actor(ADMIN)
    changed = replace(NEW, organisation_id=world["city"], days=9, source="另一通知")
    change_deadline_rule(made, changed, actor, START)
    row = session.scalars(sa.select(DeadlineRuleRow)).one()
    assert (row.organisation_id, row.days, row.source) == (world["city"], 9, "另一通知")
    with pytest.raises(InvalidInput):
        change_deadline_rule(made, replace(changed, valid_from=date(2016, 8, 1)), actor, LATER)
    with pytest.raises(NotFound):
        change_deadline_rule(made + 1, changed, actor, START)


def test_a_rule_to_come_is_taken_back(session: Session, world: World, add: Add) -> None:
    """A version that has not begun is gone once removed; one that does not exist is not found."""
    made, actor = add(), world.actor(ADMIN)
    remove_deadline_rule(made, actor, START)
    assert session.scalar(sa.select(DeadlineRuleRow)) is None
    with pytest.raises(NotFound):
        remove_deadline_rule(made, actor, START)


def test_a_rule_in_force_ends_with_the_day(session: Session, world: World, add: Add) -> None:
    """Letters received until the day of removal keep the rule, those after it follow the next."""
    made, actor = add(organisation_id=world["city"]), world.actor(ADMIN)
    before = complaint(session, world, "city")
    remove_deadline_rule(made, actor, LATER)
    assert letter_rule(session, complaint(session, world, "city")).days == 3
    assert letter_rule(session, before).days == 3
    assert (
        letter_rule(session, complaint(session, world, "city", LATER + timedelta(days=3))).days
        == 10
    )
    with pytest.raises(InvalidInput, match="已经停止执行") as caught:
        remove_deadline_rule(made, actor, LATER + timedelta(days=1))
    assert caught.value.field == "rule"


def test_every_edit_is_recorded(session: Session, world: World, add: Add) -> None:
    """The trail says who edited which rule, for which organisation and what it says.

    A rule that is taken back bears a minus.
    """
    made, actor = add(organisation_id=world["city"]), world.actor(ADMIN)
    remove_deadline_rule(made, actor, START)
    query = sa.select(Event).where(Event.action == "edit_limit").order_by(Event.id)
    events = session.scalars(query).all()
    assert {(e.actor_id, e.subject, e.organisation_id) for e in events} == {
        (world.people[ADMIN], "deadline_rule:letter_complaint", world["city"])
    }
    assert all("3 个工作日" in str(e.reason) and "市政府通知" in str(e.reason) for e in events)
    added, removed = (str(e.reason) for e in events)
    assert removed == f"- {added}"


def test_the_table_counts_who_follows_each_version(
    session: Session, world: World, add: Add
) -> None:
    """Each version says how many open letters and requests it measures; ended ones are none."""
    for place in ("city", "bureau"):
        complaint(session, world, place, START)
    a_letter(session, world, State.CLOSED, kind=Kind.COMPLAINT)
    a_request(session, world, now=START)
    made = add(organisation_id=world["district"])
    add(code="letter_thanks")
    complaint(session, world, "bureau")
    table = rule_table(session, LATER.date())
    general, special = of(table, "letter_complaint"), of(table, NEW.code, world["district"])
    assert [version.following for version in general.versions] == [2]
    assert [(v.rule.id, v.following, v.in_force) for v in special.versions] == [(made, 1, True)]
    assert special.organisation == "临江区人民政府"
    thanks = of(table, "letter_thanks").versions
    assert [version.in_force for version in thanks] == [True, False]
    assert [version.removable for version in thanks] == [True, False]
    assert [v.following for v in of(table, "disclosure").versions] == [1, 0]
    assert [rule.organisation_id for rule in table] == [None] * 8 + [world["district"]]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": "nothing"}, "code"),
        ({"code": LETTER}, "code"),
        ({"code": "disclosure", "organisation_id": 2}, "code"),
        ({"organisation_id": 99}, "organisation"),
        ({"days": 0}, "days"),
        ({"days": 366}, "days"),
        ({"extension_days": -1}, "extension_days"),
        ({"source": "  "}, "source"),
        ({"valid_from": date(2016, 6, 1)}, "valid_from"),
        ({"valid_to": date(2016, 6, 30)}, "valid_to"),
    ],
)
def test_a_wrong_rule_names_its_field(
    session: Session, world: World, add: Add, change: dict[str, object], field: str
) -> None:
    """What cannot be a rule is refused with the name of the field at fault."""
    with pytest.raises(InvalidInput) as caught:
        add(**change)
    assert caught.value.field == field


def test_a_letter_reads_the_tree_of_its_rule_once(session: Session, world: World, add: Add) -> None:
    """A rule is chosen for the due date and for the facts, by one look at who was below whom."""
    add(organisation_id=world["city"])
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        complaint(session, world, "bureau")
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    assert sum("FROM organisation_version" in statement for statement in said) == 1
