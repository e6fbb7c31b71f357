"""The reply editor: drafts, checks, sign-off, two people at once."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import State
from portal.models import Letter
from portal.services.letters import handling, replying
from tests.builders import Walk, World, a_letter, a_walk
from tests.pages import Client, Page, get, read
from tests.web.console.conftest import Staff
from tests.web.console.letters.test_letter import url

GOOD = (
    "周女士，您好！来信收悉。您反映的梧桐小区门口路灯问题，经市政设施管理处现场核实，系电缆老化造成，"
    "我局已安排更换，路灯将于 6 月 20 日前修好并恢复照明。感谢您的监督。如有疑问，请致电"
    "市政设施管理处，联系电话：023-12345678。"
)


def begun(session: Session, world: World, **choices: Any) -> Walk:
    """Return a letter that the city department works on."""
    walk = a_walk(session, world, **choices)
    walk.accept()
    return walk


def send(client: Client, letter: Letter, text: str, step: str = "send", **more: str) -> Page:
    """Open the editor and send what stands in it by the button ``step``."""
    form = get(client, url(letter, "/reply")).form(url(letter, "/reply"))
    return read(
        client.post(url(letter, "/reply"), data={**form.hidden, "text": text, "step": step, **more})
    )


def test_editor_shows_letter_and_questions(staff: Staff, session: Session, world: World) -> None:
    """Beside the editor stand the letter and its questions."""
    walk = begun(session, world)
    page = get(staff("city_handler"), url(walk.letter, "/reply"))
    assert "来信中的问题 晚上回家看不清路，请问什么时候能修好？" in page.text.replace(
        "石桥街道梧桐小区门口的路灯坏了两个星期，", ""
    )


def test_draft_is_saved_by_the_button(staff: Staff, session: Session, world: World) -> None:
    """Without script a button keeps the draft, and it is there the next time."""
    walk, client = begun(session, world), staff("city_handler")
    assert send(client, walk.letter, "写到一半", "save").status == 302
    form = get(client, url(walk.letter, "/reply")).form(url(walk.letter, "/reply"))
    assert form.fields["text"] == ["写到一半"]


def test_draft_is_kept_as_one_writes(staff: Staff, session: Session, world: World) -> None:
    """The script's endpoint answers with the version to go on from."""
    walk, client = begun(session, world), staff("city_handler")
    hidden = get(client, url(walk.letter, "/reply")).form(url(walk.letter, "/reply")).hidden
    for expected in (1, 2):
        answer = client.post(
            url(walk.letter, "/draft"), data={**hidden, "text": f"第 {expected} 稿"}
        )
        assert answer.status_code == 200
        assert answer.get_json()["version"] == expected
        hidden["reply_version"] = str(expected)
    assert walk.letter.draft.text == "第 2 稿"


def test_draft_of_a_colleague_is_not_overwritten(
    staff: Staff, session: Session, world: World
) -> None:
    """Somebody else has saved: the endpoint says so and keeps the colleague's text."""
    walk, client = begun(session, world), staff("city_handler")
    hidden = get(client, url(walk.letter, "/reply")).form(url(walk.letter, "/reply")).hidden
    send(staff("city_handler2"), walk.letter, "同事的草稿", "save")
    answer = client.post(url(walk.letter, "/draft"), data={**hidden, "text": "我的草稿"})
    assert answer.status_code == 409
    assert "刚被其他人改过" in answer.get_json()["error"]
    assert walk.letter.draft.text == "同事的草稿"


def test_conflict_shows_both_texts(staff: Staff, session: Session, world: World) -> None:
    """Two people on one reply: the second sees the other's text beside their own, and may go on."""
    walk, client = begun(session, world), staff("city_handler")
    hidden = get(client, url(walk.letter, "/reply")).form(url(walk.letter, "/reply")).hidden
    send(staff("city_handler2"), walk.letter, "同事的草稿", "save")
    told = read(
        client.post(url(walk.letter, "/reply"), data={**hidden, "text": GOOD, "step": "send"})
    )
    assert told.status == 409
    assert "同事的草稿" in told.text
    again = told.form(url(walk.letter, "/reply"))
    assert again.fields["text"] == [GOOD]
    data = {**again.hidden, "text": GOOD, "step": "send"}
    assert client.post(url(walk.letter, "/reply"), data=data).status_code == 302
    assert walk.letter.state is State.AWAITING_SIGNOFF


def test_good_reply_goes_to_signoff_at_once(staff: Staff, session: Session, world: World) -> None:
    """A reply that leaves nothing to be said against it is sent by one click."""
    walk = begun(session, world)
    answer = send(staff("city_handler"), walk.letter, GOOD)
    assert answer.status == 302, answer.text
    assert walk.letter.reply_in_review.text == GOOD


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("已处理。", "答复不足 60 字"),
        (GOOD.replace("您好！来信收悉。", ""), "开头没有称呼或问候"),
        (GOOD.replace("023-12345678", "见网站"), "没有留下承办单位的联系电话"),
        (GOOD.replace("如有疑问", "您的手机 13912345678 已登记。如有疑问"), "13912345678"),
    ],
)
def test_checks_are_shown_before_signoff(
    staff: Staff, session: Session, world: World, text: str, said: str
) -> None:
    """What a reviewer would send back is said first; the letter is not sent yet, the text is kept."""
    walk = begun(session, world)
    page = send(staff("city_handler"), walk.letter, text)
    assert page.status == 200
    assert said in page.text
    assert walk.letter.state is State.IN_PROGRESS
    assert walk.letter.draft.text == text


def test_checks_can_be_overruled(staff: Staff, session: Session, world: World) -> None:
    """The same text sent again goes to sign-off: the checks advise, the person decides."""
    walk, client = begun(session, world), staff("city_handler")
    page = send(client, walk.letter, "已处理。")
    form = page.form(url(walk.letter, "/reply"))
    answer = client.post(
        url(walk.letter, "/reply"), data={**form.hidden, "text": "已处理。", "step": "send"}
    )
    assert answer.status_code == 302
    assert walk.letter.state is State.AWAITING_SIGNOFF


def test_changed_text_is_checked_again(staff: Staff, session: Session, world: World) -> None:
    """What was overruled for one text does not hold for another."""
    walk, client = begun(session, world), staff("city_handler")
    form = send(client, walk.letter, "已处理。").form(url(walk.letter, "/reply"))
    data = {**form.hidden, "text": "已经处理。", "step": "send"}
    assert client.post(url(walk.letter, "/reply"), data=data).status_code == 200
    assert walk.letter.state is State.IN_PROGRESS


@pytest.mark.parametrize(
    ("text", "said"), [(" \n ", "请先写答复。"), ("字" * 5001, "最多 5000 字，现在多了")]
)
def test_empty_and_endless_replies_are_refused(
    staff: Staff, session: Session, world: World, text: str, said: str
) -> None:
    """An empty or too long reply is refused at the field, and what was typed stays."""
    walk = begun(session, world)
    page = send(staff("city_handler"), walk.letter, text)
    assert page.status == 422
    assert said in page.text
    assert page.form(url(walk.letter, "/reply")).fields["text"][0].strip() == text.strip()


def test_endless_draft_is_refused_at_the_field(
    staff: Staff, session: Session, world: World
) -> None:
    """A draft beyond the limit is not kept silently cut."""
    walk = begun(session, world)
    page = send(staff("city_handler"), walk.letter, "字" * 5001, "save")
    assert page.status == 422
    assert "内容太长，请删减后再提交。" in page.text


def test_note_of_the_reviewer_stands_over_the_editor(
    staff: Staff, session: Session, world: World
) -> None:
    """A reply sent back shows the reviewer's words where it is mended."""
    walk = begun(session, world)
    walk.ask_signoff()
    walk.step(replying.send_back, "city_reviewer", "请写明完工日期")
    page = get(staff("city_handler"), url(walk.letter, "/reply"))
    assert "请写明完工日期" in page.text
    assert page.form(url(walk.letter, "/reply")).fields["text"] == [
        "您好，路灯已经安排维修，三日内恢复照明。"
    ]


def test_follow_up_is_written_after_closing(staff: Staff, session: Session, world: World) -> None:
    """A closed letter gets a follow-up reply by the same editor."""
    letter = a_letter(session, world, State.CLOSED)
    answer = send(staff("city_handler"), letter, GOOD)
    assert answer.status == 302
    session.expire_all()
    fresh = session.get_one(Letter, letter.id)
    assert fresh.follow_up_pending
    assert fresh.state is State.CLOSED


def test_editor_is_closed_to_other_duties(staff: Staff, session: Session, world: World) -> None:
    """Who does not write replies has no editor; who does, has it for own letters only."""
    letter = begun(session, world).letter
    assert get(staff("city_dispatcher"), url(letter, "/reply"), 403).status == 403
    assert get(staff("police_handler"), url(letter, "/reply"), 404).status == 404
    assert get(staff("office_handler"), url(letter, "/reply"), 404).status == 404


def test_editor_leads_back_where_nothing_can_be_written(
    staff: Staff, session: Session, world: World
) -> None:
    """On a letter that is not being worked on the editor leads back to the letter."""
    letter = a_letter(session, world, State.SUBMITTED)
    answer = get(staff("city_handler"), url(letter, "/reply"), 302)
    assert answer.response.location == url(letter)


def test_reply_is_kept_where_the_letter_moved_on(
    staff: Staff, session: Session, world: World
) -> None:
    """The citizen was asked for more meanwhile: the text of the reply can still be copied."""
    walk, client = begun(session, world), staff("city_handler")
    hidden = get(client, url(walk.letter, "/reply")).form(url(walk.letter, "/reply")).hidden
    walk.step(handling.ask_citizen, "city_handler2", "请问是几号楼？")
    told = read(
        client.post(url(walk.letter, "/reply"), data={**hidden, "text": GOOD, "step": "send"})
    )
    assert told.status == 409
    assert GOOD[:40] in told.text


def test_senders_phone_in_the_reply_is_noticed(
    staff: Staff, session: Session, world: World
) -> None:
    """The sender's own number is found in whatever way it is written."""
    walk = begun(session, world, phone="13900000001", kind=Kind.CONSULTATION)
    text = GOOD.replace("感谢您的监督。", "我们将致电 139 0000 0001 回访。")
    page = send(staff("city_handler"), walk.letter, text)
    assert "含有个人信息" in page.text
