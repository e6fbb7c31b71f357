"""A site with letters, and the session of each role, for tests that open every route."""

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.app import create_app
from portal.config import load_settings
from portal.domain.access import SYSTEM, Role
from portal.domain.letters.states import State
from portal.domain.words.shipped import shipped_by_key
from portal.models import ArchiveEntry, RoleGrant, User, db
from portal.services.office.site_notices import give_site_notice
from portal.services.statistics.reports import keep_report
from portal.web.core.safety import limiter
from tests.builders import START, World, a_letter, a_person, a_published, a_world
from tests.databases import Postgres, Sqlite
from tests.disclosure import a_request
from tests.pages import get, login

INSTANCE_WIDE = (Role.ADMINISTRATOR, Role.AUDITOR)
NEWCOMER = "newcomer"
"""Somebody with almost every role, whose password was made up by the administrator."""
_PART = re.compile(r"<(?:\w+:)?(\w+)>")
_CHOICE = re.compile(r"<any\(([\w,]+)\):\w+>")


@dataclass(frozen=True)
class Route:
    """A line of the list, for one method."""

    endpoint: str
    method: str
    path: str
    permission: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


_ENDS_SESSION = "account.logout"
"""The endpoint behind which the session of who asked has ended."""


def listed() -> list[Route]:
    """Return the routes of the list, one for each method."""
    lines = (Path(__file__).parent / "routes.txt").read_text("utf-8").splitlines()
    parts = [line.split() for line in lines]
    return [
        Route(e, m, path, needed)
        for e, ms, rule, needed in parts
        for m in ms.split(",")
        for path in chosen(rule)
    ]


def chosen(rule: str) -> list[str]:
    """Return the paths of a rule, one for each word where it has a choice."""
    found = _CHOICE.search(rule)
    return [rule.replace(found[0], word) for word in found[1].split(",")] if found else [rule]


ROUTES = listed()


@dataclass
class Site:
    """The application with its letters, and the session of each role."""

    app: Flask
    values: dict[str, object]
    foreign: str
    foreign_request: str
    people: dict[Role | str, str]
    sessions: dict[Role | str, tuple[str, str]]

    def path(self, route: Route, **other: object) -> str:
        """Return the path of ``route`` with values of this site in it."""
        return _PART.sub(lambda part: str({**self.values, **other}[part[1]]), route.path)

    def ask(self, route: Route, role: Role | str | None, **other: object) -> int:
        """Return the status with which ``route`` answers ``role`` (``None``: nobody)."""
        answer = self.answer(route, role, other)
        if role is None and answer.status_code == 302:
            return 401 if "/account/login?" in (answer.location or "") else 302
        return answer.status_code

    def answer(
        self,
        route: Route,
        role: Role | str | None,
        other: Mapping[str, object] | None = None,
        *,
        with_token: bool = True,
        headers: Mapping[str, str] | None = None,
    ) -> TestResponse:
        """Return what ``route`` answers ``role``; a form goes without its token if so told."""
        client, token = self.app.test_client(), ""
        if role is not None:
            cookie, token = self.sessions[role]
            client.set_cookie("letterbox", cookie)
        elif route.method == "POST":
            token = _token(client, "/account/login")
        answer = client.open(
            self.path(route, **(other or {})),
            method=route.method,
            data={"csrf_token": token} if with_token else {},
            headers=headers,
        )
        if role is not None and route.endpoint == _ENDS_SESSION and with_token:
            self.sessions[role] = _session(self.app, self.people[role])
        return answer


def _token(client: FlaskClient, path: str) -> str:
    forms = get(client, path).forms
    return next(form.hidden["csrf_token"] for form in forms if "csrf_token" in form.hidden)


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory,
    database: Sqlite | Postgres,
    keys: Path,
    password_hash: str,
) -> Iterator[Site]:
    """A site with an open letter, a published one, and one that is none of the city's."""
    instance = tmp_path_factory.mktemp("roles")
    shutil.copytree(keys, instance / "keys")
    settings = load_settings(instance=instance, database_url=database.fresh(instance))
    app = create_app(settings)
    app.testing = True
    with app.app_context():
        world = a_world(db.session(), password_hash)
        values = _values(world, settings.key("code"))
        everywhere = [(role, "office") for role in Role if role is not Role.AUDITOR]
        a_person(world, NEWCOMER, password_hash, *everywhere)
        world.session.get_one(User, world.people[NEWCOMER]).must_change_password = True
        world.session.commit()
        foreign = a_letter(db.session(), world, State.IN_PROGRESS, place="water").number
        foreign_request = a_request(db.session(), world, place="police").number
        db.session.remove()
    limiter.enabled = False
    usernames: dict[str, str] = {
        role: f"{'office' if role in INSTANCE_WIDE else 'city'}_{role}" for role in Role
    }
    people: dict[Role | str, str] = {**usernames, NEWCOMER: NEWCOMER}
    sessions = {who: _session(app, username) for who, username in people.items()}
    yield Site(app, values, foreign, foreign_request, people, sessions)
    limiter.enabled = True
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _values(world: World, code_key: bytes) -> dict[str, object]:
    session = world.session
    letter = a_letter(session, world, State.IN_PROGRESS, place="city")
    a_published(session, world, place="city")
    person = world.people["water_handler"]
    entry = session.query(ArchiveEntry).one()
    grant = session.query(RoleGrant).filter_by(user_id=person).one()
    kept = keep_report(2016, START.date(), "信箱", SYSTEM, START + timedelta(days=400))
    return {
        "number": letter.number,
        "report_id": kept,
        "request_number": a_request(session, world).number,
        "entry_id": entry.id,
        "user_id": person,
        "grant_id": grant.id,
        "grant_request_id": 0,
        "organisation_id": world["water"],
        "rule_id": 1,
        "year": 2016,
        "name": "entries.csv",
        "token_id": 1,
        "request_id": "1",
        "mask_id": 1,
        "file_id": 1,
        "notice_id": 1,
        "notice_code": give_site_notice("/about", "电话是旧的", "a" * 32, code_key, START),
        "erasure_id": 0,
        "matter_id": 1,
        "change_id": 1,
        "part": 1,
        "session_id": 0,
        "passkey_id": 0,
        "code": "city",
        "token": "a" * 32,
        "key": next(iter(shipped_by_key())),
        "rest": "unknown",
        "job_id": 0,
        "tag": "en",
        "occasion": "receipt",
    }


def _session(app: Flask, username: str) -> tuple[str, str]:
    client = app.test_client()
    login(client, username)
    token = _token(client, "/account/")
    cookie = client.get_cookie("letterbox")
    assert cookie is not None
    return cookie.value, token
