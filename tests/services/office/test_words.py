"""Groups of words that staff keep: what may be saved, who may, and what searches make of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.errors import Conflict, InvalidInput, NotFound, NotPermitted
from portal.domain.words.shipped import (
    ORGANISATIONS,
    WordGroup,
    group_key,
    parse_group,
    shipped_by_key,
    topic_titles,
)
from portal.models import Event, WordGroupRow
from portal.queries.office.words import WordsQuery, word_group, words_table
from portal.queries.synonyms import Meant, meant_by, shipped_words, words_in_force
from portal.services.office.words import TypedGroup, add_word_group, change_word_group
from tests.builders import START, World

TYPED = TypedGroup("transport", "轮滑场 旱冰场", "", active=True)
SHIPPED = next(key for key, (_, group) in shipped_by_key().items() if "低保" in group.words)


def add(world: World, **changes: object) -> int:
    """Add a group as an administrator."""
    typed = replace(TYPED, **changes)  # type: ignore[arg-type]
    return add_word_group(typed, world.actor("office_administrator"), START)


def change(world: World, key: str, version: int, **changes: object) -> None:
    """Change a group as an administrator."""
    typed = replace(TYPED, **changes)  # type: ignore[arg-type]
    change_word_group(key, version, typed, world.actor("office_administrator"), START)


def others(session: Session, word: str) -> tuple[str, ...]:
    """Return the words that a search for ``word`` finds too."""
    return words_in_force(session).archive.of(word)


def test_a_new_group_counts_at_once(session: Session, world: World) -> None:
    """Its words find each other, narrower ones do not lead back, and it is in the audit trail."""
    assert others(session, "轮滑场") == ()
    number = add(world, narrower="轮滑鞋店")
    assert others(session, "轮滑场") == ("旱冰场", "轮滑鞋店")
    assert others(session, "轮滑鞋店") == ()
    event = session.scalars(sa.select(Event).order_by(Event.id.desc())).first()
    assert (event.action, event.subject, event.reason) == (
        "edit_words",
        f"words:{number}",
        "轮滑场 旱冰场 > 轮滑鞋店",
    )


def test_a_group_is_changed_and_switched_off(session: Session, world: World) -> None:
    """Each change counts at once; what is switched off stays listed and can be switched on."""
    key = str(add(world))
    change(world, key, 1, words="轮滑场 滑冰场")
    assert others(session, "轮滑场") == ("滑冰场",)
    assert others(session, "旱冰场") == ()
    change(world, key, 2, words="轮滑场 滑冰场", active=False)
    assert others(session, "轮滑场") == ()
    found = word_group(session, key)
    assert (found.active, found.version, found.shipped) == (False, 3, False)
    event = session.scalars(sa.select(Event).order_by(Event.id.desc())).first()
    assert event.reason == "- 轮滑场 滑冰场"
    change(world, key, 3, words="轮滑场 滑冰场")
    assert others(session, "滑冰场") == ("轮滑场",)


def test_a_shipped_group_is_replaced(session: Session, world: World) -> None:
    """What staff make of a shipped group stands in its place, in its topic; the rest stays."""
    topic = shipped_by_key()[SHIPPED][0]
    change(world, SHIPPED, 0, words="低保 低保金", topic="other")
    assert others(session, "低保") == ("低保金",)
    assert others(session, "公积金") == shipped_words().archive.of("公积金")
    found = word_group(session, SHIPPED)
    assert (found.topic, found.version, found.shipped) == (topic, 1, True)
    change(world, SHIPPED, 1, words="低保 低保金", active=False)
    assert others(session, "低保金") == ()
    assert session.scalar(sa.select(sa.func.count(WordGroupRow.id))) == 1


def test_a_row_of_a_shipped_group_that_is_gone_stands_for_itself(
    session: Session, world: World
) -> None:
    """A later version may ship other groups; what staff wrote still counts."""
    row = WordGroupRow(
        topic="transport",
        shipped_key="s0000",
        text="轮滑场 旱冰场",
        active=True,
        version=1,
        changed_at=START,
    )
    session.add(row)
    session.commit()
    assert others(session, "轮滑场") == ("旱冰场",)
    assert word_group(session, str(row.id)).group == WordGroup(("轮滑场", "旱冰场"))


def test_two_people_do_not_overwrite_each_other(session: Session, world: World) -> None:
    """Who looked at an older version is told; nothing is changed."""
    key = str(add(world))
    change(world, key, 1, words="轮滑场 滑冰场")
    for stale in (0, 1, 3, -1):
        with pytest.raises(Conflict):
            change(world, key, stale, words="轮滑场 滑板场")
    change(world, SHIPPED, 0, words="低保 低保金")
    with pytest.raises(Conflict):
        change(world, SHIPPED, 0, words="低保 特困")
    assert others(session, "轮滑场") == ("滑冰场",)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"words": ""}, "words"),
        ({"words": " 、， "}, "words"),
        ({"words": "轮滑场"}, "words"),
        ({"words": "轮滑场 轮滑场"}, "words"),
        ({"words": "路灯 路燈"}, "words"),
        ({"words": "WiFi wi-fi"}, "words"),
        ({"narrower": "旱冰场"}, "narrower"),
        ({"words": "字" * 21 + " 轮滑场"}, "words"),
        ({"words": "a+b 轮滑场"}, "words"),
        ({"narrower": "（舞）"}, "narrower"),
        ({"words": " ".join(f"词{n}" for n in range(14))}, "words"),
        ({"words": "字 " * 201}, "words"),
        ({"topic": "none"}, "topic"),
        ({"topic": ORGANISATIONS}, "narrower"),
        ({"words": "最低生活保障 低保 城乡低保", "narrower": "低保户"}, None),
        ({"words": "字" * 20 + " 轮滑场"}, None),
        ({"words": " ".join(f"词{n}" for n in range(13))}, None),
        ({"words": "轮滑场", "narrower": "旱冰场"}, None),
        ({"words": "轮滑场、旱冰场，滑冰场；滑板场"}, None),
        ({"topic": ORGANISATIONS, "words": "跳舞", "narrower": "文化 跳舞"}, None),
    ],
)
def test_what_is_typed_is_checked(
    session: Session, world: World, changes: dict[str, str], field: str | None
) -> None:
    """A single word, one that stands twice, is too long or has signs is named by its field."""
    if field is None:
        assert add(world, **changes) > 0
        return
    with pytest.raises(InvalidInput) as refused:
        add(world, **changes)
    assert refused.value.field == field
    session.rollback()
    assert session.scalars(sa.select(WordGroupRow)).all() == []


def test_the_same_group_is_not_added_twice(session: Session, world: World) -> None:
    """In any order and any characters; one that is switched off may be written again."""
    text = shipped_by_key()[SHIPPED][1]
    key = str(add(world))
    for words in ("旱冰场 轮滑场", "旱冰場 輪滑場", " ".join(text.words)):
        with pytest.raises(InvalidInput) as refused:
            add(world, words=words)
        assert refused.value.field == "words"
    change(world, key, 1, active=False)
    add(world)
    with pytest.raises(InvalidInput):
        change(world, key, 2)


def test_groups_of_organisations_lead_to_them_alone(session: Session, world: World) -> None:
    """The topic of organisations does not count in searches of the archive."""
    add(world, topic=ORGANISATIONS, words="轮滑场", narrower="文化旅游")
    (found,) = meant_by(session, ["轮滑场"])
    assert found == Meant("轮滑场", ("轮滑场", "文化旅游"), ("轮滑场",))
    assert others(session, "轮滑场") == ()


def test_only_administrators_keep_words(session: Session, world: World) -> None:
    """Others may not, and an unknown group is not found."""
    for act in (
        lambda actor: add_word_group(TYPED, actor, START),
        lambda actor: change_word_group(SHIPPED, 0, TYPED, actor, START),
    ):
        _refused(act, world)
    for key in ("", "0", "99", "s123", "轮滑场"):
        with pytest.raises(NotFound):
            change(world, key, 0)


def _refused(act: Callable[[object], object], world: World) -> None:
    for who in ("city_handler", "city_dispatcher", "office_auditor"):
        with pytest.raises(NotPermitted):
            act(world.actor(who))


def test_groups_are_listed_and_found(session: Session, world: World) -> None:
    """Those of staff come first; words, topic and changes narrow the list, and pages hold it."""
    first, second = add(world), add(world, words="轮滑场 滑冰场", topic="education")
    part, rows = words_table(session, WordsQuery(), 1, 20)
    assert part.total == len(shipped_by_key()) + 2
    assert [row.key for row in rows[:2]] == [str(second), str(first)]
    asked = WordsQuery("輪滑場", "transport")
    assert [row.key for row in words_table(session, asked, 1, 20)[1]] == [str(first)]
    change(world, SHIPPED, 0, words="低保 低保金")
    part, rows = words_table(session, WordsQuery(changed=True), 2, 2)
    assert (part.total, [row.key for row in rows]) == (3, [SHIPPED])
    assert words_table(session, WordsQuery("没有这个词"), 1, 20)[0].total == 0


def test_the_words_are_made_once_for_each_state(session: Session, world: World) -> None:
    """A request without a change takes what is there; time alone changes nothing."""
    before = words_in_force(session)
    assert words_in_force(session) is before
    add_word_group(TYPED, world.actor("office_administrator"), START + timedelta(days=1))
    after = words_in_force(session)
    assert after is not before
    assert words_in_force(session) is after


def test_keys_and_lines_of_shipped_groups() -> None:
    """A key belongs to topic and line; a line is read as it is written."""
    group = WordGroup(("a", "b"), ("c",))
    assert parse_group(group.text) == group
    assert parse_group(WordGroup(("a",)).text) == WordGroup(("a",))
    assert group_key("x", group) != group_key("y", group)
    assert group_key("x", group) != group_key("x", WordGroup(("a", "b", "c")))
    assert len(group_key("x", group)) == 12
    assert set(topic_titles()) == {topic for topic, _ in shipped_by_key().values()}
