"""The letter page: what is shown to whom, and the sender's contacts."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Role
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import State
from portal.models import Event, Letter, User
from portal.services.letters import cooperation, handling, replying
from tests.builders import World, a_letter, a_walk
from tests.conftest import CLOCK
from tests.pages import get, post
from tests.web.console.conftest import Staff
from tests.world import a_person


def url(letter: Letter, more: str = "") -> str:
    """Return the address of a letter's page, or of a step on it."""
    return f"/console/letters/{letter.number}{more}"


def test_letter_shows_text_history_and_state(staff: Staff, session: Session, world: World) -> None:
    """The page has the letter, who did what at which organisation, and the state."""
    letter = a_letter(session, world, State.DISPATCHED)
    page = get(staff("city_handler"), url(letter))
    assert "石桥街道梧桐小区门口的路灯坏了两个星期" in page.text
    assert "山城市公开信箱办公室 → 山城市城市管理局 · office dispatcher" in page.text
    assert "待签收" in page.text


def test_a_name_is_no_pattern(staff: Staff, session: Session, world: World) -> None:
    """A per cent sign in somebody's name is shown like any other letter of it."""
    letter = a_letter(session, world, State.DISPATCHED)
    person = session.get_one(User, world.people["office_dispatcher"])
    person.name = "值班员 100%<b>（临时）"
    session.commit()
    assert "值班员 100%<b>（临时）" in get(staff("city_handler"), url(letter)).text


def test_foreign_letter_answers_like_a_missing_one(
    staff: Staff, session: Session, world: World
) -> None:
    """A letter of another organisation, an unknown number and no number at all look alike."""
    foreign = a_letter(session, world, place="police")
    client = staff("city_handler")
    pages = [
        get(client, f"/console/letters/{number}", 404)
        for number in (foreign.number, "20990101-00001-0", "20160601-09999-2", "abc")
    ]
    assert len({page.text for page in pages}) == 1


def test_accused_organisation_does_not_see_the_report(
    staff: Staff, session: Session, world: World
) -> None:
    """A report of wrongdoing is open to the office above and hidden from whom it accuses."""
    letter = a_letter(session, world, kind=Kind.WRONGDOING, place="city")
    assert get(staff("office_dispatcher"), url(letter)).status == 200
    assert get(staff("city_supervisor"), url(letter), 404).status == 404


@pytest.mark.parametrize("role", [Role.HANDLER, Role.AUDITOR])
def test_a_post_in_the_accused_hides_the_report_elsewhere(
    staff: Staff, session: Session, world: World, password_hash: str, role: Role
) -> None:
    """Who works for the accused too finds the report neither by address nor in lists and searches."""
    letter = a_letter(session, world, kind=Kind.WRONGDOING, place="city")
    assert world.place_of(letter) == "office"
    a_person(world, "torn", password_hash, (Role.DISPATCHER, "office"), (role, "city"))
    torn = staff("torn")
    assert get(torn, url(letter), 404).status == 404
    for listed in ("/console/", f"/console/?q={letter.title}"):
        assert url(letter) not in get(torn, listed).html
        assert url(letter) in get(staff("office_dispatcher"), listed).html


@pytest.mark.parametrize(
    ("person", "state", "said"),
    [
        ("office_dispatcher", None, "下一步：交办"),
        ("city_dispatcher", State.SUBMITTED, "下一步：受理"),
        ("city_handler", State.DISPATCHED, "下一步：签收"),
        ("city_handler", State.IN_PROGRESS, "下一步：写答复"),
        ("city_reviewer", State.AWAITING_SIGNOFF, "下一步：签发答复"),
        ("city_handler", State.AWAITING_CITIZEN, "等待来信人补充。"),
        ("city_supervisor", State.IN_PROGRESS, "承办单位正在办理。"),
        ("city_handler", State.CLOSED, "下一步：提请公示"),
    ],
)
def test_the_next_thing_to_do_stands_on_top(
    staff: Staff, session: Session, world: World, person: str, state: State | None, said: str
) -> None:
    """Each person is offered the one next step, or told for whom the letter waits."""
    letter = a_letter(session, world, state) if state else a_walk(session, world, None).letter
    assert said in get(staff(person), url(letter)).text


def test_only_allowed_steps_are_offered(staff: Staff, session: Session, world: World) -> None:
    """A handler is offered no form that the services would refuse."""
    letter = a_letter(session, world, State.IN_PROGRESS)
    page = get(staff("city_handler"), url(letter))
    offered = {form.action.rsplit("/", 1)[1] for form in page.forms if url(letter) in form.action}
    assert offered == {"ask", "transfer", "invite", "extend", "merge", "contacts#sender"}


def test_due_date_is_explained_day_by_day(staff: Staff, session: Session, world: World) -> None:
    """The trace numbers the counted days and names the others."""
    letter = a_letter(session, world, now=CLOCK - timedelta(days=8))
    page = get(staff("city_dispatcher"), url(letter))
    assert "第 7 天" in page.text
    assert "节假日" in page.text  # the Dragon Boat Festival of 2016


def test_contacts_are_covered_until_asked_for(staff: Staff, session: Session, world: World) -> None:
    """Name and phone stand on no page until somebody asks, and the look is recorded."""
    letter = a_letter(session, world, State.IN_PROGRESS, name="欧阳明月", phone="13912345678")
    client = staff("city_handler")
    assert "欧阳明月" not in get(client, url(letter)).html
    page = post(client, url(letter, "/contacts"), page=url(letter), status=200)
    assert "欧阳明月" in page.text
    assert "13912345678" in page.text
    look = session.scalar(sa.select(Event).where(Event.action == "reveal_contacts"))
    assert look is not None
    assert look.actor_id == world.people["city_handler"]
    assert "欧阳明月" not in get(client, url(letter)).html
    assert "查看来信人联系方式" in get(client, url(letter)).text


def test_helping_organisation_reads_without_contacts(
    staff: Staff, session: Session, world: World
) -> None:
    """Who was asked to co-handle reads the letter, and may not look at the sender."""
    walk = a_walk(session, world)
    walk.accept()
    walk.step(cooperation.invite, "city_handler", world["police"], "请提供监控")
    client = staff("police_handler")
    page = get(client, url(walk.letter))
    assert "查看联系方式" not in page.text
    token = page.form(url(walk.letter, "/contribute")).hidden["csrf_token"]
    answer = client.post(url(walk.letter, "/contacts"), data={"csrf_token": token})
    assert answer.status_code == 403


def test_reviewer_sees_the_reply_that_waits(staff: Staff, session: Session, world: World) -> None:
    """The reply to be signed stands in the correspondence, with its author."""
    letter = a_letter(session, world, State.AWAITING_SIGNOFF)
    page = get(staff("city_reviewer"), url(letter))
    assert "待签发的答复" in page.text
    assert "起草：city handler" in page.text


def test_declined_letter_shows_reason_and_advice(
    staff: Staff, session: Session, world: World
) -> None:
    """The coded reason, the advice and the office's own words stand on the page."""
    page = get(staff("city_dispatcher"), url(a_letter(session, world, State.DECLINED)))
    assert "应当通过诉讼、仲裁或行政复议途径解决" in page.text
    assert "已进入诉讼程序" in page.text


def test_merged_letters_lead_to_each_other(staff: Staff, session: Session, world: World) -> None:
    """A merged letter names its main letter, and the other way round."""
    child = a_letter(session, world, State.MERGED)
    client, parent = staff("city_handler"), child.parent
    assert parent is not None
    assert url(parent) in get(client, url(child)).links
    assert url(child) in get(client, url(parent)).links


def test_text_of_a_letter_is_escaped(staff: Staff, session: Session, world: World) -> None:
    """Markup in title or text is shown, never obeyed."""
    evil = "<script>alert(1)</script>{{ 7*7 }}"
    letter = a_letter(session, world, title=evil, text=evil + "，请问怎么办？")
    html = get(staff("city_dispatcher"), url(letter)).html
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html
    assert "{{ 7*7 }}" in html


def test_redo_and_follow_up_stand_in_order(staff: Staff, session: Session, world: World) -> None:
    """A follow-up reply to be signed is shown as such on a closed letter."""
    walk = a_walk(session, world)
    walk.accept()
    walk.ask_signoff()
    walk.sign()
    walk.step(replying.request_signoff, "city_handler", "补充说明：灯具已到货，明日安装。", 0)
    page = get(staff("city_reviewer"), url(walk.letter))
    assert "下一步：签发补充答复" in page.text
    assert "待签发的补充答复" in page.text


def test_assignee_is_named(staff: Staff, session: Session, world: World) -> None:
    """The page says who works on the letter."""
    walk = a_walk(session, world)
    walk.accept()
    walk.step(handling.assign, "city_dispatcher", world.people["city_handler2"])
    assert "经办人 city handler2" in get(staff("city_handler"), url(walk.letter)).text
