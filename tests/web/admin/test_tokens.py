"""Tokens of other systems, through the real application."""

import re

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import ApiToken, Event
from tests.builders import World
from tests.pages import Client, get, post

TOKEN = re.compile(r"letterbox_[\w-]{43}")
PAGE = "/admin/tokens"


def test_a_token_is_shown_once(session: Session, admin: Client, world: World) -> None:
    """The token is on the page that answers, works, and is stored as a hash."""
    page = post(admin, PAGE, {"name": "热线小程序"}, status=200)
    found = TOKEN.search(page.text)
    assert found
    assert not TOKEN.search(get(admin, PAGE).text)
    session.rollback()
    row = session.scalars(sa.select(ApiToken)).one()
    assert (row.name, row.creator.username) == ("热线小程序", "office_administrator")
    assert found[0] not in row.hash
    headers = {"Authorization": f"Bearer {found[0]}"}
    assert admin.post("/api/v1/letters", json=[], headers=headers).status_code == 422


def test_a_token_is_withdrawn(session: Session, admin: Client, world: World) -> None:
    """A withdrawn token stays in the list, without a button, and withdrawing again is no error."""
    post(admin, PAGE, {"name": "热线小程序"}, status=200)
    address = f"{PAGE}/1/withdraw"
    page = post(admin, address, page=PAGE, follow=True)
    assert "2016年6月15日收回" in page.text
    assert address not in [form.action for form in page.forms]
    session.rollback()
    actions = [event.action for event in session.scalars(sa.select(Event).order_by(Event.id))]
    assert actions[-2:] == ["create_token", "withdraw_token"]


def test_the_audit_trail_names_the_token(admin: Client, auditor: Client, world: World) -> None:
    """The trail says who made a token and what it is for, and not the token itself."""
    post(admin, PAGE, {"name": "热线小程序"}, status=200)
    text = get(auditor, "/admin/audit").text
    assert "发放接口令牌" in text
    assert "热线小程序" in text
    assert not TOKEN.search(text)


def test_a_token_needs_a_purpose(session: Session, admin: Client, world: World) -> None:
    """Without a name, or with one too long, nothing is made."""
    for name in ("", " ", "字" * 65):
        page = post(admin, PAGE, {"name": name}, status=422)
        assert "name-error" in page.ids
    session.rollback()
    assert session.scalars(sa.select(ApiToken)).all() == []
