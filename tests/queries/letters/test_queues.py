"""Counts of the queues against the lists behind them."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from portal.domain.access import Role
from portal.domain.letters.states import Publication, State
from portal.models import User
from portal.queries.letters.inbox import Filters, inbox_page
from portal.queries.letters.queues import UNCOUNTED, Queue, cutoffs, queue_counts
from portal.queries.rules import work_calendar
from portal.services.archive import publication
from portal.services.letters import handling, replying
from portal.services.letters.submission import supplement
from tests.builders import Walk, World, a_letter, a_person, a_walk
from tests.conftest import CLOCK, Once


@pytest.fixture
def full_inbox(session: Session, world: World, once: Once) -> World:
    """A world with a letter in every state at three places, old and new."""
    once(f"{__name__}.full_inbox", lambda: fill(session, world))
    return world


def fill(session: Session, world: World) -> None:
    """Bring in the letters of :func:`full_inbox`."""
    for offset, place in enumerate(("city", "township", "water")):
        for state in State:
            a_letter(
                session, world, state, place=place, now=CLOCK - timedelta(days=10 * offset + 2)
            )
    for each in Publication:
        a_letter(session, world, publication=each)
    walk = a_walk(session, world)
    walk.accept()
    walk.ask_signoff()
    walk.sign()
    walk.step(replying.request_signoff, "city_handler", "补充说明：灯具已到货，明日安装。", 0)


@pytest.mark.parametrize(
    "person",
    [
        "office_dispatcher",
        "office_supervisor",
        "office_reviewer",
        "city_handler",
        "city_reviewer",
        "district_dispatcher",
        "township_handler",
        "water_reviewer",
        "office_auditor",
    ],
)
def test_counts_agree_with_the_lists(session: Session, full_inbox: World, person: str) -> None:
    """Every number beside a queue is the number of letters listed in it."""
    actor = full_inbox.actor(person)
    at = cutoffs(work_calendar(session), CLOCK)
    counts = queue_counts(session, actor, at)
    listed = {
        queue: inbox_page(session, actor, Filters(queue=queue), at, 200).total for queue in counts
    }
    assert counts == listed
    assert set(counts) == set(Queue) - UNCOUNTED


def test_follow_up_waits_among_what_is_to_be_signed(
    session: Session, full_inbox: World, password_hash: str
) -> None:
    """A follow-up reply on a closed letter is counted where signatures are given."""
    at = cutoffs(work_calendar(session), CLOCK)
    reviewer = a_person(full_inbox, "only", password_hash, (Role.REVIEWER, "city"))
    page = inbox_page(session, reviewer, Filters(queue=Queue.SIGNOFF), at, 50)
    assert {row.state for row in page.rows} == {State.AWAITING_SIGNOFF, State.CLOSED}


def test_pages_hold_every_letter_once(session: Session, full_inbox: World) -> None:
    """Turning the pages shows each letter exactly once, whatever the order."""
    actor, at = full_inbox.actor("office_dispatcher"), cutoffs(work_calendar(session), CLOCK)
    first = inbox_page(session, actor, Filters(queue=Queue.ALL), at, 7)
    seen = [
        row.number
        for page in range(1, first.pages + 1)
        for row in inbox_page(session, actor, Filters(queue=Queue.ALL, page=page), at, 7).rows
    ]
    assert len(seen) == len(set(seen)) == first.total


def test_a_letter_without_a_handler_stays_with_the_dispatcher(
    session: Session, world: World
) -> None:
    """A letter accepted where no handler is in service is to be done by the dispatcher there."""
    letter = a_letter(session, world, State.IN_PROGRESS, place="office")
    at = cutoffs(work_calendar(session), CLOCK)
    dispatcher = world.actor("office_dispatcher")
    assert inbox_page(session, dispatcher, Filters(), at, 50).rows == []
    session.get_one(User, world.people["office_handler"]).disabled = True
    session.commit()
    rows = inbox_page(session, dispatcher, Filters(), at, 50).rows
    assert [row.number for row in rows] == [letter.number]


def test_nobody_decides_on_what_they_wrote_or_proposed(
    session: Session, world: World, password_hash: str
) -> None:
    """A reviewer's own reply and own proposal wait for another reviewer; those of others for them."""
    a_person(world, "both", password_hash, (Role.HANDLER, "city"), (Role.REVIEWER, "city"))
    waiting = []
    for who in ("both", "city_handler"):
        reply = a_walk(session, world)
        reply.accept()
        reply.step(replying.request_signoff, who, "您好，路灯已经修好。", 0)
        proposal = Walk(session, world, a_letter(session, world, State.CLOSED).id, CLOCK)
        proposal.step(publication.propose, who, "")
        waiting.append({reply.letter.number, proposal.letter.number})
    own, others = waiting
    at = cutoffs(work_calendar(session), CLOCK)

    def todo(who: str) -> set[str]:
        page = inbox_page(session, world.actor(who), Filters(queue=Queue.TODO), at, 50)
        return {row.number for row in page.rows}

    assert todo("both") == others
    assert todo("city_reviewer") == own | others


def test_what_is_late_comes_before_what_waits_for_publication(
    session: Session, world: World, password_hash: str
) -> None:
    """A closed letter that waits for publication stands after every letter that can be late."""
    old = CLOCK - timedelta(days=60)
    proposed = a_letter(session, world, publication=Publication.PROPOSED, now=old).number
    running = a_letter(session, world, State.AWAITING_SIGNOFF).number
    reviewer = a_person(world, "only", password_hash, (Role.REVIEWER, "city"))
    at = cutoffs(work_calendar(session), CLOCK)
    rows = inbox_page(session, reviewer, Filters(), at, 50).rows
    assert [row.number for row in rows] == [running, proposed]
    assert [row.to_publish for row in rows] == [False, True]


def test_rows_say_who_asks_not_to_be_shown(session: Session, world: World) -> None:
    """Such words are pointed out in a list wherever they stand: title, text or supplement."""
    texts: dict[str, dict[str, Any]] = {
        "title": {"title": "匿名反映路灯不亮"},
        "text": {"text": "路灯坏了，请不要让物业知道是我写的。"},
        "plain": {"text": "路灯坏了，请派人来修。"},
    }
    walks = {name: a_walk(session, world, "city", **given) for name, given in texts.items()}
    walks["supplement"] = a_walk(session, world, "city", text="路灯坏了，请派人来修。")
    walks["supplement"].accept()
    walks["supplement"].step(handling.ask_citizen, "city_handler", "是哪一盏？")
    supplement(walks["supplement"].letter_id, "桥头那盏，请为我保密。", CLOCK)
    at = cutoffs(work_calendar(session), CLOCK)
    page = inbox_page(session, world.actor("city_dispatcher"), Filters(queue=Queue.ALL), at, 50)
    said = {row.number: row.confidential for row in page.rows}
    assert {name: said[walk.letter.number] for name, walk in walks.items()} == {
        "title": True,
        "text": True,
        "plain": False,
        "supplement": True,
    }
