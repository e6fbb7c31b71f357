"""Words typed above the inbox find letters by what they say, who sent them and where they lie."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy.orm import Session

from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import State
from portal.models import Letter, Organisation, db
from portal.queries.letters.inbox import Filters, inbox_page
from portal.queries.letters.queues import Queue, cutoffs
from portal.queries.rules import work_calendar
from portal.services.core.unit import writing
from portal.services.letters import cooperation
from tests.builders import World, a_letter, a_walk, new_letter, send
from tests.conftest import CLOCK


def found(
    session: Session, world: World, words: str, person: str = "office_dispatcher"
) -> set[str]:
    """Return the titles of the letters that ``words`` find for ``person``."""
    at = cutoffs(work_calendar(session), CLOCK)
    filters = Filters(queue=Queue.ALL, words=words)
    return {row.title for row in inbox_page(session, world.actor(person), filters, at, 50).rows}


@pytest.fixture
def letters(session: Session, world: World) -> World:
    """Two letters at two places, by two senders."""
    now = CLOCK - timedelta(days=1)
    a_letter(
        session,
        world,
        title="路灯",
        text="梧桐小区门口的灯坏了100%",
        name="周晓兰",
        phone="13900000001",
        email="zhou@example.com",
        now=now,
    )
    text, name = "幼儿园食堂的饭菜太凉", "John Smith"
    a_letter(
        session, world, title="食堂", text=text, name=name, phone="", email="s@example.com",
        place="bureau", now=now,
    )  # fmt: skip
    return world


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("小区门口", {"路灯"}),
        ("路灯 小区门口", {"路灯"}),
        ("路灯 幼儿园", set()),
        ("饭菜 教育", {"食堂"}),
        ("临江区教育委员会", {"食堂"}),
        ("城市管理", {"路灯"}),
        ("周晓兰", {"路灯"}),
        ("晓兰", set()),
        ("周晓兰 小区门口", {"路灯"}),
        ("周晓兰 幼儿园", set()),
        ("john smith", {"食堂"}),
        ("+8613900000001", {"路灯"}),
        ("139-0000-0001", {"路灯"}),
        ("1390000000", set()),
        ("ZHOU@example.com", {"路灯"}),
        ("100%", {"路灯"}),
        ("1%0", set()),
        ("小_门口", set()),
        ("小\\门口", set()),
        ("", {"路灯", "食堂"}),
    ],
)
def test_words_find_letters(session: Session, letters: World, words: str, titles: set[str]) -> None:
    """Each word is found in the letter, its sender or its place, wildcards as they stand."""
    assert found(session, letters, words) == titles


def test_a_search_stays_within_what_the_person_may_read(session: Session, letters: World) -> None:
    """Neither text nor sender nor unit finds a letter of another organisation."""
    for words in ("小区门口", "周晓兰", "13900000001", "城市管理"):
        assert found(session, letters, words, "police_handler") == set()
        assert found(session, letters, words, "city_handler") == {"路灯"}


def test_a_search_finds_no_report_on_the_own_organisation(session: Session, world: World) -> None:
    """A report is found by who may read it, not by the accused."""
    send(new_letter(world["bureau"], kind=Kind.WRONGDOING, title="乱收费", text="学校乱收补课费"))
    for words in ("补课费", "周晓兰", "乱收费"):
        assert found(session, world, words, "district_dispatcher") == {"乱收费"}
        assert found(session, world, words, "bureau_dispatcher") == set()


def test_who_may_not_uncover_the_sender_does_not_find_by_the_sender(
    session: Session, world: World
) -> None:
    """An organisation that helps reads the text and does not learn whose it is."""
    walk = a_walk(session, world, title="路灯")
    walk.accept()
    walk.step(cooperation.invite, "city_handler", world["police"], "请提供监控")
    assert found(session, world, "梧桐小区", "police_handler") == {"路灯"}
    assert found(session, world, "周晓兰", "police_handler") == set()


def test_names_are_not_stored_in_the_clear(session: Session, world: World) -> None:
    """The hashes are there and none of them is what was typed."""
    a_letter(session, world, State.SUBMITTED, email="zhou@example.com")
    columns = (Letter.name_key, Letter.phone_key, Letter.email_key)
    stored = session.execute(sa.select(*columns)).one()
    assert [len(each) for each in stored] == [32, 32, 32]
    assert not {"周晓兰", "13900000001", "zhou@example.com"} & set(stored)


def test_letters_of_an_earlier_version_are_found(
    session: Session, app: Flask, world: World
) -> None:
    """The migration fills the hashes of every letter that is there."""
    a_letter(session, world, title="路灯")
    session.rollback()
    with app.app_context():
        downgrade(revision="archive_topic")
        upgrade()
    db.session.remove()
    assert found(session, world, "周晓兰") == {"路灯"}
    with writing() as unit:
        assert unit.scalar(sa.select(Letter.email_key)) is None
        assert unit.scalar(sa.select(sa.func.count()).select_from(Organisation)) == 7


def test_pages_of_a_search_hold_every_letter_once(session: Session, world: World) -> None:
    """The total is that of all pages, and a page beyond the last is the last."""
    numbers = {a_letter(session, world).number for _ in range(5)}
    at, actor = cutoffs(work_calendar(session), CLOCK), world.actor("city_handler")
    pages = [
        inbox_page(session, actor, Filters(queue=Queue.ALL, words="路灯", page=page), at, 2)
        for page in (1, 2, 3, 9, 0)
    ]
    assert [each.total for each in pages] == [5] * 5
    assert [each.page for each in pages] == [1, 2, 3, 3, 1]
    assert {row.number for each in pages[:3] for row in each.rows} == numbers
    assert [row.number for row in pages[3].rows] == [row.number for row in pages[2].rows]
    nothing = inbox_page(session, actor, Filters(queue=Queue.ALL, words="甲乙"), at, 2)
    assert (nothing.rows, nothing.total, nothing.page, nothing.pages) == ([], 0, 1, 1)
