"""What a citizen does with the pages: writes a letter, opens it."""

from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.models import Letter
from tests.builders import World
from tests.pages import Form, Page, get, post

TITLE = "小区门口的路灯什么时候能修好"
TEXT = "石桥街道梧桐小区门口的路灯坏了两个星期，晚上回家看不清路，请问什么时候能修好？"


def typed(**changes: Any) -> dict[str, Any]:
    """What a citizen types in the form of a letter; a field given as ``None`` is left out."""
    fields = {
        "kind": "consultation",
        "organisation": "",
        "title": TITLE,
        "text": TEXT,
        "name": "周晓兰",
        "phone": "13900000001",
        "email": "",
    }
    return {name: value for name, value in {**fields, **changes}.items() if value is not None}


def written(client: FlaskClient) -> Form:
    """Open an empty form of a letter."""
    return get(client, "/write", follow_redirects=True).form("/write")


def preview(client: FlaskClient, *, status: int = 200, **changes: Any) -> Page:
    """Fill the form, ask for the preview and go where that leads."""
    sent = {**typed(**changes), "step": "preview"}
    led = post(client, "/write", sent, status=303)
    return get(client, led.response.location or "", status)


def send(client: FlaskClient, *, status: int = 302, **changes: Any) -> Page:
    """Fill the form and send the letter without looking at the preview."""
    return post(client, "/write", {**typed(**changes), "step": "send"}, status=status)


def receipt(client: FlaskClient, **changes: Any) -> tuple[str, str]:
    """Send a letter and return its number and query code from the receipt."""
    send(client, **changes)
    page = get(client, "/receipt")
    return value(page, "receipt-number"), value(page, "receipt-code")


def value(page: Page, name: str) -> str:
    """Return the text of the element with the id ``name``."""
    return page.html.split(f'id="{name}">', 1)[1].split("<", 1)[0].strip()


def open_letter(client: FlaskClient, number: str, code: str) -> Page:
    """Open a letter on the page for it and return the letter's page."""
    return post(client, "/track", {"number": number, "query_code": code}, follow=True)


def letters(session: Session) -> list[Letter]:
    """Return all letters, oldest first."""
    return list(session.scalars(sa.select(Letter).order_by(Letter.id)))


def an_opened_letter(
    client: FlaskClient, session: Session, world: World, place: str = "city", **changes: Any
) -> Letter:
    """Write to ``place`` and open the letter in the same browser."""
    number, code = receipt(client, organisation=str(world[place]), **changes)
    open_letter(client, number, code)
    return session.scalars(sa.select(Letter).where(Letter.number == number)).one()
