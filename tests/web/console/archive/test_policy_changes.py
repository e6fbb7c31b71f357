"""Policies that changed in the console."""

from sqlalchemy.orm import Session

from portal.config import Settings
from tests.archive import bring_up_to_date, published
from tests.builders import World
from tests.pages import get, post
from tests.web.console.conftest import Staff

LIST, NEW = "/console/policy-changes", "/console/policy-changes/new"
TYPED = {
    "title": "城市照明管理办法",
    "number": "山府发〔2016〕8号",
    "effective_on": "2016-07-01",
    "cited": "三日内恢复照明",
}


def test_from_the_record_to_the_renewal(
    staff: Staff, session: Session, world: World, settings: Settings
) -> None:
    """A reviewer records a change, marks the answer, and the handler has it on a list."""
    entry_id = published(session, world).id
    bring_up_to_date(settings)
    client = staff("city_reviewer")
    assert LIST in get(client, "/console/").links
    answer = post(client, NEW, TYPED)
    page = answer.response.location
    assert page == f"{LIST}/1"
    assert f"/archive/{entry_id}" in get(client, page).links
    marked = post(
        client,
        f"{page}/decide",
        {"entries": entry_id, "decision": "outdated"},
        page=page,
        follow=True,
    )
    assert "已标为可能已失效（1 件）" in marked.text
    assert f"{LIST}/1" in get(client, LIST).links
    handler = staff("city_handler")
    assert "待更新的答复 1" in get(handler, "/console/").text
    listed = get(handler, "/console/outdated")
    assert "城市照明管理办法" in listed.text
    assert any(link.endswith("/publication") or "redaction" in link for link in listed.links)
    post(client, f"{page}/end", page=page)
    assert "没有待更新的答复" in get(handler, "/console/outdated").text
    assert "已经撤销" in get(client, page).text


def test_errors_stand_by_their_fields(staff: Staff, world: World) -> None:
    """What is missing is named at its field, and what was typed is still there."""
    client = staff("city_reviewer")
    page = post(client, NEW, {**TYPED, "cited": "照明"}, status=422)
    assert "太短" in page.text
    assert page.form(NEW).fields["title"] == [TYPED["title"]]
    assert "请填写施行日期" in post(client, NEW, {**TYPED, "effective_on": ""}, status=422).text


def test_a_decision_without_answers_or_too_late(
    staff: Staff, session: Session, world: World, settings: Settings
) -> None:
    """Nothing chosen answers 422; a decision on what another has decided 409, with the ticks kept."""
    entry_id = published(session, world).id
    second = published(session, world).id
    bring_up_to_date(settings)
    client, page = staff("city_reviewer"), f"{LIST}/1"
    post(client, NEW, TYPED)
    decide = f"{page}/decide"
    assert (
        "请先选择答复" in post(client, decide, {"decision": "outdated"}, page=page, status=422).text
    )
    stale = get(client, page).form(decide).hidden
    post(client, decide, {"entries": entry_id, "decision": "valid"}, page=page)
    late = client.post(decide, data={**stale, "entries": second, "decision": "outdated"})
    assert late.status_code == 409
    assert f'value="{second}" checked' in late.get_data(as_text=True)


def test_other_roles_record_nothing(staff: Staff, world: World) -> None:
    """A handler sees no changes; a reviewer elsewhere not this one."""
    post(staff("city_reviewer"), NEW, TYPED)
    assert staff("city_handler").get(LIST).status_code == 403
    assert staff("police_reviewer").get(f"{LIST}/1").status_code == 404
