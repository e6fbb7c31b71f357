"""Tokens and letters of programs, as tests use them."""

from datetime import UTC, datetime
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.services.office.tokens import create_token
from tests.builders import CODE_KEY, World

LETTER = {
    "kind": "help",
    "title": "小区门口的路灯不亮",
    "text": "小区门口的路灯已经三天不亮，请派人检修。",
    "name": "测试来信人",
    "phone": "13800000000",
}
START = datetime(2016, 6, 1, 1, tzinfo=UTC)


def a_token(world: World, key: bytes = CODE_KEY) -> str:
    """Make a token as the administrator."""
    return create_token("热线小程序", key, world.actor("office_administrator"), START)


def hand_in(client: FlaskClient, token: str, key: str = "", **changes: Any) -> TestResponse:
    """Hand in a letter with ``changes``; ``None`` leaves a part out."""
    parts = {name: v for name, v in {**LETTER, **changes}.items() if v is not None}
    headers = {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})
    return client.post("/api/v1/letters", json=parts, headers=headers)
