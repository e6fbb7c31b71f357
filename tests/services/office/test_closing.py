"""An organisation that closes: where letters under way go back to, and who reads reports on it."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Permission, can
from portal.domain.errors import NotFound
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import State
from portal.domain.periods import Period
from portal.models import Letter
from portal.queries.scope import letters_for
from portal.queries.statistics.detail import count_detail
from portal.queries.statistics.filters import Question
from portal.services.core.unit import writing
from portal.services.letters import handling
from portal.services.office import organisations
from tests.builders import HOUR, START, Walk, World, a_letter, a_walk
from tests.conftest import CLOCK


def close(world: World, place: str, successor: str | None) -> None:
    """Close ``place``."""
    after = world[successor] if successor else None
    organisations.close(world[place], after, world.actor("office_administrator"), CLOCK)


def sent(session: Session, world: World, sender: str, to: str) -> Walk:
    """Return a letter that ``sender`` has transferred ``to`` another organisation."""
    walk = a_walk(session, world, sender)
    walk.accept()
    walk.step(handling.transfer, f"{sender}_handler", world[to], "属于对方职责")
    return walk


@pytest.mark.parametrize(
    ("sender", "successor", "back"),
    [("city", "water", "water"), ("city", None, "office"), ("bureau", None, "district")],
)
def test_a_letter_returns_to_who_stands_in(
    session: Session, world: World, sender: str, successor: str | None, back: str
) -> None:
    """What a closed organisation sent goes back to its successor, or else to its superior."""
    walk = sent(session, world, sender, "police")
    close(world, sender, successor)
    walk.step(handling.return_letter, "police_handler", "不属于本单位职责")
    assert (walk.letter.state, walk.here) == (State.RETURNED, back)


def test_a_letter_does_not_return_to_where_it_lies(session: Session, world: World) -> None:
    """Where the receiver is the successor, the letter goes to the organisation above."""
    walk = sent(session, world, "city", "bureau")
    close(world, "city", "bureau")
    walk.step(handling.return_letter, "bureau_handler", "不属于本单位职责")
    assert walk.here == "district"


def test_the_successor_recalls_what_was_sent(session: Session, world: World) -> None:
    """Until it is signed for, the successor reads the letter and takes it back."""
    walk = sent(session, world, "city", "police")
    close(world, "city", "water")
    walk.step(handling.recall_dispatch, "water_dispatcher", "选错了单位")
    assert (walk.letter.state, walk.here) == (State.IN_PROGRESS, "water")


def test_a_dispute_before_a_closed_superior_is_ruled_on_above(
    session: Session, world: World
) -> None:
    """Who was to place a letter and closes leaves that to the organisation above."""
    walk = a_walk(session, world, "township")
    with writing() as unit:
        letter = unit.get_one(Letter, walk.letter.id)
        letter.state, letter.return_count, letter.ruling_id = State.RETURNED, 2, world["bureau"]
    close(world, "bureau", None)
    walk.step(handling.rule, "district_supervisor", world["township"], "由该镇街办理")
    assert walk.letter.placed


def a_report(session: Session, world: World, accused: str, holder: str) -> Letter:
    """Return a report of wrongdoing."""
    letter = a_letter(session, world, kind=Kind.WRONGDOING, place=accused)
    with writing() as unit:
        unit.get_one(Letter, letter.id).organisation_id = world[holder]
    session.rollback()
    return letter


def readers(session: Session, world: World, letter: Letter) -> set[str]:
    """Return who reads the letter; lists and pages must agree."""
    session.expire_all()
    found = set()
    for name in world.people:
        actor = world.actor(name)
        own = sa.select(Letter.id).where(letters_for(actor), Letter.id == letter.id)
        listed = session.scalar(own) is not None
        assert listed == can(actor, Permission.LETTER_READ, letter), name
        if listed:
            found.add(name.split("_")[0])
    return found


def test_a_report_is_hidden_from_all_who_took_over(session: Session, world: World) -> None:
    """Neither the successor of the accused nor the successor of that reads the report."""
    letter = a_report(session, world, "city", "office")
    on_water = a_report(session, world, "water", "police")
    close(world, "city", "water")
    close(world, "water", "bureau")
    assert readers(session, world, letter) == {"office"}
    assert readers(session, world, on_water) == {"office", "police"}
    with pytest.raises(NotFound):
        handling.accept(letter.id, letter.version, world.actor("bureau_dispatcher"), CLOCK)


def test_a_report_leaves_who_takes_over_from_the_accused(session: Session, world: World) -> None:
    """A report that lies at the successor goes above, and no way leads back."""
    letter = a_report(session, world, "city", "bureau")
    with writing() as unit:
        unit.get_one(Letter, letter.id).sent_from_id = world["bureau"]
    close(world, "city", "bureau")
    assert readers(session, world, letter) == {"office", "district"}
    assert letter.organisation_id == world["district"]
    assert letter.sent_from_id == world["office"]


def test_the_office_at_the_top_reads_reports_on_what_it_took_over(
    session: Session, world: World
) -> None:
    """Nobody is above the top, which therefore keeps the report."""
    letter = a_report(session, world, "city", "office")
    close(world, "city", "office")
    assert readers(session, world, letter) == {"office"}


def test_a_hand_over_is_no_hop(session: Session, world: World) -> None:
    """Figures count moves that somebody decided on; a recall after a hand-over takes one back."""
    question = Question(Period(START.year), CLOCK + 2 * HOUR)
    kept, recalled = (a_walk(session, world, None) for _ in range(2))
    for walk in (kept, recalled):
        walk.step(handling.dispatch, "office_dispatcher", world["city"], "请办理")
    close(world, "city", "police")
    session.expire_all()
    assert count_detail(session, question).hops.total == 2
    recalled.now = CLOCK
    recalled.step(handling.recall_dispatch, "office_dispatcher", "选错了单位")
    assert count_detail(session, question).hops.total == 1
    assert (kept.letter.hop_count, recalled.letter.hop_count) == (1, 0)
