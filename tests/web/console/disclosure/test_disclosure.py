"""Requests for disclosure in the console: the list, the page, the steps, registering on paper."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.orm import Session

from portal.domain.disclosure.application import Delivery, RequestSource
from portal.domain.disclosure.requests import DisclosureOutcome, DisclosureState
from portal.models import DisclosureRequest, Event, User
from portal.services.disclosure import requests as disclosure
from tests.builders import World
from tests.conftest import CLOCK
from tests.disclosure import DISCLOSED, IDENTITY, MONDAY, a_request
from tests.pages import Page, get, post
from tests.web.console.conftest import Staff

LIST = "/console/disclosure"
YESTERDAY = CLOCK - timedelta(days=1)


def url(request: DisclosureRequest, more: str = "") -> str:
    """Return the address of a request's page, or of a step on it."""
    return f"{LIST}/{request.number}{more}"


def step(
    staff: Staff,
    request: DisclosureRequest,
    name: str,
    who: str = "city_handler",
    status: int | None = 302,
    **given: Any,
) -> Page:
    """Send the form of a step on the page of the request."""
    return post(staff(who), url(request, f"/{name}"), given, page=url(request), status=status)


def test_the_list_has_queues_with_counts(staff: Staff, session: Session, world: World) -> None:
    """Each queue holds its requests; the header tells how many wait for the handler's organisation."""
    states = (DisclosureState.AWAITING_COMPLETION, DisclosureState.ANSWERED)
    waiting, done = (a_request(session, world, s, now=CLOCK - timedelta(days=3)) for s in states)
    late = a_request(session, world, title="超期的一件", now=CLOCK - timedelta(days=60))
    client = staff("city_handler")
    page = get(client, LIST)
    assert "待本单位处理 1" in page.text and "公开申请（1）" in page.text
    for queue, request in (("awaiting", waiting), ("answered", done), ("overdue", late)):
        found = get(client, f"{LIST}?queue={queue}")
        assert url(request) in found.links and "共 1 件申请" in found.text
    assert "这里没有申请" in get(client, f"{LIST}?queue=due_soon").text


def test_a_name_is_no_pattern(staff: Staff, session: Session, world: World) -> None:
    """A per cent sign in a handler's name is shown like any other letter of it."""
    request = a_request(session, world, DisclosureState.ANSWERED, now=YESTERDAY)
    session.get_one(User, world.people["city_handler"]).name = "值班员 100%（临时）"
    session.commit()
    assert "值班员 100%（临时）" in get(staff("city_reviewer"), url(request)).text


def test_the_list_is_narrowed_by_words_and_place(
    staff: Staff, session: Session, world: World
) -> None:
    """Words look in titles and document numbers, an organisation stands for its subtree."""
    first = a_request(session, world, title="公厕改造", place="bureau", now=YESTERDAY)
    a_request(session, world, title="路灯改造", now=YESTERDAY)
    client = staff("office_dispatcher")
    found = get(client, f"{LIST}?q=公厕")
    assert url(first) in found.links and "共 1 件申请" in found.text
    assert "共 1 件申请" in get(client, f"{LIST}?queue=all&organisation={world['district']}").text
    assert "没有符合条件的申请" in get(client, f"{LIST}?queue=all&q=没有这样的词").text
    assert get(client, f"{LIST}?q={first.number}", 302).response.location == url(first)


def test_a_foreign_request_answers_like_a_missing_one(
    staff: Staff, session: Session, world: World
) -> None:
    """A request to another organisation and an unknown number look alike, in lists too."""
    foreign = a_request(session, world, place="police", now=YESTERDAY)
    client = staff("city_handler")
    pages = [
        get(client, f"{LIST}/{number}", 404) for number in (foreign.number, "GK2016-999999-1", "a")
    ]
    assert len({page.text for page in pages}) == 1
    assert url(foreign) not in get(client, f"{LIST}?queue=all").links


def test_a_reader_sees_no_forms(staff: Staff, session: Session, world: World) -> None:
    """A supervisor reads the request and is offered nothing to do with it."""
    request = a_request(session, world, now=YESTERDAY)
    page = get(staff("city_supervisor"), url(request))
    assert request.description in page.text
    assert [form for form in page.forms if LIST in form.action] == []


def test_the_applicant_is_covered_until_asked_for(
    staff: Staff, session: Session, world: World
) -> None:
    """Who applies stands on no page until somebody asks, and the look is in the history."""
    request = a_request(session, world, now=YESTERDAY)
    client = staff("city_handler")
    page = get(client, url(request))
    assert "周晓兰" not in page.html and IDENTITY not in page.html
    shown = post(client, url(request, "/applicant"), page=url(request), status=200)
    assert "周晓兰" in shown.text and IDENTITY in shown.text
    assert "查看申请人身份和联系方式" in get(client, url(request)).text
    assert "周晓兰" not in get(client, url(request)).html


def test_a_request_is_completed_extended_and_answered(
    staff: Staff, session: Session, world: World
) -> None:
    """Each step says that it was taken, and the history names it with its person."""
    request = a_request(session, world, now=YESTERDAY)
    step(staff, request, "completion", text="请写明道路。", complete_by="2016-06-30")
    step(staff, request, "completed", text="人民路。")
    step(staff, request, "extension", days="15", reason="需要征求第三方意见", consent="李主任")
    step(staff, request, "answer", outcome="refused", text="涉及商业秘密，不予公开。", step="send")
    page = get(staff("city_handler"), url(request))
    for words in (
        "通知补正",
        "申请人补正",
        "延长答复期限",
        "（经李主任同意）",
        "答复：不予公开",
        "city handler",
    ):
        assert words in page.text
    session.refresh(request)
    assert (request.state, request.outcome) == (
        DisclosureState.ANSWERED,
        DisclosureOutcome.REFUSED,
    )


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("completion", {"text": "", "complete_by": "2016-06-30"}, "请一次写明"),
        ("completion", {"text": "请写明", "complete_by": "2017-06-30"}, "60 日之内"),
        ("completion", {"text": "请写明", "complete_by": "不知道"}, "请按年-月-日填写"),
        ("extension", {"days": "16", "reason": "复杂", "consent": "李主任"}, "1 到 15 之间"),
        ("extension", {"days": "0", "reason": "复杂", "consent": "李主任"}, "1 到 15 之间"),
        ("extension", {"days": "十天", "reason": "复杂", "consent": "李主任"}, "请填写整数"),
        ("extension", {"days": "5", "reason": "复杂", "consent": ""}, "负责人"),
        ("answer", {"text": "答复"}, "请选择答复的结果"),
        ("answer", {"outcome": "disclosed", "text": " "}, "请写下答复"),
        ("answer", {"outcome": "gold", "text": "答复"}, "请选择答复的结果"),
        ("withdrawal", {"reason": ""}, "怎样、何时"),
    ],
)
def test_a_fault_is_said_and_nothing_done(
    staff: Staff, session: Session, world: World, name: str, given: dict[str, str], said: str
) -> None:
    """A form with a fault comes back with what was typed, and the request stays as it was."""
    request = a_request(session, world, now=YESTERDAY)
    page = step(staff, request, name, status=422, **given)
    assert said in page.text
    session.refresh(request)
    assert (request.state, request.version) == (DisclosureState.OPEN, 1)


def test_the_second_of_two_handlers_is_told_and_keeps_the_text(
    staff: Staff, session: Session, world: World
) -> None:
    """Who answers what was answered meanwhile learns of it and may copy the text."""
    request = a_request(session, world, now=YESTERDAY)
    client = staff("city_handler")
    form = get(client, url(request)).form(url(request, "/answer"))
    disclosure.answer(request.id, 1, DISCLOSED, world.actor("city_handler2"), CLOCK)
    sent = {**form.hidden, "outcome": "disclosed", "text": "我写的答复。"}
    answer = client.post(url(request, "/answer"), data=sent)
    words = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "我写的答复。" in words and "city handler2" in words


def test_paper_is_registered_with_its_day_of_receipt(
    staff: Staff, session: Session, world: World
) -> None:
    """A request on paper counts from the day it was received; its code is shown once."""
    client = staff("city_handler")
    said = {
        "source": "post",
        "received_on": "2016-06-10",
        "organisation": str(world["city"]),
        "title": "公厕改造",
        "description": "改造清单",
        "wished_form": "paper",
        "delivery": "collect",
        "applicant_kind": "organisation",
        "applicant": "山城商行",
        "identity": "91110000600037341L",
        "address": "人民路1号",
    }
    done = post(client, f"{LIST}/new", said)
    request = session.scalars(sa.select(DisclosureRequest)).one()
    assert request.source is RequestSource.POST and str(request.due_on) == "2016-06-30"
    assert done.response.location == url(request)
    assert "查询码只显示这一次" in get(client, url(request)).text
    assert "查询码只显示这一次" not in get(client, url(request)).text
    event = session.scalars(sa.select(Event).where(Event.subject.startswith("disclosure:"))).one()
    assert event.recorded_at == CLOCK and event.occurred_at < CLOCK


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"received_on": "2016-06-16"}, "不能晚于今天"),
        ({"source": ""}, "怎样收到的"),
        ({"received_on": "2014-06-01"}, "核对年份"),
        ({"title": ""}, "请写出"),
    ],
)
def test_a_wrong_registration_is_said(
    staff: Staff, session: Session, world: World, changes: dict[str, str], said: str
) -> None:
    """What cannot be registered is said at its field, the rest stays."""
    given = {
        "source": "counter",
        "received_on": "2016-06-15",
        "organisation": str(world["city"]),
        "title": "公厕改造",
        "description": "改造清单",
        "wished_form": "paper",
        "delivery": "collect",
        "applicant_kind": "citizen",
        "applicant": "周晓兰",
        "identity": IDENTITY,
        "phone": "13900000001",
        **changes,
    }
    page = post(staff("city_handler"), f"{LIST}/new", given, status=422)
    assert said in page.text
    assert page.form(f"{LIST}/new").fields["description"] == ["改造清单"]
    assert session.scalar(sa.select(sa.func.count(DisclosureRequest.id))) == 0


@pytest.mark.parametrize(
    ("who", "places"),
    [("city_handler", ["city"]), ("office_dispatcher", ["office"]), ("water_dispatcher", [])],
)
def test_the_picker_offers_only_the_own_authority(
    staff: Staff, world: World, who: str, places: list[str]
) -> None:
    """Registering is offered for the handler's authority, and for no enterprise."""
    found = get(staff(who), f"{LIST}/organisations.json?to=register").response.json
    assert found and [item["id"] for item in found["items"]] == [world[each] for each in places]


def test_a_superior_reads_and_is_offered_nothing(
    staff: Staff, session: Session, world: World
) -> None:
    """The dispatcher at the top sees the request to another authority, and cannot act for it."""
    request = a_request(session, world, now=YESTERDAY)
    client = staff("office_dispatcher")
    page = get(client, url(request))
    assert request.description in page.text and "由被申请机关答复" in page.text
    assert [form for form in page.forms if LIST in form.action] == []
    assert "没有能答复公开申请的账号" not in page.text
    token = get(client, LIST + "/new").form(LIST + "/new").hidden["csrf_token"]
    given = {
        "csrf_token": token,
        "version": 1,
        "outcome": "disclosed",
        "text": "答复",
        "step": "send",
    }
    for name in ("answer", "extension", "completion", "withdrawal", "applicant"):
        assert client.post(url(request, f"/{name}"), data=given).status_code == 403


def test_an_authority_without_handlers_is_said(
    staff: Staff, session: Session, world: World
) -> None:
    """Where nobody has an account that may answer, the superior learns whom to turn to."""
    request = a_request(session, world, now=YESTERDAY)
    for name in ("city_dispatcher", "city_handler", "city_handler2"):
        session.get_one(User, world.people[name]).disabled = True
    session.commit()
    assert "没有能答复公开申请的账号" in get(staff("office_dispatcher"), url(request)).text


REFUSAL = {"outcome": "refused", "text": "涉及商业秘密，\n不予公开。", "referred_to": "市财政局"}


def test_an_answer_is_looked_over_before_it_goes(
    staff: Staff, session: Session, world: World
) -> None:
    """The preview shows outcome, text and remedies as the applicant will get them; nothing is sent."""
    request = a_request(session, world, now=YESTERDAY, delivery=Delivery.POST, address="人民路1号")
    page = step(staff, request, "answer", status=200, **REFUSAL)
    for words in ("还没有送出", "答复：不予公开", "涉及商业秘密，", "行政复议", "行政诉讼", "邮寄"):
        assert words in page.text
    assert "负责公开这项信息的机关" not in page.text
    session.refresh(request)
    assert (request.state, request.version) == (DisclosureState.OPEN, 1)


@pytest.mark.parametrize(("button", "state"), [("send", "answered"), ("edit", "open")])
def test_the_preview_sends_or_goes_back_with_everything_typed(
    staff: Staff, session: Session, world: World, button: str, state: str
) -> None:
    """Both buttons of the preview carry what was typed: one answers, one opens the form again."""
    request = a_request(session, world, now=YESTERDAY)
    client, to = staff("city_handler"), url(request, "/answer")
    kept = post(client, to, REFUSAL, page=url(request), status=200).form(to)
    answer = client.post(url(request, "/answer"), data=kept.hidden | {"step": button})
    session.refresh(request)
    assert str(request.state) == state
    if button == "send":
        assert answer.status_code == 302 and request.answer == REFUSAL["text"]
    else:
        words = answer.get_data(as_text=True)
        assert "涉及商业秘密，\n不予公开。" in words and 'value="市财政局"' in words
        assert " checked" in words.split('value="refused"', 1)[1][:20]


def test_a_preview_overtaken_is_told(staff: Staff, session: Session, world: World) -> None:
    """Who looks over an answer that somebody else has given meanwhile learns of it at once."""
    request = a_request(session, world, now=YESTERDAY)
    client, to = staff("city_handler"), url(request, "/answer")
    kept = post(client, to, REFUSAL, page=url(request), status=200).form(to)
    disclosure.answer(request.id, 1, DISCLOSED, world.actor("city_handler2"), CLOCK)
    for button in ("preview", "edit", "send"):
        answer = client.post(to, data=kept.hidden | {"step": button})
        assert answer.status_code == 409
        assert "涉及商业秘密，" in answer.get_data(as_text=True)


def test_an_extension_says_where_it_leads(staff: Staff, session: Session, world: World) -> None:
    """The form names the last day that the law allows; afterwards the reason stands on the page."""
    request = a_request(session, world, now=YESTERDAY)
    assert "延满是 2016年7月26日" in get(staff("city_handler"), url(request)).text
    step(staff, request, "extension", days="15", reason="要征求三家单位意见", consent="李主任")
    page = get(staff("city_handler"), url(request))
    assert "要征求三家单位意见" in page.text
    assert "2016年7月26日" in page.text and "已延长 15 个工作日，不能再延" in page.text


@pytest.mark.parametrize(("days", "told"), [(1, True), (14, False)])
def test_a_notice_of_completion_is_spoken_of_while_it_can_be_sent(
    staff: Staff, session: Session, world: World, days: int, told: bool
) -> None:
    """The last day of the notice stands above the answer until it has passed."""
    request = a_request(session, world, now=MONDAY)
    with time_machine.travel(MONDAY + timedelta(days=days), tick=False):
        page = get(staff("city_handler"), url(request))
    assert "下一步：答复" in page.text
    assert ("前可以通知补正" in page.text) is told
    assert any(form.action == url(request, "/completion") for form in page.forms) is told
