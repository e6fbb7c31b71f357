"""Letters that an open one may repeat, within what the person may read."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import State
from portal.models import Letter
from portal.queries.letters import repeated
from portal.queries.letters.repeated import repeated_letters
from portal.services.letters import cooperation
from tests.builders import HOUR, START, World, a_letter, a_walk, new_letter, send

BARBECUE: dict[str, Any] = {
    "title": "烧烤摊扰民",
    "text": "楼下的烧烤摊每天营业到凌晨两点，油烟让一家人睡不着。",
}
NOISE: dict[str, Any] = {
    "title": "工地夜间施工",
    "text": "学府路的工地通宵打桩，震得窗户都响，能不能管一管？",
}


def shown(
    session: Session, world: World, person: str, letter: Letter
) -> list[tuple[str, int, bool]]:
    """Return titles, degrees and whether the sender is the same."""
    session.rollback()
    found = repeated_letters(session, world.actor(person), session.get_one(Letter, letter.id))
    return [(each.title, each.degree, each.same_sender) for each in found]


def test_near_copies_and_the_same_sender_are_pointed_out(session: Session, world: World) -> None:
    """A copy comes first with its degree, then what the same person wrote about something else."""
    letter = a_letter(session, world, name="周晓兰", phone="13900000001")
    a_letter(session, world, name="李伟", phone="13900000002", title="路灯坏了")
    a_letter(session, world, name="周 晓兰", phone="13900000003", **BARBECUE)
    a_letter(session, world, name="王芳", phone="139 0000 0001", **NOISE)
    a_letter(session, world, name="王强", phone="13900000009", **NOISE)
    (copy, degree, same), *others = shown(session, world, "city_handler", letter)
    assert (copy, same) == ("路灯坏了", False)
    assert 60 < degree < 100
    assert {(title, sender) for title, _, sender in others} == {
        (BARBECUE["title"], True),
        (NOISE["title"], True),
    }


def test_only_what_the_person_may_read_is_pointed_out(session: Session, world: World) -> None:
    """A copy at another organisation is pointed out above both, not at either."""
    letter = a_letter(session, world)
    a_letter(session, world, place="police", title="路灯")
    assert shown(session, world, "city_handler", letter) == []
    assert [title for title, _, _ in shown(session, world, "office_dispatcher", letter)] == ["路灯"]


def test_a_report_is_not_pointed_out_to_the_accused(session: Session, world: World) -> None:
    """The accused learns of a report neither by its text nor by its sender."""
    letter = a_letter(session, world, place="bureau")
    send(new_letter(world["bureau"], kind=Kind.WRONGDOING))
    assert shown(session, world, "bureau_handler", letter) == []
    assert len(shown(session, world, "district_dispatcher", letter)) == 1


def test_who_only_helps_does_not_learn_of_the_sender(session: Session, world: World) -> None:
    """An organisation asked to help is shown copies and not what else the sender wrote."""
    walk = a_walk(session, world)
    walk.accept()
    walk.step(cooperation.invite, "city_handler", world["police"], "请提供监控")
    a_letter(session, world, place="police", **BARBECUE)
    assert shown(session, world, "police_handler", walk.letter) == []
    a_letter(session, world, place="police", title="路灯")
    assert [each[0] for each in shown(session, world, "police_handler", walk.letter)] == ["路灯"]


def test_ended_letters_point_out_nothing_and_withdrawn_ones_are_not_shown(
    session: Session, world: World
) -> None:
    """A hint is for work that is still to be done, about letters that still stand."""
    closed = a_letter(session, world, State.CLOSED)
    a_letter(session, world, State.WITHDRAWN, title="撤回的信")
    letter = a_letter(session, world)
    assert shown(session, world, "city_handler", closed) == []
    assert [number for number, _, _ in shown(session, world, "city_handler", letter)] == [
        closed.title
    ]


def test_only_open_letters_can_be_merged_into(session: Session, world: World) -> None:
    """The way to merging is offered for open letters of the same kind of secrecy."""
    letter = a_letter(session, world)
    for state in (State.CLOSED, State.IN_PROGRESS, State.MERGED):
        a_letter(session, world, state)
    session.rollback()
    actor = world.actor("city_dispatcher")
    found = repeated_letters(session, actor, session.get_one(Letter, letter.id))
    # A merged letter brings the open one that it is merged into.
    assert sorted((each.state, each.mergeable) for each in found) == [
        (State.CLOSED, False),
        (State.IN_PROGRESS, True),
        (State.IN_PROGRESS, True),
        (State.MERGED, False),
    ]


def test_the_work_is_bounded(session: Session, world: World, monkeypatch: object) -> None:
    """Only the letters nearest in time are compared, and only a few are shown."""
    many = [
        a_letter(session, world, name=f"某{n}", phone=f"1390000{n:04}", now=START + n * HOUR)
        for n in range(9)
    ]
    middle = many[4]
    assert len(shown(session, world, "city_handler", middle)) == repeated.MOST_SHOWN
    monkeypatch.setattr(repeated, "COMPARED", 4)  # type: ignore[attr-defined]
    session.rollback()
    actor = world.actor("city_handler")
    found = repeated_letters(session, actor, session.get_one(Letter, middle.id))
    assert {each.received_at for each in found} == {
        START + timedelta(hours=n) for n in (2, 3, 5, 6)
    }
