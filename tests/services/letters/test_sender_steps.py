"""What a sender does of their own accord: add, correct contacts, urge, appeal."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.errors import ActionNotAllowed, Conflict, InvalidInput, NotFound, NotPermitted
from portal.domain.letters.kinds import Kind
from portal.domain.letters.sender_keys import email_key, phone_key
from portal.domain.letters.states import DeclineReason, State
from portal.models import Event, Letter, MessageKind, SenderKeys
from portal.queries.letters.inbox import Filters, inbox_page
from portal.queries.letters.queues import Queue, cutoffs
from portal.queries.letters.track import declined
from portal.queries.rules import work_calendar
from portal.services.letters import handling
from portal.services.letters.appeals import appeal, decide_appeal
from portal.services.letters.contacts import correct_contacts
from portal.services.letters.submission import add, urge
from tests.builders import HOUR, START, Walk, World, a_letter, a_walk

FRIDAY = datetime(2016, 7, 1, 2, tzinfo=UTC)
MORE = "昨天又停了一次，从晚上七点到十点。"


def last_event(session: Session, letter: Letter) -> Event:
    """Return what happened to the letter last."""
    query = sa.select(Event).where(Event.letter_id == letter.id).order_by(Event.id.desc())
    return session.scalars(query).first()  # type: ignore[return-value]


def listed(session: Session, world: World, who: str, queue: Queue, now: datetime) -> list[str]:
    """Return the numbers of the letters in a queue of a person."""
    at = cutoffs(work_calendar(session), now)
    page = inbox_page(session, world.actor(who), Filters(queue=queue), at, 50)
    return [row.number for row in page.rows]


def test_an_addition_reaches_the_office_and_the_clock_goes_on(
    session: Session, world: World
) -> None:
    """State and due date stay; whoever has looked at the letter before must look again."""
    letter = a_letter(session, world, State.IN_PROGRESS)
    due, version = letter.due_on, letter.version
    add(letter.id, MORE, START + 8 * HOUR)
    session.refresh(letter)
    assert (letter.state, letter.due_on) == (State.IN_PROGRESS, due)
    assert [(m.kind, m.text) for m in letter.messages] == [(MessageKind.ADDITION, MORE)]
    at = cutoffs(work_calendar(session), START)
    rows = inbox_page(session, world.actor("city_handler"), Filters(queue=Queue.TODO), at, 50).rows
    assert [row.added for row in rows] == [True]
    with pytest.raises(Conflict):
        handling.ask_citizen(letter.id, version, "几楼？", world.actor("city_handler"), START)


def test_additions_end_with_the_answer(session: Session, world: World) -> None:
    """A closed letter takes none, and an open one no more than ten."""
    closed = a_letter(session, world, State.CLOSED)
    with pytest.raises(ActionNotAllowed):
        add(closed.id, MORE, START + 9 * HOUR)
    opened = a_letter(session, world)
    for number in range(10):
        add(opened.id, f"第 {number} 次补充。", START + HOUR)
    with pytest.raises(ActionNotAllowed, match="次数"):
        add(opened.id, MORE, START + HOUR)


def test_corrected_contacts_replace_what_was_given(session: Session, world: World) -> None:
    """What is empty stays; equal senders are found by the new contacts; the event holds neither."""
    letter = a_letter(session, world)
    with pytest.raises(InvalidInput) as refused:
        correct_contacts(letter.id, "", "", START)
    assert refused.value.field == "phone"
    correct_contacts(letter.id, "", "zhou@example.com", START)
    correct_contacts(letter.id, "13900000002", "", START)
    session.refresh(letter)
    assert (letter.sender_phone, letter.sender_email) == ("13900000002", "zhou@example.com")
    assert letter.phone_key == phone_key(SenderKeys.key, "13900000002")
    assert letter.email_key == email_key(SenderKeys.key, "zhou@example.com")
    event = last_event(session, letter)
    assert (event.action, event.reason, event.subject) == ("correct_contacts", None, None)


def test_one_urges_after_the_due_date_and_once_a_working_day(
    session: Session, world: World
) -> None:
    """On Friday it is the day after; then again on Monday, not at the weekend."""
    letter = a_letter(session, world, State.IN_PROGRESS, now=FRIDAY - timedelta(days=21))
    late = letter.due_on
    assert late is not None and late < FRIDAY.date()
    on_time = datetime(late.year, late.month, late.day, 4, tzinfo=UTC)
    with pytest.raises(ActionNotAllowed, match="还没有过"):
        urge(letter.id, on_time)
    urge(letter.id, FRIDAY)
    for again in (FRIDAY + HOUR, FRIDAY + timedelta(days=1), FRIDAY + timedelta(days=2)):
        with pytest.raises(ActionNotAllowed, match="下一个工作日"):
            urge(letter.id, again)
    urge(letter.id, FRIDAY + timedelta(days=3))
    session.refresh(letter)
    assert letter.urge_count == 2
    assert listed(session, world, "city_handler", Queue.URGED, FRIDAY) == [letter.number]


def test_a_paused_letter_is_not_urged(session: Session, world: World) -> None:
    """While the office waits for the sender, or another letter leads, nothing is overdue."""
    letter = a_letter(session, world, State.AWAITING_CITIZEN, now=FRIDAY - timedelta(days=21))
    with pytest.raises(ActionNotAllowed):
        urge(letter.id, FRIDAY)


def declined_below(session: Session, world: World, place: str = "township") -> Walk:
    """Return the walk of a letter that ``place`` has declined."""
    walk = a_walk(session, world, place)
    walk.step(
        handling.decline, f"{place}_dispatcher", DeclineReason.OTHER_AUTHORITY, "请向街道反映"
    )
    return walk


def test_an_appeal_goes_to_the_superior_once(session: Session, world: World) -> None:
    """The superior has it to do, the organisation that declined has not; a second is refused."""
    walk = declined_below(session, world)
    appeal(walk.letter_id, "这正是街道的职责。", walk.now + HOUR)
    letter = walk.letter
    assert letter.appeal is not None
    assert world.place_of(letter) == "township"
    assert letter.appeal.organisation_id == world["district"]
    assert (letter.state, letter.messages[-1].kind) == (State.DECLINED, MessageKind.APPEAL)
    todo = (session, world)
    assert letter.number in listed(*todo, "district_dispatcher", Queue.TODO, walk.now)
    assert letter.number in listed(*todo, "office_supervisor", Queue.APPEAL, walk.now)
    assert letter.number not in listed(*todo, "township_dispatcher", Queue.TODO, walk.now)
    with pytest.raises(ActionNotAllowed, match="一次"):
        appeal(walk.letter_id, "再提一次。", walk.now + HOUR)
    own = world.actor("township_dispatcher")
    with pytest.raises(NotPermitted):
        decide_appeal(letter.id, letter.version, False, "不归我们管", own, walk.now + HOUR)


def test_the_superior_takes_it_over(session: Session, world: World) -> None:
    """The letter is in progress at the superior with a due date of its own, and can be answered."""
    walk = declined_below(session, world)
    appeal(walk.letter_id, "这正是街道的职责。", walk.now + HOUR)
    walk.now += HOUR
    walk.step(decide_appeal, "district_dispatcher", True, "")
    letter = walk.letter
    assert (letter.state, world.place_of(letter)) == (State.IN_PROGRESS, "district")
    assert letter.clock_from == walk.now and letter.due_on is not None
    assert letter.appeal is not None and letter.appeal.upheld is False
    assert (letter.taken_over, letter.reopened, letter.close_reason) == (True, False, None)
    walk.step(handling.dispatch, "district_dispatcher", world["township"], "请办理")
    assert world.place_of(walk.letter) == "township"


def test_the_superior_confirms_with_a_reason(session: Session, world: World) -> None:
    """The letter stays declined, its sender reads both reasons, and nothing is decided twice."""
    walk = declined_below(session, world)
    appeal(walk.letter_id, "这正是街道的职责。", walk.now + HOUR)
    walk.now += HOUR
    with pytest.raises(InvalidInput):
        walk.step(decide_appeal, "office_supervisor", False, "")
    walk.step(decide_appeal, "office_supervisor", False, "应当向法院提出。")
    letter = walk.letter
    assert (letter.state, letter.taken_over) == (State.DECLINED, False)
    assert letter.appeal is not None and letter.appeal.decision_note == "应当向法院提出。"
    found = declined(session, letter)
    assert found is not None
    assert (found.code, found.words) == (DeclineReason.OTHER_AUTHORITY, "请向街道反映")
    with pytest.raises(NotPermitted):
        walk.step(decide_appeal, "office_supervisor", True, "")


def test_the_office_on_top_decides_by_another_person(session: Session, world: World) -> None:
    """What it declined itself is looked at by somebody else there, and stays there."""
    walk = declined_below(session, world, "office")
    appeal(walk.letter_id, "请再看一看。", walk.now + HOUR)
    walk.now += HOUR
    assert walk.letter.number not in listed(
        session, world, "office_dispatcher", Queue.TODO, walk.now
    )
    with pytest.raises(ActionNotAllowed, match="作出不予受理决定的人"):
        walk.step(decide_appeal, "office_dispatcher", True, "")
    walk.step(decide_appeal, "office_supervisor", True, "")
    assert world.place_of(walk.letter) == "office"
    assert walk.letter.state is State.IN_PROGRESS


def test_an_appeal_about_a_report_passes_the_accused_by(session: Session, world: World) -> None:
    """A report stays hidden from whom it accuses, whoever declines it and decides on the appeal."""
    walk = a_walk(session, world, "township", kind=Kind.WRONGDOING)
    assert world.place_of(walk.letter) == "district"
    walk.step(handling.decline, "district_dispatcher", DeclineReason.UNLAWFUL, "")
    appeal(walk.letter_id, "请再看一看。", walk.now + HOUR)
    letter = walk.letter
    assert letter.appeal is not None and letter.appeal.organisation_id == world["office"]
    with pytest.raises(NotFound):
        own = world.actor("township_dispatcher")
        decide_appeal(letter.id, letter.version, True, "", own, walk.now + HOUR)
