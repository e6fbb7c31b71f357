"""The person of a letter is erased, and figures, events, archive and public record stay."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.domain.errors import ActionNotAllowed, Conflict, InvalidInput, NotFound, NotPermitted
from portal.domain.letters.states import ConsentBasis, Publication, RefusalReason, State
from portal.domain.privacy.erasure import (
    ERASED_TITLE,
    ErasureGround,
    ErasureOutcome,
    ErasureRefusal,
)
from portal.models import ErasureRequest, Event, Letter, Reply, ReplyStatus
from portal.queries.integrity import archive_faults, contradictions
from portal.queries.letters.erasure import count_waiting_requests, waiting_requests
from portal.queries.record.check import head_faults, leaf_faults
from portal.services.archive import publication
from portal.services.letters import cooperation, handling, replying, submission
from portal.services.letters.erasure import grant_erasure, refuse_erasure, request_erasure
from portal.services.retention import Erased, Periods, due, erase_letters, erase_old
from portal.services.statistics.record import RecordKeys, extend
from tests.archive import bring_up_to_date, entry_of, found
from tests.builders import CODE_KEY, HOUR, START, Walk, World, a_letter, a_published, a_walk
from tests.databases import ON_POSTGRES

NOW = START + timedelta(days=30)
KEYS = RecordKeys(bytes(range(32)), CODE_KEY)
FIGURES = "/statistics/data.json?year=2016&asof=2016-12-31"
MARK = "凤凰湖"
"""Stands in every text of the letter but the reasons that staff gave, which stay, and nowhere else."""


def a_life(session: Session, world: World) -> Walk:
    """Return the walk of a closed letter that has left texts everywhere, none of them public."""
    walk = a_walk(
        session,
        world,
        title=f"{MARK}标题",
        text=f"我叫欧阳明月，{MARK}正文",
        name="欧阳明月",
        phone="13912345678",
        email="moon@example.org",
    )
    walk.accept()
    walk.step(handling.ask_citizen, "city_handler", f"{MARK}提问")
    walk.now += HOUR
    submission.supplement(walk.letter_id, f"{MARK}补充", walk.now)
    walk.step(cooperation.request_extension, "city_handler", 5, "要等路灯厂家到货")
    walk.step(cooperation.invite, "city_handler", world["water"], f"{MARK}请查验管线")
    walk.step(cooperation.contribute, "water_handler", f"{MARK}意见")
    walk.ask_signoff(f"欧阳明月您好，{MARK}答复已经办好。")
    walk.sign()
    submission.ask_redo(walk.letter_id, f"{MARK}还是不亮", walk.now)
    walk.ask_signoff(f"欧阳明月您好，{MARK}灯已更换。")
    walk.sign()
    submission.rate(walk.letter_id, 5, 5, f"{MARK}评价", walk.now)
    walk.propose()
    walk.step(publication.refuse, walk.reviewer, RefusalReason.NO_VALUE, "")
    return walk


def ask(letter: Letter, *, unpublish: bool = False) -> int:
    """Ask for erasure as the sender; return the id of the request."""
    request_erasure(letter.id, unpublish, NOW)
    return letter.erasure_requests[-1].id


def dump(session: Session) -> str:
    """Return every value of every table as text."""
    return "\n".join(
        str(tuple(row))
        for table in sa.inspect(session.get_bind()).get_table_names()
        for row in session.execute(sa.text(f'SELECT * FROM "{table}"'))  # noqa: S608
    )


def test_nothing_of_the_person_is_left(session: Session, world: World, app: Flask) -> None:
    """No name, contact or hash, and no text of the letter, is in any table."""
    walk = a_life(session, world)
    hashes = [walk.letter.name_key, walk.letter.phone_key, walk.letter.email_key]
    assert all(hashes)
    before = dump(session)
    assert before.count(MARK) > 8 and all(str(each) in before for each in hashes)
    grant_erasure(ask(walk.letter), world.actor("city_reviewer"), NOW)
    left = dump(session)
    assert [said for said in (MARK, "欧阳明月", "13912345678", *hashes) if str(said) in left] == []
    letter = walk.letter
    assert (letter.title, letter.text, letter.erased_at) == (ERASED_TITLE, "", NOW)
    assert (letter.sender_name, letter.form_key) == (None, None)
    assert letter.code_hash is not None
    assert letter.rating is not None and letter.rating.attitude == 5


@pytest.mark.skipif(ON_POSTGRES, reason="PostgreSQL frees old rows by vacuum")
def test_the_file_of_the_database_holds_nothing_either(
    session: Session, world: World, settings: Settings
) -> None:
    """What is erased is overwritten in the file, not left in free pages."""
    walk = a_life(session, world)
    file = Path(settings.database_uri.removeprefix("sqlite:///"))
    session.rollback()
    session.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
    assert MARK.encode() in file.read_bytes()
    grant_erasure(ask(walk.letter), world.actor("city_reviewer"), NOW)
    session.rollback()
    session.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
    assert MARK.encode() not in file.read_bytes()


def test_figures_events_archive_and_record_stay(session: Session, world: World, app: Flask) -> None:
    """Rates are the same, every head and leaf of the record verifies, states agree with events."""
    walk = a_life(session, world)
    public = a_published(session, world)
    while extend(KEYS, NOW):
        pass
    client = app.test_client()
    figures = client.get(FIGURES).get_json()
    events = session.scalars(sa.select(sa.func.count()).select_from(Event)).one()
    for letter in (walk.letter, public):
        grant_erasure(ask(letter), world.actor("city_reviewer"), NOW)
    assert client.get(FIGURES).get_json() == figures
    assert head_faults(session, KEYS.head) + leaf_faults(session, KEYS.code) == []
    assert contradictions(session, lambda n: None) + archive_faults(session) == []
    added = [
        event.action
        for event in session.scalars(sa.select(Event).order_by(Event.id).offset(events))
    ]
    assert added == ["request_erasure", "erase_person"] * 2


def test_a_public_copy_stays_unless_consent_is_taken_back(
    session: Session, world: World, settings: Settings
) -> None:
    """The redacted copy has no person in it; the sender may have it removed together with the rest."""
    kept, gone = a_published(session, world), a_published(session, world)
    text = entry_of(session, kept).text
    grant_erasure(ask(kept), world.actor("city_reviewer"), NOW)
    grant_erasure(ask(gone, unpublish=True), world.actor("city_reviewer"), NOW)
    assert entry_of(session, kept).text == text != ""
    assert (kept.publication, kept.consent_basis) == (Publication.PUBLISHED, ConsentBasis.SENDER)
    assert (entry_of(session, gone).text, gone.publication) == ("", Publication.UNPUBLISHED)
    assert gone.consent_basis is ConsentBasis.NONE
    assert len(found(bring_up_to_date(settings), "路灯")) == 1


def test_drafts_go_and_replies_keep_their_place(session: Session, world: World) -> None:
    """A reply that was given stays as a row without words; a draft is gone."""
    walk = a_walk(session, world)
    walk.step(handling.decline, "city_dispatcher", "litigation", "")
    other = a_life(session, world)
    draft = {"status": ReplyStatus.DRAFT, "text": MARK, "created_at": NOW, "updated_at": NOW}
    session.add(Reply(letter_id=other.letter_id, organisation_id=world["city"], **draft))
    session.commit()
    grant_erasure(ask(other.letter), world.actor("city_reviewer"), NOW)
    assert [(reply.status, reply.text) for reply in other.letter.replies] == [
        (ReplyStatus.SIGNED, ""),
        (ReplyStatus.SIGNED, ""),
    ]


@pytest.mark.parametrize("state", [State.SUBMITTED, State.IN_PROGRESS, State.AWAITING_SIGNOFF])
def test_a_letter_that_is_handled_keeps_its_sender(
    session: Session, world: World, state: State
) -> None:
    """Nobody asks for erasure before the end."""
    with pytest.raises(ActionNotAllowed):
        ask(a_letter(session, world, state))


def test_a_letter_handled_again_is_not_erased(session: Session, world: World) -> None:
    """A request from before a redo cannot be granted while the letter is handled; it can be refused."""
    letter = a_letter(session, world, State.CLOSED)
    request_id = ask(letter)
    submission.ask_redo(letter.id, "还是不亮", NOW)
    with pytest.raises(ActionNotAllowed):
        grant_erasure(request_id, world.actor("city_reviewer"), NOW)
    assert letter.erasure_requests[0].outcome is ErasureOutcome.PENDING
    assert letter.sender_name is not None


def test_nothing_is_done_to_a_letter_whose_sender_is_gone(session: Session, world: World) -> None:
    """No redo, no rating, no follow-up reply, no proposal; taking down is possible still."""
    letter = a_published(session, world)
    grant_erasure(ask(letter), world.actor("city_reviewer"), NOW)
    walk = Walk(session, world, letter.id, NOW)
    with pytest.raises(ActionNotAllowed):
        submission.ask_redo(letter.id, "再办", NOW)
    with pytest.raises(ActionNotAllowed):
        submission.rate(letter.id, 5, 5, "", NOW)
    with pytest.raises(ActionNotAllowed):
        walk.step(replying.request_signoff, "city_handler", "补充答复", 0)
    with pytest.raises(ActionNotAllowed):
        walk.propose()
    with pytest.raises(ActionNotAllowed):
        ask(letter)
    walk.step(publication.unpublish, "city_reviewer", "outdated", "过时")
    assert letter.publication is Publication.UNPUBLISHED


def test_a_refusal_names_its_ground_and_the_reason(session: Session, world: World) -> None:
    """The sender reads both, may ask again, and the request is decided once."""
    letter = a_letter(session, world, State.CLOSED)
    reviewer = world.actor("city_reviewer")
    request_id = ask(letter)
    with pytest.raises(ActionNotAllowed):
        ask(letter)
    with pytest.raises(InvalidInput):
        refuse_erasure(request_id, ErasureRefusal.PROCEEDINGS, " ", reviewer, NOW)
    refuse_erasure(request_id, ErasureRefusal.PROCEEDINGS, "复议尚未终结", reviewer, NOW)
    refused = letter.erasure_requests[0]
    assert (refused.outcome, refused.refusal) == (ErasureOutcome.REFUSED, "proceedings")
    assert (refused.reason, refused.decided_by_id) == ("复议尚未终结", reviewer.user_id)
    with pytest.raises(Conflict):
        grant_erasure(request_id, reviewer, NOW)
    assert letter.sender_name is not None
    session.expire_all()
    assert ask(letter) != request_id


def test_only_who_may_decide_decides(session: Session, world: World) -> None:
    """A handler may not, a reviewer elsewhere does not see the letter, nor its request."""
    letter = a_letter(session, world, State.CLOSED)
    request_id = ask(letter)
    with pytest.raises(NotPermitted):
        grant_erasure(request_id, world.actor("city_handler"), NOW)
    with pytest.raises(NotFound):
        grant_erasure(request_id, world.actor("water_reviewer"), NOW)
    with pytest.raises(NotFound):
        grant_erasure(request_id + 1, world.actor("city_reviewer"), NOW)
    assert waiting_requests(session, world.actor("water_reviewer")) == []
    assert count_waiting_requests(session, world.actor("water_reviewer")) == 0
    (waiting,) = waiting_requests(session, world.actor("city_reviewer"))
    assert (waiting.id, waiting.number, waiting.published) == (request_id, letter.number, False)
    assert count_waiting_requests(session, world.actor("city_reviewer")) == 1


def test_senders_go_when_the_period_is_over(session: Session, world: World) -> None:
    """Ten years after the end of a letter its person goes, and not a day before; open letters stay."""
    closed, declined = (a_letter(session, world, s) for s in (State.CLOSED, State.DECLINED))
    open_letter = a_letter(session, world, State.IN_PROGRESS)
    waiting = a_letter(session, world, publication=Publication.PROPOSED)
    periods = Periods(10, 0, 180)
    early = START.replace(year=START.year + 10)
    assert due(session, periods, early).letters == erase_letters(periods, early) == 0
    later = early + timedelta(days=1)
    assert due(session, periods, later) == Erased(letters=2, requests=0, forms=0, sessions=0)
    assert due(session, Periods(0, 0, 180), later).letters == 0
    assert erase_letters(Periods(0, 0, 180), later) == 0
    assert [erase_letters(periods, later, 1) for _ in range(3)] == [1, 1, 0]
    session.expire_all()
    assert [letter.erased for letter in (closed, declined)] == [True, True]
    assert [letter.erased for letter in (open_letter, waiting)] == [False, False]
    event = session.scalars(sa.select(Event).order_by(Event.id.desc()).limit(1)).one()
    assert (event.action, event.reason_code) == ("erase_person", ErasureGround.PERIOD_OVER)
    assert erase_old(periods, later) == Erased(letters=0, requests=0, forms=0, sessions=0)


def test_erasing_the_old_says_how_many(session: Session, world: World) -> None:
    """Progress counts the letters, and the request that was granted keeps no words."""
    a_letter(session, world, State.CLOSED)
    seen: list[int] = []
    later = START.replace(year=START.year + 11)
    assert erase_old(Periods(10, 0, 180), later, seen.append).letters == sum(seen) == 1
    assert session.scalars(sa.select(ErasureRequest)).all() == []
