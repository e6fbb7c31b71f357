"""Sudden rises of letters within what a supervisor sees."""

from datetime import timedelta

from sqlalchemy.orm import Session

from portal.domain.letters.kinds import Kind
from portal.domain.periods import civil_date
from portal.models import Letter
from portal.queries.letters.rises import first_day, rises
from portal.services.core.unit import writing
from tests.builders import START, World, a_letter

TODAY = civil_date(START)


def _receive(
    session: Session, world: World, count: int, place: str = "city", days_ago: int = 0, **more: str
) -> list[int]:
    ids = []
    for _ in range(count):
        letter = a_letter(
            session,
            world,
            place=place,
            now=START - timedelta(days=days_ago),
            kind=Kind.HELP,
            title=more.get("title", "1"),
        )
        ids.append(letter.id)
    if topic := more.get("topic"):
        session.rollback()
        with writing() as unit:
            for letter_id in ids:
                unit.get_one(Letter, letter_id).category = topic
    return ids


def _found(session: Session, world: World, who: str) -> list[tuple[str, str, str, int, int]]:
    session.rollback()
    rows = rises(session, world.actor(who), TODAY)
    return [(r.organisation.name, r.topic, r.word, r.rise.count, r.rise.before) for r in rows]


def test_a_topic_that_rises_is_found(session: Session, world: World) -> None:
    """Five letters of a topic in seven days are a rise where none came before, four are not."""
    _receive(session, world, 5, topic="交通运输")
    _receive(session, world, 4, topic="环境保护")
    assert _found(session, world, "office_supervisor") == [
        ("山城市城市管理局", "交通运输", "", 5, 0)
    ]


def test_a_word_of_the_titles_that_rises_is_found(session: Session, world: World) -> None:
    """Letters without a topic rise by a word of their titles; words of any letter do not count."""
    _receive(session, world, 5, title="请问路灯 没有电话")
    assert _found(session, world, "office_supervisor") == [("山城市城市管理局", "", "路灯", 5, 0)]


def test_what_is_usual_is_no_rise(session: Session, world: World) -> None:
    """Where as many came in the weeks before, and not long ago, nothing has risen."""
    _receive(session, world, 5, topic="交通运输", title="路灯")
    _receive(session, world, 12, days_ago=20, topic="交通运输", title="路灯 不亮")
    assert _found(session, world, "office_supervisor") == []


def test_days_and_weeks_have_their_bounds(session: Session, world: World) -> None:
    """The seventh day counts as now, the eighth as before, and what is older not at all."""
    _receive(session, world, 5, days_ago=6, topic="交通运输")
    _receive(session, world, 1, days_ago=7, topic="交通运输")
    _receive(session, world, 1, days_ago=6 + 56, topic="交通运输")
    _receive(session, world, 9, days_ago=6 + 57, topic="交通运输")
    assert _found(session, world, "office_supervisor") == [
        ("山城市城市管理局", "交通运输", "", 5, 2)
    ]
    assert first_day(TODAY) == TODAY - timedelta(days=6)


def test_a_supervisor_sees_the_own_subtree(session: Session, world: World) -> None:
    """Rises elsewhere are not shown; a district's supervisor sees those of its township."""
    _receive(session, world, 5, place="township", topic="交通运输")
    assert len(_found(session, world, "office_supervisor")) == 1
    assert len(_found(session, world, "district_supervisor")) == 1
    assert _found(session, world, "city_supervisor") == []
    assert _found(session, world, "city_handler") == []
