"""What the citizen does: write, supplement, withdraw, rate, ask for a redo."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.errors import ActionNotAllowed, InvalidInput
from portal.domain.events import ActorKind
from portal.domain.letters.kinds import Kind
from portal.domain.letters.numbers import hash_code
from portal.domain.letters.states import Action, Publication, State
from portal.models import ArchiveEntry, Event, Letter, MessageKind, db
from portal.services.letters import handling, submission
from portal.services.office.organisations import close
from tests.archive import index_jobs
from tests.builders import (
    CODE_KEY,
    HOUR,
    START,
    World,
    a_letter,
    a_published,
    a_walk,
    new_letter,
    send,
)


def test_receipt_opens_the_letter(session: Session, world: World) -> None:
    """A receipt carries the number of the letter and the code whose hash is stored."""
    receipt = send(new_letter(world["city"]))
    letter = session.get_one(Letter, receipt.id)
    assert letter.number == receipt.number
    assert letter.code_hash == hash_code(CODE_KEY, receipt.number, receipt.code)
    assert receipt.code not in letter.code_hash


def test_number_carries_the_day_in_shanghai(session: Session, world: World) -> None:
    """A letter sent at 00:30 in Shanghai is numbered for that day, though it is yesterday in UTC."""
    late = datetime(2016, 12, 31, 16, 30, tzinfo=UTC)
    assert send(new_letter(world["city"]), late).number.startswith("20170101-00001-")


def test_same_form_gives_the_same_letter(session: Session, world: World) -> None:
    """A form sent twice makes one letter and shows the same receipt."""
    new = new_letter(world["city"])
    assert send(new, START, "a form") == send(new, START + HOUR, "a form")
    assert session.scalar(sa.select(sa.func.count()).select_from(Letter)) == 1


def test_other_form_gives_another_letter(session: Session, world: World) -> None:
    """A second form with the same words is a second letter with another code."""
    new = new_letter(world["city"])
    first, second = send(new), send(new)
    assert first.number != second.number
    assert first.code != second.code


def test_arrival_is_recorded(session: Session, world: World) -> None:
    """A new letter has one event, by the citizen, to the organisation it was sent to."""
    letter = a_letter(session, world)
    (event,) = session.scalars(sa.select(Event).where(Event.letter_id == letter.id))
    assert (event.action, event.actor_kind) == (Action.SUBMIT, ActorKind.CITIZEN)
    assert (event.to_state, event.to_organisation_id) == (State.SUBMITTED, world["city"])
    assert event.occurred_at == event.recorded_at == START


def test_unsure_citizens_write_to_the_office(session: Session, world: World) -> None:
    """A letter without organisation goes to the letterbox office."""
    assert a_walk(session, world, None).here == "office"


@pytest.mark.parametrize(("accused", "holder"), [("city", "office"), ("township", "district")])
def test_report_passes_the_accused(
    session: Session, world: World, accused: str, holder: str
) -> None:
    """A report of wrongdoing goes to the organisation above the one it accuses."""
    walk = a_walk(session, world, accused, kind=Kind.WRONGDOING)
    assert walk.here == holder
    assert walk.letter.accused_id == world[accused]
    assert walk.letter.never_public


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", " \t\u3000 "),
        ("title", "\x00\x07"),
        ("title", "题" * 61),
        ("text", ""),
        ("text", "\n \n"),
        ("text", "文" * 5001),
        ("name", "\u200b"),
        ("phone", ""),
    ],
)
def test_bad_input_names_its_field(session: Session, world: World, field: str, value: str) -> None:
    """A missing or too long text is refused at its field and nothing is kept."""
    new = replace(new_letter(world["city"]), **{field: value})  # type: ignore[arg-type]
    with pytest.raises(InvalidInput) as error:
        send(new)
    assert error.value.field == field
    assert session.scalar(sa.select(sa.func.count()).select_from(Letter)) == 0


def test_longest_texts_fit(session: Session, world: World) -> None:
    """A title of 60 and a text of 5,000 characters are kept whole, emoji and rare words too."""
    title, text = "𠮷" * 60, "字" * 4999 + "😀"
    letter = a_letter(session, world, title=title, text=text)
    assert (letter.title, letter.text) == (title, text)


def test_control_characters_are_dropped(session: Session, world: World) -> None:
    """A text loses control characters and keeps its lines."""
    letter = a_letter(session, world, text="一\x00\r\n二\x1b[31m\u200b", title="标\n题")
    assert letter.text == "一\n二[31m"
    assert letter.title == "标 题"


def test_forged_organisation_is_refused(session: Session, world: World) -> None:
    """An organisation that does not exist is refused at its field."""
    with pytest.raises(InvalidInput) as error:
        send(new_letter(999_999))
    assert error.value.field == "organisation"


def test_closed_organisation_is_refused(session: Session, world: World) -> None:
    """An organisation that has been closed takes no letters."""
    close(world["water"], world["city"], world.actor("office_administrator"), START)
    with pytest.raises(InvalidInput, match="停止接收"):
        send(new_letter(world["water"]))


def test_contacts_are_not_stored_in_the_clear(session: Session, world: World) -> None:
    """The raw database row shows neither name nor contacts of the sender."""
    letter = a_letter(session, world, name="周晓兰", phone="13900000001", email="zhou@example.com")
    assert letter.sender_phone == "13900000001"
    row = session.execute(
        sa.text("SELECT sender_name, sender_phone, sender_email FROM letter")
    ).one()
    assert not any(plain in value for value in row for plain in ("周晓兰", "139", "zhou"))


def test_supplement_goes_back_and_moves_the_due_date(session: Session, world: World) -> None:
    """A supplement returns the letter to where it was; the days of waiting are not counted."""
    walk = a_walk(session, world)
    walk.accept()
    due = walk.letter.due_on
    walk.step(handling.ask_citizen, "city_handler", "几号楼？")
    assert (walk.letter.due_on, walk.letter.answer_by is None) == (None, False)
    submission.supplement(walk.letter_id, "三号楼", walk.now + 24 * 7 * HOUR)
    letter = walk.letter
    assert (letter.state, letter.state_before, letter.answer_by) == (State.IN_PROGRESS, None, None)
    assert due is not None
    assert letter.due_on is not None
    assert letter.due_on > due
    assert [m.kind for m in letter.messages] == [MessageKind.QUESTION, MessageKind.SUPPLEMENT]


def test_unanswered_question_closes_the_letter(session: Session, world: World) -> None:
    """A letter closes on the day after the last day for the supplement, not before."""
    walk = a_walk(session, world)
    walk.accept()
    walk.step(handling.ask_citizen, "city_handler", "几号楼？")
    assert handling.close_unanswered(walk.now + 24 * 15 * HOUR) == 0
    assert handling.close_unanswered(walk.now + 24 * 16 * HOUR) == 1
    assert walk.letter.state is State.CLOSED
    assert walk.letter.answer_by is None


@pytest.mark.parametrize("state", [State.SUBMITTED, State.AWAITING_CITIZEN])
def test_citizen_withdraws_before_acceptance(session: Session, world: World, state: State) -> None:
    """A letter nobody has accepted can be withdrawn, also while a question is open."""
    walk = a_walk(session, world)
    if state is State.AWAITING_CITIZEN:
        walk.step(handling.ask_citizen, "city_dispatcher", "几号楼？")
    submission.withdraw(walk.letter_id, walk.now)
    letter = walk.letter
    assert letter.state is State.WITHDRAWN
    assert (letter.due_on, letter.answer_by, letter.closed_at) == (None, None, None)


@pytest.mark.parametrize("state", [s for s in State if s not in (State.SUBMITTED, State.WITHDRAWN)])
def test_no_withdrawal_after_acceptance(session: Session, world: World, state: State) -> None:
    """A letter that was accepted, moved or ended cannot be withdrawn."""
    if state is State.MERGED:
        pytest.skip("a merged letter is separated first")
    letter = a_letter(session, world, state)
    with pytest.raises(ActionNotAllowed):
        submission.withdraw(letter.id, START)


def test_rating_is_kept_once(session: Session, world: World) -> None:
    """A closed letter is rated once, with a comment without control characters."""
    letter = a_letter(session, world, State.CLOSED)
    submission.rate(letter.id, 5, 3, "很快\x00", START)
    session.rollback()
    assert letter.rating is not None
    assert (letter.rating.attitude, letter.rating.efficiency) == (5, 3)
    assert letter.rating.comment == "很快"
    with pytest.raises(ActionNotAllowed):
        submission.rate(letter.id, 1, 1, "", START)


@pytest.mark.parametrize(
    ("attitude", "efficiency", "comment", "field"),
    [(0, 3, "", "attitude"), (3, 6, "", "efficiency"), (3, 3, "长" * 501, "comment")],
)
def test_rating_out_of_range(
    session: Session, world: World, attitude: int, efficiency: int, comment: str, field: str
) -> None:
    """A rating outside 1 to 5 or an endless comment is refused at its field."""
    letter = a_letter(session, world, State.CLOSED)
    with pytest.raises(InvalidInput) as error:
        submission.rate(letter.id, attitude, efficiency, comment, START)
    assert error.value.field == field


def test_redo_opens_once(session: Session, world: World) -> None:
    """A redo opens the letter with a new time limit; there is no second one."""
    walk = a_walk(session, world)
    walk.accept()
    walk.ask_signoff()
    walk.sign()
    asked = walk.now + 24 * 30 * HOUR
    submission.ask_redo(walk.letter_id, "灯还是不亮", asked)
    letter = walk.letter
    assert (letter.state, letter.reopened, letter.closed_at) == (State.IN_PROGRESS, True, None)
    assert (letter.close_reason, letter.closing_organisation_id) == (None, None)
    assert letter.clock_from == asked
    assert letter.due_on is not None
    assert letter.due_on > asked.date()
    walk.ask_signoff()
    walk.sign()
    with pytest.raises(ActionNotAllowed, match="一次"):
        submission.ask_redo(walk.letter_id, "还不亮", asked)


def test_redo_recalls_a_proposal(session: Session, world: World) -> None:
    """A redo takes back the proposal to publish."""
    letter = a_letter(session, world, publication=Publication.PROPOSED)
    submission.ask_redo(letter.id, "灯还是不亮", START + 24 * HOUR)
    session.rollback()
    assert letter.publication is Publication.NOT_PROPOSED
    assert letter.open_proposal is None


def test_redo_marks_the_public_entry(session: Session, world: World) -> None:
    """A redo marks the public entry as under revision and tells the index."""
    letter = a_published(session, world)
    before = len(index_jobs(session))
    submission.ask_redo(letter.id, "灯还是不亮", START + 24 * HOUR)
    entry = session.scalars(sa.select(ArchiveEntry)).one()
    assert entry.under_revision
    assert letter.publication is Publication.PUBLISHED
    assert len(index_jobs(session)) == before + 1


def test_code_of_another_letter_opens_nothing(session: Session, world: World) -> None:
    """The same form token under another key gives another code."""
    new = new_letter(world["city"])
    first = submission.submit(new, "token", CODE_KEY, START)
    db.session.rollback()
    second = submission.submit(new, "token", b"x" * 32, START)
    assert first.number == second.number
    assert first.code != second.code
