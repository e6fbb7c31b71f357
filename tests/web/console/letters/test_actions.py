"""Every step of the letter page through the real application."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import DeclineReason, State
from portal.models import Letter
from portal.services.letters import cooperation, handling, merging, replying
from tests.builders import Walk, World, a_letter, a_walk
from tests.pages import get, post, read
from tests.web.console.conftest import Staff
from tests.web.console.letters.test_letter import url

Before = Callable[[Walk], None]


def accepted(walk: Walk) -> None:
    """Bring the letter to work."""
    walk.accept()


def dispatched(walk: Walk) -> None:
    """Send the letter from the office to the city department."""
    walk.step(handling.dispatch, "office_dispatcher", walk.world["city"], "")


def disputed(walk: Walk) -> None:
    """Have the letter returned twice."""
    for place in ("city", "police"):
        walk.step(handling.dispatch, "office_dispatcher", walk.world[place], "")
        walk.step(handling.return_letter, f"{place}_dispatcher", "不属于本单位职责")


def extension_asked(walk: Walk) -> None:
    """Ask for more time."""
    walk.accept()
    walk.step(cooperation.request_extension, "city_handler", 3, "需要现场核实")


def helper_asked(walk: Walk) -> None:
    """Ask the police to contribute."""
    walk.accept()
    walk.step(cooperation.invite, "city_handler", walk.world["police"], "请提供监控")


def merged(walk: Walk) -> None:
    """Merge the letter into another one."""
    parent = a_walk(walk.session, walk.world, "city", walk.now)
    parent.accept()
    walk.step(merging.merge, "city_dispatcher", parent.letter.number, "")


def in_review(walk: Walk) -> None:
    """Send a reply for sign-off."""
    walk.accept()
    walk.ask_signoff()


def supervised(walk: Walk) -> None:
    """Put the letter under supervision."""
    walk.step(handling.supervise, "city_supervisor", "群众多次反映")


def nothing(walk: Walk) -> None:
    """Leave the letter as it came."""


STEPS: tuple[tuple[str, str | None, Before, str, dict[str, Any], str, Any], ...] = (
    ("accept", "city", nothing, "city_dispatcher", {}, "state", State.IN_PROGRESS),
    (
        "dispatch",
        None,
        nothing,
        "office_dispatcher",
        {"organisation": "@city"},
        "state",
        State.DISPATCHED,
    ),
    ("sign-for", None, dispatched, "city_handler", {}, "state", State.IN_PROGRESS),
    (
        "return",
        None,
        dispatched,
        "city_handler",
        {"reason": "应由公安局办理"},
        "state",
        State.RETURNED,
    ),
    (
        "rule",
        None,
        disputed,
        "office_supervisor",
        {"organisation": "@city", "reason": "属市容管理"},
        "placed",
        True,
    ),
    (
        "rule-decline",
        None,
        disputed,
        "office_supervisor",
        {"code": "litigation"},
        "state",
        State.DECLINED,
    ),
    ("decline", "city", nothing, "city_dispatcher", {"code": "unlawful"}, "state", State.DECLINED),
    (
        "ask",
        "city",
        accepted,
        "city_handler",
        {"text": "请问是几号楼？"},
        "state",
        State.AWAITING_CITIZEN,
    ),
    (
        "transfer",
        "city",
        accepted,
        "city_dispatcher",
        {"organisation": "@police", "reason": "属公安"},
        "state",
        State.DISPATCHED,
    ),
    (
        "invite",
        "city",
        accepted,
        "city_handler",
        {"organisation": "@police", "text": "请提供监控"},
        "version",
        3,
    ),
    (
        "contribute",
        "city",
        helper_asked,
        "police_handler",
        {"text": "监控显示灯杆被撞"},
        "awaited_ids",
        (),
    ),
    (
        "extend",
        "city",
        accepted,
        "city_handler",
        {"days": "3", "reason": "需更换电缆"},
        "extension_pending",
        True,
    ),
    (
        "extension-decision",
        "city",
        extension_asked,
        "city_dispatcher",
        {"granted": "yes"},
        "extension_days",
        3,
    ),
    (
        "assign",
        "city",
        accepted,
        "city_dispatcher",
        {"assignee": "@city_handler"},
        "assignee_id",
        "@city_handler",
    ),
    (
        "merge",
        "city",
        accepted,
        "city_dispatcher",
        {"parent_number": "@letter"},
        "state",
        State.MERGED,
    ),
    ("separate", "city", merged, "city_dispatcher", {}, "state", State.SUBMITTED),
    (
        "kind",
        "city",
        accepted,
        "city_dispatcher",
        {"kind": "complaint", "reason": "实为投诉"},
        "kind",
        Kind.COMPLAINT,
    ),
    (
        "supervise",
        "city",
        accepted,
        "city_supervisor",
        {"reason": "群众多次反映"},
        "supervised",
        True,
    ),
    ("end-supervision", "city", supervised, "city_supervisor", {}, "supervised", False),
    ("recall", "city", in_review, "city_handler", {}, "state", State.IN_PROGRESS),
    (
        "send-back",
        "city",
        in_review,
        "city_reviewer",
        {"reason": "请写明依据"},
        "state",
        State.IN_PROGRESS,
    ),
    ("sign", "city", in_review, "city_reviewer", {}, "state", State.CLOSED),
)
"""Step, place, what happens before, who takes it, what is typed, and what is then true."""


def settled(world: World, session: Session, value: Any) -> Any:
    """Return a value with names of places, people and a second letter filled in."""
    if value == "@letter":
        other = a_walk(session, world, "city")
        other.accept()
        return other.letter.number
    if isinstance(value, str) and value.startswith("@"):
        return {**world.places, **world.people}[value[1:]]
    return value


@pytest.mark.parametrize(
    ("slug", "place", "before", "person", "typed", "field", "value"),
    STEPS,
    ids=[row[0] for row in STEPS],
)
def test_step_is_taken(
    staff: Staff,
    session: Session,
    world: World,
    slug: str,
    place: str | None,
    before: Before,
    person: str,
    typed: dict[str, Any],
    field: str,
    value: Any,
) -> None:
    """A step sent by the person whose duty it is changes the letter as it should."""
    walk = a_walk(session, world, place)
    before(walk)
    data = {name: settled(world, session, each) for name, each in typed.items()}
    post(staff(person), url(walk.letter, f"/{slug}"), data, page=url(walk.letter))
    assert getattr(walk.letter, field) == settled(world, session, value)


@pytest.mark.parametrize(
    ("slug", "place", "before", "typed"),
    [(row[0], row[1], row[2], row[4]) for row in STEPS],
    ids=[row[0] for row in STEPS],
)
def test_step_of_another_duty_is_refused(
    staff: Staff,
    session: Session,
    world: World,
    slug: str,
    place: str | None,
    before: Before,
    typed: dict[str, Any],
) -> None:
    """A member of staff without that duty is refused, and the letter stays as it is."""
    walk = a_walk(session, world, place)
    before(walk)
    version = walk.letter.version
    data = {name: settled(world, session, each) for name, each in typed.items()}
    idle = {"supervise": "office_handler", "end-supervision": "office_handler"}
    client = staff(idle.get(slug, "office_auditor"))
    token = get(client, "/account/").form("/account/").hidden["csrf_token"]
    sent = {**data, "csrf_token": token, "version": version}
    assert client.post(url(walk.letter, f"/{slug}"), data=sent).status_code == 403
    assert walk.letter.version == version


@pytest.mark.parametrize("slug", [row[0] for row in STEPS])
def test_step_on_a_foreign_letter_answers_like_on_none(
    staff: Staff, session: Session, world: World, slug: str
) -> None:
    """Where the duty is held but not for this letter, there is no such letter."""
    letter = a_letter(session, world, place="water")
    person = next(row[3] for row in STEPS if row[0] == slug).replace("office", "city")
    client = staff(person)
    token = get(client, "/account/").form("/account/").hidden["csrf_token"]
    foreign = client.post(url(letter, f"/{slug}"), data={"csrf_token": token, "text": "写了很久"})
    none = client.post(
        f"/console/letters/20160601-09999-2/{slug}", data={"csrf_token": token, "text": "写了很久"}
    )
    assert (foreign.status_code, none.status_code) == (404, 404)
    assert read(foreign).text == read(none).text
    assert "写了很久" in read(foreign).text


@pytest.mark.parametrize("slug", [row[0] for row in STEPS])
def test_step_in_the_wrong_state_is_refused(
    staff: Staff, session: Session, world: World, slug: str
) -> None:
    """On a letter that was withdrawn nothing more can be done; what was typed is given back."""
    letter = a_letter(session, world, State.WITHDRAWN)
    row = next(row for row in STEPS if row[0] == slug)
    person = row[3].replace("office", "city").replace("police", "city")
    if slug == "end-supervision":
        pytest.skip("supervision may be ended in every state; an ended letter has none to end")
    client = staff(person)
    data = {n: settled(world, session, v) for n, v in row[4].items()}
    token = get(client, "/account/").form("/account/").hidden["csrf_token"]
    sent = {**data, "csrf_token": token, "version": letter.version}
    answer = client.post(url(letter, f"/{slug}"), data=sent)
    assert answer.status_code in (403, 409, 422)
    assert session.get_one(Letter, letter.id).state is State.WITHDRAWN


@pytest.mark.parametrize(
    ("slug", "before", "typed", "said"),
    [
        (
            "transfer",
            accepted,
            {"organisation": "@police", "reason": " "},
            "请写明理由，接收单位会看到。",
        ),
        ("transfer", accepted, {"reason": "属公安"}, "请选择单位。"),
        ("transfer", accepted, {"organisation": "999999", "reason": "属公安"}, "没有这个单位"),
        ("transfer", accepted, {"organisation": "9" * 30, "reason": "属公安"}, "没有这个单位"),
        ("transfer", accepted, {"organisation": "x", "reason": "属公安"}, "没有这个单位"),
        ("transfer", accepted, {"organisation": "@city", "reason": "属公安"}, "信件已经在这个单位"),
        ("transfer", accepted, {"words": "不存在的单位", "reason": "属公安"}, "没有找到可选的单位"),
        ("transfer", accepted, {"words": "临江区", "reason": "属教育"}, "有几个单位符合"),
        ("transfer", accepted, {"words": "户口", "reason": "属公安"}, "没有叫这个名称的单位"),
        ("dispatch", accepted, {"organisation": "@police"}, "只能交办给本单位的下级"),
        ("ask", accepted, {"text": ""}, "请写明需要来信人补充的内容。"),
        ("ask", accepted, {"text": "字" * 5001}, "最多 5000 字，现在多了 1 字"),
        ("kind", accepted, {"kind": "", "reason": "实为投诉"}, "请选择类别。"),
        ("kind", accepted, {"kind": "poem", "reason": "实为投诉"}, "请选择类别"),
        ("assign", accepted, {"assignee": "@police_handler"}, "请选择本单位在岗的经办人。"),
        ("assign", accepted, {"assignee": "x"}, "请选择本单位在岗的经办人。"),
        ("merge", accepted, {"parent_number": "123"}, "形如 20161231-00042-5"),
        ("merge", accepted, {"parent_number": "20160601-09999-2"}, "没有找到这个编号的信件。"),
        ("decline", nothing, {"code": ""}, "请选择一项理由。"),
        ("extension-decision", extension_asked, {"granted": "no", "note": ""}, "请填写这一项。"),
        ("extension-decision", extension_asked, {}, "请选择同意或不同意。"),
    ],
)
def test_error_stands_at_the_field_and_the_text_stays(
    staff: Staff,
    session: Session,
    world: World,
    slug: str,
    before: Before,
    typed: dict[str, Any],
    said: str,
) -> None:
    """What cannot be taken is said on the page, and everything typed is still in the form."""
    walk = a_walk(session, world)
    before(walk)
    if slug == "dispatch":
        walk = a_walk(session, world, "city")
    data = {name: settled(world, session, each) for name, each in typed.items()}
    page = read_step(staff("city_dispatcher"), walk.letter, slug, data)
    assert page.status == 422, page.text[:800]
    assert said in page.text
    form = page.form(url(walk.letter, f"/{slug}"))
    kept = {n: (form.fields.get(n) or [""])[0].strip() for n in data if n in ("reason", "text")}
    assert kept == {n: str(data[n]).strip() for n in kept}


def read_step(client: Any, letter: Letter, slug: str, data: dict[str, Any]) -> Any:
    """Send a step with the version that is current, whether or not its form is on the page."""
    token = get(client, "/account/").form("/account/").hidden["csrf_token"]
    sent = {**data, "csrf_token": token, "version": letter.version}
    return read(client.post(url(letter, f"/{slug}"), data=sent))


def test_extension_beyond_the_rule_is_refused_with_the_rule(
    staff: Staff, session: Session, world: World
) -> None:
    """More days than the rule allows are refused at the field; the hint names the most."""
    walk = a_walk(session, world)
    walk.accept()
    page = read_step(staff("city_handler"), walk.letter, "extend", {"days": "90", "reason": "难"})
    assert page.status == 422
    assert "延期天数超出规定" in page.text
    assert "最多延长 8 个工作日" in page.text


def test_own_extension_is_not_decided_by_the_asker(
    staff: Staff, session: Session, world: World
) -> None:
    """Who asked for more time is not offered to grant it."""
    walk = a_walk(session, world)
    extension_asked(walk)
    page = get(staff("city_handler"), url(walk.letter))
    assert "extension-decision" not in page.html


def test_author_cannot_sign_the_own_reply(staff: Staff, session: Session, world: World) -> None:
    """The author has no form to sign, and a forged one is refused."""
    letter = a_letter(session, world, State.AWAITING_SIGNOFF)
    client = staff("city_handler")
    assert "/sign" not in {f.action.rsplit("/", 1)[-1] for f in get(client, url(letter)).forms}
    assert read_step(client, letter, "sign", {}).status == 403


def test_organisation_may_be_typed_without_script(
    staff: Staff, session: Session, world: World
) -> None:
    """The exact name or code of an organisation does what picking it does."""
    for words in ("山城市公安局", "police"):
        walk = a_walk(session, world)
        walk.accept()
        answer = read_step(
            staff("city_dispatcher"), walk.letter, "transfer", {"words": words, "reason": "属公安"}
        )
        assert answer.status == 302
        assert world.place_of(walk.letter) == "police"


def test_ambiguous_name_becomes_a_list(staff: Staff, session: Session, world: World) -> None:
    """A name that several bear offers those to choose from."""
    walk = a_walk(session, world)
    walk.accept()
    page = read_step(
        staff("city_dispatcher"), walk.letter, "transfer", {"words": "临江区", "reason": "属教育"}
    )
    assert all(name in page.text for name in ("临江区人民政府", "临江区教育委员会"))


def test_second_handler_is_told_and_keeps_the_text(
    staff: Staff, session: Session, world: World
) -> None:
    """Whoever comes second sees who did what meanwhile, and sends again from where she was."""
    walk = a_walk(session, world)
    walk.accept()
    client, page = staff("city_handler"), url(walk.letter)
    form = get(client, page).form(url(walk.letter, "/transfer"))
    walk.step(handling.supervise, "city_supervisor", "群众多次反映")
    typed = {"organisation": world["police"], "reason": "写了很久的转办理由"}
    told = read(client.post(url(walk.letter, "/transfer"), data={**form.hidden, **typed}))
    assert told.status == 409
    assert "city supervisor" in told.text
    assert "群众多次反映" in told.text
    again = told.form(url(walk.letter, "/transfer"))
    assert again.fields["reason"] == ["写了很久的转办理由"]
    assert again.fields["organisation"] == [str(world["police"])]
    fresh = {**again.hidden, **typed}
    assert client.post(url(walk.letter, "/transfer"), data=fresh).status_code == 302
    assert world.place_of(walk.letter) == "police"


def test_text_is_given_back_where_the_step_is_gone(
    staff: Staff, session: Session, world: World
) -> None:
    """A colleague was faster with the same step: the text can still be copied."""
    walk = a_walk(session, world)
    walk.accept()
    client = staff("city_handler")
    form = get(client, url(walk.letter)).form(url(walk.letter, "/ask"))
    walk.step(handling.ask_citizen, "city_handler2", "请问是几号楼？")
    told = read(
        client.post(url(walk.letter, "/ask"), data={**form.hidden, "text": "请补充门牌号和照片。"})
    )
    assert told.status == 409
    assert "请补充门牌号和照片。" in told.text


def test_text_is_given_back_where_the_letter_has_left(
    staff: Staff, session: Session, world: World
) -> None:
    """The letter went to another organisation meanwhile: nothing typed is lost."""
    walk = a_walk(session, world)
    walk.accept()
    client = staff("city_handler")
    form = get(client, url(walk.letter)).form(url(walk.letter, "/ask"))
    walk.step(handling.transfer, "city_dispatcher", world["police"], "属公安")
    walk.step(handling.sign_for, "police_handler")
    answer = client.post(url(walk.letter, "/ask"), data={**form.hidden, "text": "请补充门牌号。"})
    assert answer.status_code == 404
    assert "请补充门牌号。" in answer.text


def test_letter_out_of_sight_leads_back_to_the_inbox(
    staff: Staff, session: Session, world: World
) -> None:
    """After a return, a handler stands in the inbox, not before a missing page."""
    letter = a_letter(session, world, State.DISPATCHED)
    typed = {"reason": "属公安"}
    answer = post(staff("city_handler"), url(letter, "/return"), typed, page=url(letter))
    assert answer.response.location == "/console/"


def test_who_sends_a_letter_away_may_recall_it_there(
    staff: Staff, session: Session, world: World
) -> None:
    """After a transfer the letter stays in view, and may be recalled until it is signed for."""
    walk = a_walk(session, world)
    walk.accept()
    page, client = url(walk.letter), staff("city_handler")
    typed = {"organisation": world["police"], "reason": "属公安"}
    assert post(client, url(walk.letter, "/transfer"), typed, page=page).response.location == page
    post(client, url(walk.letter, "/recall-dispatch"), {"reason": "选错了"}, page=page)
    assert (walk.here, walk.letter.state) == ("city", State.IN_PROGRESS)


def test_expired_login_keeps_what_was_typed(staff: Staff, session: Session, world: World) -> None:
    """A session that ended while writing gives the text back, and it can be sent after login."""
    walk = a_walk(session, world)
    walk.accept()
    client = staff("city_handler")
    form = get(client, url(walk.letter)).form(url(walk.letter, "/ask"))
    client.delete_cookie("letterbox")
    told = read(client.post(url(walk.letter, "/ask"), data={**form.hidden, "text": "请补充门牌。"}))
    assert told.status in (400, 401)
    carried = told.form(url(walk.letter, "/ask"))
    assert carried.fields["text"] == ["请补充门牌。"]


def test_step_without_a_token_is_refused(staff: Staff, session: Session, world: World) -> None:
    """A form from elsewhere changes nothing."""
    letter = a_letter(session, world)
    answer = staff("city_dispatcher").post(url(letter, "/accept"), data={"version": 1})
    assert answer.status_code == 400
    assert session.get_one(Letter, letter.id).state is State.SUBMITTED


def test_step_without_a_version_is_a_conflict(staff: Staff, session: Session, world: World) -> None:
    """A form that does not say what was looked at never acts blindly."""
    letter = a_letter(session, world)
    client = staff("city_dispatcher")
    token = get(client, "/account/").form("/account/").hidden["csrf_token"]
    for version in ({}, {"version": "abc"}, {"version": "999"}):
        sent = {"csrf_token": token, **version}
        assert client.post(url(letter, "/accept"), data=sent).status_code == 409
    assert session.get_one(Letter, letter.id).state is State.SUBMITTED


def test_targets_follow_the_step(staff: Staff, session: Session, world: World) -> None:
    """Dispatching offers what is below, transferring everything but the holder."""
    letter = a_letter(session, world, State.IN_PROGRESS, place="district")
    client = staff("district_dispatcher")

    def offered(action: str, words: str = "") -> set[str]:
        query = {"action": action, "q": words}
        answer = client.get(url(letter, "/organisations.json"), query_string=query)
        return {item["name"] for item in answer.get_json()["items"]}

    assert offered("dispatch") == {"临江区教育委员会", "临江区石桥街道办事处"}
    assert offered("dispatch", "公安") == set()
    assert offered("transfer", "公安") == {"山城市公安局"}
    assert "临江区人民政府" not in offered("transfer", "临江区")


def test_decline_reasons_come_with_advice(staff: Staff, session: Session, world: World) -> None:
    """Each coded reason shows what the citizen will be advised."""
    page = get(staff("city_dispatcher"), url(a_letter(session, world)))
    assert all(code.value in page.html for code in DeclineReason)
    assert "拨打 12345 咨询" in page.text


def test_follow_up_is_sent_back_with_a_reason(staff: Staff, session: Session, world: World) -> None:
    """A follow-up reply can be sent back; the letter stays closed."""
    walk = a_walk(session, world)
    walk.accept()
    walk.ask_signoff()
    walk.sign()
    walk.step(replying.request_signoff, "city_handler", "补充说明：灯具已到货。", 0)
    post(
        staff("city_reviewer"),
        url(walk.letter, "/send-back"),
        {"reason": "请写明日期"},
        page=url(walk.letter),
    )
    assert walk.letter.state is State.CLOSED
    draft = walk.letter.draft
    assert draft is not None
    assert draft.review_note == "请写明日期"
