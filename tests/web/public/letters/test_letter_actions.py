"""What the sender may do with a letter, and what happens when it is not possible."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.domain.letters.states import TEXT_MAX, State
from portal.models import Letter
from portal.services.letters import handling
from tests.builders import Walk, World
from tests.pages import Form, get, post, read
from tests.web.public.citizens import an_opened_letter

ACTIONS = ("supplement", "withdraw", "rating", "redo")


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
    assert offered(client, letter) == {"withdraw"}
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
    assert offered(client, letter) == {"supplement"}
    act(client, letter, "supplement", text="是三号楼门口的那一盏。")
    session.refresh(letter)
    assert letter.state is State.IN_PROGRESS
    assert letter.messages[-1].text == "是三号楼门口的那一盏。"


def test_a_closed_letter_may_be_rated_once(
    client: FlaskClient, session: Session, world: World
) -> None:
    """A rating is kept and shown, and the form is gone."""
    letter = answered(client, session, world)
    assert offered(client, letter) == {"rating", "redo"}
    act(client, letter, "rating", attitude="5", efficiency="4", comment="很快")
    session.refresh(letter)
    assert letter.rating is not None
    assert (letter.rating.attitude, letter.rating.efficiency, letter.rating.comment) == (
        5,
        4,
        "很快",
    )
    assert offered(client, letter) == {"redo"}


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
