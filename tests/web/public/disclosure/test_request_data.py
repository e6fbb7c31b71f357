"""Applicants take a copy of what is kept about them, and ask to be erased."""

import io
import json
import zipfile
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.domain.privacy.erasure import ErasureRefusal
from portal.models import DisclosureRequest, Event
from portal.services.disclosure.requests import Answer, answer
from tests.builders import World
from tests.disclosure import DISCLOSED, IDENTITY
from tests.pages import Client, get, login, post
from tests.web.public.disclosure.test_disclosure import opened, receipt


def answered(client: Client, session: Session, world: World, given: Answer = DISCLOSED) -> str:
    """File a request, have it answered, open it; return its address."""
    number, code = receipt(client, world)
    request = session.scalars(sa.select(DisclosureRequest)).one()
    answer(request.id, 1, given, world.actor("city_handler"), request.received_at)
    session.rollback()
    opened(client, number, code)
    return f"/disclosure/{number}"


def copy(client: FlaskClient, page: str) -> dict[str, Any]:
    """Take a copy."""
    form = get(client, page).form(f"{page}/personal-data/copy")
    got = client.post(form.action, data=form.fields)
    assert (got.status_code, got.mimetype) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(got.data)) as file:
        assert IDENTITY in file.read("personal-data.html").decode()
        kept: dict[str, Any] = json.loads(file.read("personal-data.json"))
    return kept


def test_a_copy_has_what_is_kept(client: Client, session: Session, world: World) -> None:
    """Who applies, what was asked and answered, and each step; that it was taken is a step itself."""
    page = answered(client, session, world)
    kept = copy(client, page)
    assert kept["applicant"]["identity"] == IDENTITY
    assert kept["correspondence"]["answer"] == DISCLOSED.text
    assert kept["history"][-1]["action"] == "disclosure_export"
    assert session.scalars(sa.select(Event.action).order_by(Event.id)).all()[-1] == (
        "disclosure_export"
    )


def test_copies_are_for_who_opened_the_request(
    client: Client, session: Session, world: World
) -> None:
    """Without the query code there is no copy, and nothing is recorded."""
    page = answered(client, session, world)
    form = get(client, page).form(f"{page}/personal-data/copy")
    stranger = client.application.test_client()
    token = get(stranger, "/write", follow_redirects=True).form("/write").hidden
    assert stranger.post(form.action, data=token).status_code == 404
    assert "disclosure_export" not in session.scalars(sa.select(Event.action)).all()


def test_an_applicant_asks_and_the_authority_erases(
    client: Client, session: Session, world: World
) -> None:
    """It is asked once more, waits on both pages, and then only progress is left to see."""
    page = answered(client, session, world)
    sure = post(client, f"{page}/erasure", page=page, status=200)
    assert "无法恢复" in sure.text
    assert (
        "正在等待处理"
        in post(client, f"{page}/erasure", {"sure": "1"}, page=page, follow=True).text
    )
    staff = login(client.application.test_client(), "city_handler")
    assert page.split("/")[-1] in get(staff, "/console/disclosure?queue=todo").text
    office = f"/console{page}"
    post(staff, f"{office}/erasure", page=office)
    seen = get(client, page)
    assert "申请人的信息已经删除" in seen.text
    assert DISCLOSED.text not in seen.text
    assert f"{page}/erasure" not in [form.action for form in seen.forms]
    assert f"{office}/applicant" not in [form.action for form in get(staff, office).forms]


def test_a_refusal_is_read_by_the_applicant(client: Client, session: Session, world: World) -> None:
    """The ground of the law and the reason stand on the page, with a way to ask again."""
    page = answered(client, session, world)
    post(client, f"{page}/erasure", {"sure": "1"}, page=page)
    staff, office = login(client.application.test_client(), "city_handler"), f"/console{page}"
    refusal = {"ground": str(ErasureRefusal.PROCEEDINGS), "reason": "行政复议尚未终结"}
    assert post(staff, f"{office}/refusal", {}, page=office, status=422)
    post(staff, f"{office}/refusal", refusal, page=office)
    seen = get(client, page)
    assert "行政复议尚未终结" in seen.text and "第十三条" in seen.text
    assert seen.form(f"{page}/erasure")
