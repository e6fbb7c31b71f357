"""What the sender may do with a letter, and what happens when it is not possible."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.domain.letters.states import TEXT_MAX, DeclineReason, State
from portal.models import Letter
from portal.services.letters import handling
from tests.builders import Walk, World
from tests.pages import Form, get, post, read
from tests.web.public.citizens import an_opened_letter

ACTIONS = ("supplement", "add", "urge", "contacts", "appeal", "withdraw", "rating", "redo")
ALWAYS = {"contacts"}
"""What the sender may do as long as the letter is not withdrawn."""


def offered(client: FlaskClient, letter: Letter) -> set[str]:
    """Return which actions the letter's page offers."""
    forms = get(client, f"/letters/{letter.number}").forms
    return {f.action.split("/")[-1] for f in forms} & set(ACTIONS)


def asked(client: FlaskClient, session: Session, world: World) -> tuple[Letter, Walk]:
    """Return a letter whose sender is asked for more."""
    letter = an_opened_letter(client, session, world)
    way = Walk(session, world, letter.id, letter.received_at)
    way.accept()
    way.step(handling.ask_citizen, "city_handler", "请问是几号楼门口的路灯？")
    return way.letter, way


def answered(client: FlaskClient, session: Session, world: World) -> Letter:
    """Return a closed letter."""
    letter = an_opened_letter(client, session, world)
    way = Walk(session, world, letter.id, letter.received_at)
    way.accept()
    way.ask_signoff()
    way.sign()
    return way.letter


def act(client: FlaskClient, letter: Letter, name: str, status: int = 302, **data: str) -> str:
    """Fill the form of an action, send it, return the words of the answer."""
    page = f"/letters/{letter.number}"
    return post(client, f"{page}/{name}", data, page=page, status=status).text


def the_form(client: FlaskClient, letter: Letter, name: str) -> Form:
    """Return the form of an action as the page has it now."""
    return get(client, f"/letters/{letter.number}").form(f"/letters/{letter.number}/{name}")


def test_a_new_letter_may_be_withdrawn(client: FlaskClient, session: Session, world: World) -> None:
    """A letter nobody has accepted offers withdrawal and nothing else, and can be withdrawn."""
    letter = an_opened_letter(client, session, world)
    assert offered(client, letter) == ALWAYS | {"withdraw", "add"}
    asked_again = act(client, letter, "withdraw", status=200)
    session.refresh(letter)
    assert "确定撤回" in asked_again and letter.state is State.SUBMITTED
    act(client, letter, "withdraw", sure="y")
    session.refresh(letter)
    assert letter.state is State.WITHDRAWN
    assert offered(client, letter) == set()


def test_a_question_may_be_answered(client: FlaskClient, session: Session, world: World) -> None:
    """A supplement reaches the office and the letter goes on."""
    letter, _ = asked(client, session, world)
    assert offered(client, letter) == ALWAYS | {"supplement"}
    act(client, letter, "supplement", text="是三号楼门口的那一盏。")
    session.refresh(letter)
    assert letter.state is State.IN_PROGRESS
    assert letter.messages[-1].text == "是三号楼门口的那一盏。"


def test_a_closed_letter_may_be_rated_once(
    client: FlaskClient, session: Session, world: World
) -> None:
    """A rating is kept and shown, and the form is gone."""
    letter = answered(client, session, world)
    assert offered(client, letter) == ALWAYS | {"rating", "redo"}
    act(client, letter, "rating", attitude="5", efficiency="4", comment="很快")
    session.refresh(letter)
    assert letter.rating is not None
    assert (letter.rating.attitude, letter.rating.efficiency, letter.rating.comment) == (
        5,
        4,
        "很快",
    )
    assert offered(client, letter) == ALWAYS | {"redo"}


def test_a_redo_may_be_asked_once(client: FlaskClient, session: Session, world: World) -> None:
    """A redo opens the letter again with a new due date; a second one is not offered."""
    letter = answered(client, session, world)
    act(client, letter, "redo", text="路灯修好两天又坏了。")
    session.refresh(letter)
    assert letter.state is State.IN_PROGRESS
    assert "redo" not in offered(client, letter)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"efficiency": "4"}, "请给服务态度打分"),
        ({"attitude": "6", "efficiency": "4"}, "服务态度"),
        ({"attitude": "x", "efficiency": "4"}, "服务态度"),
        ({"attitude": "5", "efficiency": "4", "comment": "好" * 501}, "多了 1 字"),
    ],
)
def test_a_wrong_rating_is_said(
    client: FlaskClient, session: Session, world: World, data: dict[str, str], said: str
) -> None:
    """A rating outside 1 to 5, or a comment that is too long, is refused with a word why."""
    letter = answered(client, session, world)
    page = f"/letters/{letter.number}"
    answer = post(client, f"{page}/rating", data, page=page, status=422)
    assert said in answer.html.split("data-error-summary", 1)[1].split("</ul>", 1)[0]
    session.refresh(letter)
    assert letter.rating is None


def test_a_supplement_that_is_too_long_is_kept(
    client: FlaskClient, session: Session, world: World
) -> None:
    """A supplement above the limit comes back whole, to be shortened."""
    letter, _ = asked(client, session, world)
    page = f"/letters/{letter.number}"
    text = "长" * (TEXT_MAX + 1)
    answer = post(client, f"{page}/supplement", {"text": text}, page=page, status=422)
    assert answer.form(f"{page}/supplement").fields["text"] == [text]


def test_an_empty_supplement_is_refused(
    client: FlaskClient, session: Session, world: World
) -> None:
    """A supplement of spaces is refused and the letter keeps waiting."""
    letter, _ = asked(client, session, world)
    act(client, letter, "supplement", 422, text=" \u3000\n")
    session.refresh(letter)
    assert letter.state is State.AWAITING_CITIZEN


def test_a_supplement_that_comes_too_late_is_not_lost(
    client: FlaskClient, session: Session, world: World
) -> None:
    """A supplement to a letter that was closed meanwhile is shown again, with the reason."""
    letter, way = asked(client, session, world)
    form = the_form(client, letter, "supplement")
    handling.close_unanswered(way.now + timedelta(days=30))
    answer = read(client.post(form.action, data={**form.hidden, "text": "是三号楼。"}))
    assert answer.status == 409
    assert "当前的状态不允许" in answer.text
    assert "没有收到您的补充" in answer.text
    assert "是三号楼。" in answer.html


def test_a_withdrawal_after_acceptance_is_told(
    client: FlaskClient, session: Session, world: World
) -> None:
    """A citizen who withdraws from a stale page is told that the letter goes on."""
    letter = an_opened_letter(client, session, world)
    form = the_form(client, letter, "withdraw")
    Walk(session, world, letter.id, letter.received_at).accept()
    assert client.post(form.action, data=form.hidden).status_code == 409
    session.refresh(letter)
    assert letter.state is State.IN_PROGRESS


def test_text_for_a_letter_that_is_not_open_is_not_lost(
    client: FlaskClient, session: Session, world: World
) -> None:
    """A supplement sent after leaving the letter is shown beside the form that opens it."""
    letter, _ = asked(client, session, world)
    form = the_form(client, letter, "supplement")
    post(client, "/track/leave", page=f"/letters/{letter.number}")
    answer = read(client.post(form.action, data={**form.hidden, "text": "是三号楼。"}))
    assert answer.status == 404
    assert "是三号楼。" in answer.html
    session.refresh(letter)
    assert letter.state is State.AWAITING_CITIZEN


@pytest.mark.parametrize("name", ACTIONS)
def test_nobody_acts_on_a_foreign_letter(
    client: FlaskClient, session: Session, world: World, name: str
) -> None:
    """An action on a letter that this browser has not opened answers like a missing one."""
    letter = an_opened_letter(client, session, world)
    stranger = client.application.test_client()
    token = get(stranger, "/track").form("/track").hidden
    answer = stranger.post(f"/letters/{letter.number}/{name}", data={**token, "text": "改"})
    assert answer.status_code == 404
    session.refresh(letter)
    assert letter.state is State.SUBMITTED


def standing(client: FlaskClient, letter: Letter) -> str:
    """Return what the page says first of all."""
    html = get(client, f"/letters/{letter.number}").html
    return html.split('class="standing', 1)[1].split("</section>", 1)[0]


def test_the_page_says_first_what_happened_and_what_to_do(
    client: FlaskClient, session: Session, world: World
) -> None:
    """The last milestone, the next step and the covered contacts stand above the letter."""
    letter, _ = asked(client, session, world)
    said = standing(client, letter)
    assert "最近：请您补充情况" in said and 'href="#supplement-title"' in said
    assert "139****0001" in said and "13900000001" not in said


def test_something_is_added_of_ones_own_accord(
    client: FlaskClient, session: Session, world: World
) -> None:
    """What is added stands in the correspondence; an empty form comes back with its error."""
    letter = an_opened_letter(client, session, world)
    act(client, letter, "add", status=422, text="")
    act(client, letter, "add", text="昨晚又灭了。")
    assert "昨晚又灭了。" in get(client, f"/letters/{letter.number}").text


def test_contacts_are_corrected(client: FlaskClient, session: Session, world: World) -> None:
    """A wrong number is refused by the field, a right one replaces what the office has."""
    letter = an_opened_letter(client, session, world)
    wrong = act(client, letter, "contacts", status=422, phone="12")
    assert "11 位手机号码" in wrong
    assert "请填写新的" in act(client, letter, "contacts", status=422)
    act(client, letter, "contacts", phone="13900000002")
    session.refresh(letter)
    assert letter.sender_phone == "13900000002"
    assert "139****0002" in standing(client, letter)


def test_an_overdue_letter_is_urged(client: FlaskClient, session: Session, world: World) -> None:
    """The one next step of an overdue letter is to urge, once a working day."""
    letter = an_opened_letter(client, session, world)
    assert "urge" not in offered(client, letter)
    letter.due_on = letter.received_at.date() - timedelta(days=3)
    session.commit()
    assert "/urge" in standing(client, letter)
    act(client, letter, "urge")
    session.refresh(letter)
    assert letter.urge_count == 1
    assert "/urge" not in standing(client, letter)


def test_a_declined_letter_goes_to_the_superior(
    client: FlaskClient, staff: Callable[[str], FlaskClient], session: Session, world: World
) -> None:
    """The sender disagrees, the superior sees why and decides, the sender reads the decision."""
    letter = an_opened_letter(client, session, world)
    walk = Walk(session, world, letter.id, letter.received_at)
    walk.step(handling.decline, "city_dispatcher", DeclineReason.OTHER_AUTHORITY, "请找路灯所")
    assert 'href="#appeal-title"' in standing(client, letter)
    act(client, letter, "appeal", text="路灯正归这里管。")
    assert offered(client, letter) == ALWAYS
    browser = staff("office_supervisor")
    page = f"/console/letters/{letter.number}"
    assert "路灯正归这里管。" in get(browser, page).text
    decision = {"accepted": "no"}
    assert "理由" in post(browser, f"{page}/appeal-decision", decision, page=page, status=422).text
    decision["note"] = "路灯由城管局负责。"
    post(browser, f"{page}/appeal-decision", decision, page=page)
    assert "路灯由城管局负责。" in get(client, f"/letters/{letter.number}").text
