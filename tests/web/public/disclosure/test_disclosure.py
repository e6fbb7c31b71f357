"""Applying for disclosure: the form, the receipt, one's own request, and who sees it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.domain.disclosure.requests import DisclosureOutcome, DisclosureState
from portal.domain.letters.states import DeclineReason
from portal.models import DisclosureRequest
from portal.services.disclosure import requests as disclosure
from portal.services.disclosure.requests import Answer
from portal.services.letters import handling
from tests.builders import World
from tests.disclosure import DISCLOSED, IDENTITY, a_request
from tests.pages import Client, Page, get, post
from tests.web.public.citizens import an_opened_letter, value

TITLE = "2015年路灯维修经费支出情况"


def typed(world: World, **changes: Any) -> dict[str, Any]:
    """What an applicant types; a field given as ``None`` is left out."""
    fields = {
        "organisation": str(world["city"]),
        "title": TITLE,
        "description": "石桥街道的项目和金额",
        "wished_form": "electronic",
        "delivery": "online",
        "applicant_kind": "citizen",
        "applicant": "周晓兰",
        "identity": IDENTITY,
        "phone": "13900000001",
    }
    return {name: given for name, given in {**fields, **changes}.items() if given is not None}


def send(
    client: FlaskClient, world: World, step: str = "send", status: int = 302, **changes: Any
) -> Page:
    """Fill the form and send it."""
    return post(client, "/disclosure/new", {**typed(world, **changes), "step": step}, status=status)


def preview(client: FlaskClient, world: World, **changes: Any) -> Page:
    """Fill the form, ask for the preview and go where that leads."""
    return get(client, send(client, world, "preview", 303, **changes).response.location or "")


def receipt(client: FlaskClient, world: World, **changes: Any) -> tuple[str, str]:
    """File a request and return number and code from the receipt."""
    send(client, world, **changes)
    page = get(client, "/disclosure/receipt")
    return value(page, "receipt-number"), value(page, "receipt-code")


def opened(client: FlaskClient, number: str, code: str) -> Page:
    """Open a request with its number and code."""
    return post(client, "/track", {"number": number, "query_code": code}, follow=True)


def requests(session: Session) -> list[DisclosureRequest]:
    """Return all requests."""
    return list(session.scalars(sa.select(DisclosureRequest).order_by(DisclosureRequest.id)))


def test_a_request_is_filed_and_found_again(client: Client, world: World) -> None:
    """Number and code from the receipt open the request at the one place to look things up."""
    number, code = receipt(client, world)
    assert number.startswith("GK")
    page = opened(client, number.lower().replace("-", " "), code.lower())
    assert TITLE in page.text and "待答复" in page.text and "第 20 天" in page.text


def test_the_code_is_shown_once_and_kept_as_a_hash(
    client: Client, session: Session, world: World
) -> None:
    """The receipt shows the code a single time; the database and the cookie do not hold it."""
    _number, code = receipt(client, world)
    assert 'id="receipt-code"' not in get(client, "/disclosure/receipt").html
    row = session.execute(sa.text("SELECT * FROM disclosure_request")).one()
    kept = " ".join(str(part) for part in row)
    plain = code.replace("-", "")
    assert plain not in kept and plain not in str(client.get_cookie("letterbox"))
    for secret in ("周晓兰", IDENTITY, "13900000001"):
        assert secret not in kept


def test_a_double_click_files_once(client: Client, session: Session, world: World) -> None:
    """The same form sent twice gives one request and the same receipt."""
    form = get(client, "/disclosure/new", follow_redirects=True).form("/disclosure/new")
    said = {**form.hidden, **typed(world), "step": "send"}
    for _click in range(2):
        assert client.post("/disclosure/new", data=said).status_code == 302
    assert len(requests(session)) == 1


def test_the_preview_carries_everything(client: Client, session: Session, world: World) -> None:
    """Nothing is filed before the applicant has looked it over, and nothing typed is lost."""
    page = preview(client, world)
    assert "还没有提交" in page.text and not requests(session)
    kept = page.form("/disclosure/new").hidden
    assert typed(world).items() <= kept.items()


def test_the_preview_has_an_address_of_its_own(
    client: Client, session: Session, world: World
) -> None:
    """Preview and form are loaded again with everything typed; once filed, they lead to the receipt."""
    led = send(client, world, "preview", 303, organisation=str(world["township"]))
    preview = led.response.location or ""
    for _ in range(2):
        assert TITLE in get(client, preview).text
    fields = get(client, preview.removesuffix("/preview")).form("/disclosure/new").fields
    assert fields["organisation"] == [str(world["township"])]
    assert fields["identity"] == [IDENTITY]
    kept = get(client, preview).form("/disclosure/new").hidden
    filed = client.post("/disclosure/new", data={**kept, "step": "send"})
    (request,) = requests(session)
    assert filed.location == f"/disclosure/receipt/{request.number}"
    assert client.get(preview).location == filed.location
    assert not session.scalar(sa.text("SELECT count(*) FROM unsent_form"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"organisation": ""}, "organisation"),
        ({"organisation": "99999999"}, "organisation"),
        ({"title": " "}, "title"),
        ({"title": "长" * 101}, "title"),
        ({"description": ""}, "description"),
        ({"wished_form": "gold"}, "wished_form-0"),
        ({"delivery": None}, "delivery-0"),
        ({"applicant_kind": None}, "applicant_kind-0"),
        ({"applicant": ""}, "applicant"),
        ({"identity": ""}, "identity"),
        ({"identity": "110105194912310021"}, "identity"),
        ({"phone": ""}, "phone"),
        ({"applicant_kind": "organisation"}, "identity"),
        ({"phone": "12"}, "phone"),
        ({"delivery": "email"}, "email"),
        ({"delivery": "post"}, "address"),
        ({"email": "zhou@"}, "email"),
    ],
)
def test_what_is_missing_is_said_at_its_field(
    client: Client, session: Session, world: World, changes: dict[str, Any], field: str
) -> None:
    """A fault is named at its field, the rest stays, nothing is filed."""
    page = send(client, world, status=422, **changes)
    assert f'href="#{field}"' in page.html.split("data-error-summary", 1)[1].split("</ul>", 1)[0]
    kept = page.form("/disclosure/new").fields
    assert kept["description"] == [typed(world, **changes).get("description", "")]
    assert not requests(session)


def test_an_enterprise_takes_no_requests(client: Client, world: World) -> None:
    """An enterprise that serves the public is refused with the way to go instead."""
    page = send(client, world, status=422, organisation=str(world["water"]))
    assert "主管部门" in page.text
    assert "向它申请信息公开" not in get(client, f"/organisations/{world['water']}").text
    assert "向它申请信息公开" in get(client, f"/organisations/{world['city']}").text


def test_too_many_submissions_wait_with_the_form_kept(client: Client, world: World) -> None:
    """Requests and letters from one address share a limit; the text stays in the form."""
    for index in range(20):
        send(client, world, title=f"第{index}件")
    page = send(client, world, status=429)
    assert page.form("/disclosure/new").fields["title"] == [TITLE]
    assert page.response.headers["Retry-After"]


def test_a_closed_request_answers_like_none(client: Client, session: Session, world: World) -> None:
    """Without its code a request is like one that does not exist, in every route."""
    number = a_request(session, world).number
    pages = [
        get(client, f"/disclosure/{n}", 404) for n in (number, "GK2020-999999-4", "GK1", "abc")
    ]
    assert len({page.text for page in pages}) == 1
    token = get(client, "/track").form("/track").hidden["csrf_token"]
    for step in ("completion", "withdraw"):
        answer = client.post(f"/disclosure/{number}/{step}", data={"csrf_token": token})
        assert answer.status_code == 404
    assert requests(session)[0].state is DisclosureState.OPEN


def test_guessing_is_limited_together_with_letters(client: Client, world: World) -> None:
    """Ten wrong codes from one address close the page for a while, for requests as for letters."""
    number, code = receipt(client, world)
    for _try in range(10):
        post(client, "/track", {"number": number, "query_code": "0" * 13}, status=422)
    post(client, "/track", {"number": number, "query_code": code}, status=429)


def at_office(session: Session, world: World) -> tuple[DisclosureRequest, datetime]:
    """Return the request just filed and the present moment."""
    session.rollback()
    return requests(session)[0], datetime.now(UTC)


def test_the_applicant_completes_and_reads_the_answer(
    client: Client, session: Session, world: World
) -> None:
    """The notice, the completion, the answer with its outcome and remedies stand on the page."""
    number, code = receipt(client, world)
    actor = world.actor("city_handler")
    request, at = at_office(session, world)
    until = (at + timedelta(days=9)).date()
    disclosure.ask_completion(request.id, 1, "请写明年份和道路。", until, actor, at)
    page = opened(client, number, code)
    assert "请写明年份和道路。" in page.text and "等您补正期间不计期限" in page.text
    url = f"/disclosure/{number}"
    assert (
        "请写下要补正的内容"
        in post(client, f"{url}/completion", {"text": " "}, page=url, status=422).text
    )
    done = post(client, f"{url}/completion", {"text": "2015年，人民路。"}, page=url, follow=True)
    assert "2015年，人民路。" in done.text and "收到补正" in done.text
    answer = Answer(DisclosureOutcome.NOT_OURS, "您申请的信息由财政部门公开。", "市财政局")
    disclosure.answer(request.id, 3, answer, actor, at)
    page = get(client, url)
    for words in ("答复：不属于本行政机关公开", "负责公开这项信息的机关：市财政局", "行政复议"):
        assert words in page.text
    assert "撤回申请" not in page.text


def test_the_applicant_withdraws(client: Client, session: Session, world: World) -> None:
    """A request is withdrawn by its applicant and cannot be withdrawn again."""
    number, code = receipt(client, world)
    opened(client, number, code)
    own, step = f"/disclosure/{number}", f"/disclosure/{number}/withdraw"
    assert "确定撤回" in post(client, step, page=own, status=200).text
    page = post(client, step, {"sure": "y"}, page=own, follow=True)
    assert "申请已经撤回" in page.text
    assert at_office(session, world)[0].state is DisclosureState.WITHDRAWN


def test_an_overtaken_completion_keeps_its_text(
    client: Client, session: Session, world: World
) -> None:
    """Where the office answered meanwhile, the applicant is told and keeps what was typed."""
    number, code = receipt(client, world)
    request, at = at_office(session, world)
    actor = world.actor("city_handler")
    until = (at + timedelta(days=9)).date()
    disclosure.ask_completion(request.id, 1, "请写明年份。", until, actor, at)
    page = opened(client, number, code)
    form = page.form(f"/disclosure/{number}/completion")
    disclosure.answer(request.id, 2, DISCLOSED, actor, at)
    answer = client.post(
        f"/disclosure/{number}/completion", data={**form.hidden, "text": "是2015年。"}
    )
    assert answer.status_code == 409 and "是2015年。" in answer.get_data(as_text=True)


def test_leaving_closes_the_request_too(client: Client, world: World) -> None:
    """On a shared computer one button closes letters and requests."""
    number, code = receipt(client, world)
    opened(client, number, code)
    post(client, "/track/leave", page=f"/disclosure/{number}")
    get(client, f"/disclosure/{number}", 404)


def test_the_page_tells_this_years_figures(client: Client, session: Session, world: World) -> None:
    """The page says how many requests came this year and what became of them."""
    assert "今年还没有收到公开申请" in get(client, "/disclosure").text
    a_request(session, world, DisclosureState.ANSWERED, now=datetime.now(UTC) - timedelta(days=1))
    text = get(client, "/disclosure").text
    assert "已答复 1 ÷ 除以 应答复 1" in text and "1 件，占已答复的 100.00%" in text


def test_a_request_not_yet_due_is_told_apart(
    client: Client, session: Session, world: World
) -> None:
    """A request still within its limit is no unanswered one: the rate leaves it out and says so."""
    a_request(session, world, now=datetime.now(UTC) - timedelta(days=1))
    page = get(client, "/disclosure").text
    assert "已答复 0 ÷ 除以 应答复 0" in page and "1 件，还在答复期限内" in page


def test_a_letter_that_asks_for_disclosure_is_led_here(
    client: Client, session: Session, world: World
) -> None:
    """A letter declined as a request for disclosure links to the form for one."""
    letter = an_opened_letter(client, session, world)
    handling.decline(
        letter.id,
        letter.version,
        DeclineReason.DISCLOSURE_REQUEST,
        "",
        world.actor("city_dispatcher"),
        datetime.now(UTC),
    )
    page = get(client, f"/letters/{letter.number}")
    assert f"/disclosure/new?organisation={world['city']}" in page.links
    form = get(client, f"/disclosure/new?organisation={world['city']}", follow_redirects=True).form(
        "/disclosure/new"
    )
    assert form.fields["organisation"] == [str(world["city"])]


def test_requests_are_no_letters_in_english(client: Client, session: Session, world: World) -> None:
    """A request left unanswered is called a request in English, not a letter."""
    a_request(session, world, now=datetime.now(UTC) - timedelta(days=60))
    text = get(client, "/en/disclosure").text
    assert "Limit passed without an answer 1 request" in text and "1 letter" not in text
