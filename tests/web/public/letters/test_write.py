"""Writing a letter: form, preview, sending, receipt."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import ConsentBasis
from tests.builders import World
from tests.pages import Client, get
from tests.web.public.citizens import (
    TEXT,
    TITLE,
    letters,
    preview,
    receipt,
    send,
    typed,
    value,
    written,
)


def test_the_form_asks_nothing_to_be_ticked(client: FlaskClient, world: World) -> None:
    """A fresh form has no kind chosen, no organisation and no consent."""
    form = written(client)
    assert form.fields["kind"] == []
    assert form.fields["organisation"] == [""]
    assert form.fields["consent"] == []


def test_the_form_takes_an_organisation_from_the_address(client: FlaskClient, world: World) -> None:
    """A link from the directory chooses the organisation, also one below level 1."""
    form = get(client, f"/write?organisation={world['township']}", follow_redirects=True).form(
        "/write"
    )
    assert form.fields["organisation"] == [str(world["township"])]


def test_the_preview_sends_nothing(client: FlaskClient, session: Session, world: World) -> None:
    """A preview shows the letter and leaves no letter behind."""
    page = preview(client, organisation=str(world["city"]))
    assert TITLE in page.text
    assert TEXT in page.text
    assert "山城市城市管理局" in page.text
    assert letters(session) == []


def test_the_preview_carries_the_letter_on(
    client: FlaskClient, session: Session, world: World
) -> None:
    """A letter sent from its preview has everything that was typed."""
    form = preview(client, organisation=str(world["city"]), consent="y").form("/write")
    answer = client.post("/write", data={**form.hidden, "step": "send"})
    assert answer.status_code == 302
    (letter,) = letters(session)
    assert (letter.title, letter.text, letter.sender_name) == (TITLE, TEXT, "周晓兰")
    assert letter.organisation_id == world["city"]
    assert letter.consent_basis is ConsentBasis.SENDER


def test_back_from_the_preview_nothing_is_lost(client: FlaskClient, world: World) -> None:
    """A citizen who goes back from the preview finds the form as it was left."""
    form = preview(client, organisation=str(world["bureau"]), consent="y").form("/write")
    answer = client.post("/write", data={**form.hidden, "step": "edit"}, follow_redirects=True)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert TEXT in html
    assert f'selected value="{world["bureau"]}"' in html
    assert (
        "checked"
        in html.split('name="consent"')[0].rsplit("<", 1)[1]
        + html.split('name="consent"')[1].split(">")[0]
    )


def test_the_preview_shows_what_would_be_public(client: FlaskClient, world: World) -> None:
    """A consenting citizen sees the letter with name and telephone masked."""
    page = preview(client, consent="y", text="我叫周晓兰，电话13912345678，路灯坏了。")
    shown = page.html.split("<details", 1)[1]
    assert "路灯坏了" in shown
    assert "周晓兰" not in shown.split("</details>")[0]
    assert "13912345678" not in shown.split("</details>")[0]


def test_the_preview_points_out_numbers_that_should_not_be_sent(
    client: FlaskClient, world: World
) -> None:
    """A citizen whose text holds an identity or card number sees where before sending."""
    page = preview(client, text="我叫周晓兰，身份证500103198507\n12421X，路灯坏了。")
    assert "信里有证件号码或账号" in page.text
    assert "身份证号：" in page.text
    assert "<mark>500103198507\n12421X</mark>" in page.html.replace("\r", "")


def test_the_preview_of_a_harmless_letter_warns_of_nothing(
    client: FlaskClient, world: World
) -> None:
    """Without such a number there is no warning."""
    assert "信里有证件号码或账号" not in preview(client).text


def test_without_consent_no_public_copy_is_shown(client: FlaskClient, world: World) -> None:
    """A citizen who does not consent is shown no public copy and is told so."""
    page = preview(client)
    assert "<details" not in page.html
    assert "不同意公示" in page.text


def test_who_does_not_know_writes_to_the_office(
    client: FlaskClient, session: Session, world: World
) -> None:
    """A letter without an organisation goes to the letterbox office."""
    send(client)
    assert letters(session)[0].organisation_id == world["office"]


def test_a_report_goes_past_the_accused(
    client: FlaskClient, session: Session, world: World
) -> None:
    """A report goes to the superior of the organisation accused, and consent is ignored."""
    send(client, kind="report", organisation=str(world["township"]), consent="y")
    (letter,) = letters(session)
    assert letter.kind is Kind.WRONGDOING
    assert letter.organisation_id == world["district"]
    assert letter.consent_basis is ConsentBasis.NONE


def test_the_preview_of_a_report_says_who_handles_it(client: FlaskClient, world: World) -> None:
    """A preview of a report says that the superior handles it and that it is never public."""
    page = preview(client, kind="report", organisation=str(world["township"]), consent="y")
    assert "由它的上级办理" in page.text
    assert "这类信件绝不公示" in page.text


def test_a_double_click_gives_one_letter(
    client: FlaskClient, session: Session, world: World
) -> None:
    """The same form sent twice gives one letter and the same receipt."""
    form = preview(client).form("/write")
    for _ in range(2):
        answer = client.post("/write", data={**form.hidden, "step": "send"})
        assert answer.status_code == 302
    number = value(get(client, "/receipt"), "receipt-number")
    assert [letter.number for letter in letters(session)] == [number]


def test_a_changed_letter_from_the_same_page_is_not_swallowed(
    client: FlaskClient, session: Session, world: World
) -> None:
    """A citizen who goes back and sends another text has written two letters."""
    form = written(client)
    for text in (TEXT, "另一件事：公交站台的雨棚也坏了。"):
        client.post("/write", data={**form.hidden, **typed(text=text), "step": "send"})
    assert [letter.text for letter in letters(session)] == [
        TEXT,
        "另一件事：公交站台的雨棚也坏了。",
    ]


def test_the_receipt_shows_number_code_and_due_date(
    client: FlaskClient, session: Session, world: World
) -> None:
    """A receipt shows number, query code and the day by which an answer is due."""
    send(client)
    page = get(client, "/receipt")
    (letter,) = letters(session)
    assert value(page, "receipt-number") == letter.number
    assert len(value(page, "receipt-code").replace("-", "")) == 13
    assert letter.due_on is not None
    assert f"{letter.due_on.month}月{letter.due_on.day}日" in page.text


def test_a_copy_of_the_cookie_is_shown_no_code(app: Flask, client: Client, world: World) -> None:
    """Whoever has the cookie from before the receipt was read gets the number, and no code."""
    send(client)
    cookie = client.get_cookie("letterbox")
    assert cookie is not None
    copied = app.test_client()
    copied.set_cookie("letterbox", cookie.value)
    assert 'id="receipt-code"' in get(client, "/receipt").html
    page = get(copied, "/receipt").html
    assert 'id="receipt-number"' in page
    assert 'id="receipt-code"' not in page


def test_the_code_is_shown_once(client: FlaskClient, world: World) -> None:
    """A receipt that is loaded again shows the number and no code."""
    number, code = receipt(client)
    page = get(client, "/receipt")
    assert number in page.text
    assert code not in page.html
    assert "已经显示过一次" in page.text


def test_the_code_stands_in_no_cookie(client: FlaskClient, session: Session, world: World) -> None:
    """A query code is neither in the address nor in what the browser keeps."""
    answer = send(client)
    cookies = "".join(answer.response.headers.getlist("Set-Cookie"))
    code = value(get(client, "/receipt"), "receipt-code")
    (letter,) = letters(session)
    assert answer.response.location == f"/receipt/{letter.number}"
    assert code not in cookies
    assert code.replace("-", "") not in cookies


def test_without_a_letter_there_is_no_receipt(client: FlaskClient, world: World) -> None:
    """A browser that has sent nothing is led from the receipt to the tracking page."""
    assert client.get("/receipt").location == "/track"
