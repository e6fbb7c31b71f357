"""Open311 GeoReport v2, also as its clients read it."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
import requests
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from georeport import GeoReport
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from portal.config import Settings
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import Source
from portal.models import ArchiveEntry, Letter
from portal.queries.record.receipts import receipt_commitment
from portal.services.core.unit import writing
from tests.archive import published, withdraw
from tests.builders import World
from tests.web.api.tokens import a_token

ROOT = "/open311/v2"
SENT = {
    "service_code": "help",
    "description": "路灯坏了三天。晚上看不见路，请派人检修。",
    "last_name": "测试",
    "first_name": "来信人",
    "phone": "13800000000",
}


@pytest.fixture
def served(app: Flask) -> Iterator[str]:
    """The address of the interface on a real server, for clients that know nothing of Flask."""
    server = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}{ROOT}"
    server.shutdown()
    thread.join()
    server.server_close()


def read(client: FlaskClient, path: str, status: int = 200) -> Any:
    """Return the JSON at ``path``."""
    answer = client.get(ROOT + path)
    assert (answer.status_code, answer.mimetype) == (status, "application/json")
    return answer.get_json()


def ids(found: list[dict[str, Any]]) -> list[int]:
    """Return the ids of service requests."""
    return [int(each["service_request_id"]) for each in found]


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_client_reads_services_and_requests(
    session: Session, world: World, served: str, form: str
) -> None:
    """The client of PyPI reads services, a definition and requests in both formats."""
    entry, other = published(session, world), published(session, world, kind=Kind.HELP)
    entry_id, title, wanted = entry.id, entry.title, [other.id, entry.id]
    session.rollback()
    client = GeoReport(served, output_format=form)
    services = client.get_service_list()
    assert [each["service_code"] for each in services] == [kind.value for kind in Kind]
    definition = client.get_service_definition("help")
    assert definition["service_code"] == "help"
    assert ids(client.get_service_requests()) == wanted
    one = client.get_service_request(str(entry_id))
    assert (one["service_code"], one["status"]) == ("consultation", "closed")
    assert one["description"].startswith(title)
    assert one["requested_datetime"] == "2016-06-01T00:00:00+08:00"


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_client_creates_a_request(
    session: Session, world: World, settings: Settings, served: str, form: str
) -> None:
    """A request made over the network becomes a letter that has gone through the checks."""
    key = a_token(world, settings.key("code"))
    session.rollback()
    sent = {
        **SENT,
        "api_key": key,
        "address_string": "人民路 1 号",
        "attribute[organisation]": str(world["city"]),
    }
    answer = requests.post(f"{served}/requests.{form}", data=sent, timeout=30)
    assert answer.status_code == 201
    if form == "json":
        number = answer.json()[0]["service_request_id"]
    else:
        number = ElementTree.fromstring(answer.content).findtext("request/service_request_id")
    session.rollback()
    letter = session.scalars(sa.select(Letter)).one()
    assert (letter.number, letter.source, letter.kind) == (number, Source.OPEN311, Kind.HELP)
    assert (letter.title, letter.sender_name) == ("路灯坏了三天", "测试来信人")
    assert letter.text.endswith("地点：人民路 1 号")
    assert letter.organisation_id == world["city"]
    assert receipt_commitment(letter, settings.key("code")) in answer.text
    unread = requests.get(f"{served}/requests/{number}.{form}", timeout=30)
    assert unread.status_code == 404


def test_the_discovery_leads_to_the_interface(client: FlaskClient, world: World) -> None:
    """The discovery names address, formats and where keys come from."""
    found = read(client, "/discovery.json")
    (endpoint,) = found["endpoints"]
    assert endpoint["url"] == f"http://127.0.0.1:8000{ROOT}"
    assert endpoint["formats"] == ["text/xml", "application/json"]
    answer = client.get(f"{ROOT}/discovery.xml")
    assert answer.content_type == "text/xml; charset=utf-8"
    formats = ElementTree.fromstring(answer.data).findall("endpoints/endpoint/formats/format")
    assert [each.text for each in formats] == endpoint["formats"]


def test_services_speak_the_readers_language(client: FlaskClient, world: World) -> None:
    """Names of services are in the language asked for."""
    answer = client.get(f"{ROOT}/services.json", headers={"Accept-Language": "en"})
    names = {each["service_code"]: each["service_name"] for each in answer.get_json()}
    assert names["help"].isascii()
    assert read(client, "/services.json")[0]["service_name"] == "咨询"


def test_requests_narrow(client: FlaskClient, session: Session, world: World) -> None:
    """Ids, services, days and status narrow as the standard says."""
    old, new = published(session, world), published(session, world, kind=Kind.HELP)
    old_id, new_id = old.id, new.id
    with writing() as unit:
        unit.get_one(ArchiveEntry, old_id).asked_on -= timedelta(days=91)
        unit.get_one(ArchiveEntry, new_id).under_revision = True
    for query, wanted in (
        ("", [new_id]),
        ("?end_date=2016-05-01T00:00:00Z", [old_id]),
        ("?start_date=2016-03-01&end_date=2016-05-01", [old_id]),
        ("?start_date=2016-05-01T00:00:00%2B08:00", [new_id]),
        (f"?service_request_id={old_id},{new_id},999,x&status=open", [new_id, old_id]),
        ("?service_request_id=x", []),
        ("?service_code=help,thanks", [new_id]),
        ("?service_code=thanks", []),
        ("?status=open", [new_id]),
        ("?status=closed", []),
        ("?status=open,closed", [new_id]),
        ("?page=2", []),
        ("?page_size=1&jurisdiction_id=example.gov", [new_id]),
    ):
        assert ids(read(client, f"/requests.json{query}")) == wanted, query


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/services/gossip", 404),
        ("/requests/999", 404),
        (f"/requests/{10**30}", 404),
        ("/requests/20160601-00001-1", 404),
        ("/nothing", 404),
    ],
)
@pytest.mark.parametrize("form", ["json", "xml"])
def test_what_is_not_there_is_said_as_the_standard_says(
    client: FlaskClient, world: World, path: str, status: int, form: str
) -> None:
    """Errors are a list of codes with descriptions, in the format asked for."""
    answer = client.get(f"{ROOT}{path}.{form}")
    assert answer.status_code == status
    if form == "json":
        (error,) = answer.get_json()
        found = error["code"], error["description"]
    else:
        root = ElementTree.fromstring(answer.data)
        assert root.tag == "errors"
        found = root.findtext("error/code", ""), root.findtext("error/description", "")
    assert found[0] == str(status)
    assert found[1]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "query",
    [
        *("status=lost", "start_date=yesterday", "page=0", "page_size=1001", "page=x"),
        "start_date=2016-01-01&end_date=2016-12-31",
        "start_date=9999-12-31T23:59:59Z",
        "end_date=0001-01-01T00:00:00Z",
    ],
)
def test_a_wrong_filter_is_refused(client: FlaskClient, world: World, query: str) -> None:
    """A filter that cannot be used is a 400 that names it."""
    (error,) = read(client, f"/requests.json?{query}", 400)
    assert error["description"].split(":")[0] in query


def test_a_withdrawn_letter_is_gone(client: FlaskClient, session: Session, world: World) -> None:
    """With its withdrawal a letter leaves every list, and its address says so."""
    entry = published(session, world)
    entry_id = entry.id
    withdraw(session, world, entry)
    assert read(client, f"/requests/{entry_id}.json", 410)[0]["code"] == "410"
    assert read(client, "/requests.json") == []
    assert read(client, f"/requests.json?service_request_id={entry_id}") == []


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"api_key": ""}, 403, ""),
        ({"api_key": "x"}, 403, ""),
        ({"service_code": ""}, 400, "service_code"),
        ({"service_code": "gossip"}, 404, ""),
        ({"description": " "}, 400, "description"),
        ({"description": "字" * 5001}, 400, "text"),
        ({"phone": ""}, 400, "phone"),
        ({"email": "nobody"}, 400, "email"),
        ({"first_name": "", "last_name": ""}, 400, "name"),
        ({"attribute[organisation]": "x"}, 400, "attribute[organisation]"),
        ({"attribute[organisation]": "999"}, 400, "organisation"),
    ],
)
def test_a_wrong_request_is_refused(
    client: FlaskClient,
    session: Session,
    world: World,
    settings: Settings,
    changes: dict[str, str],
    status: int,
    said: str,
) -> None:
    """A request without key, or that the form would refuse, is no letter."""
    key = a_token(world, settings.key("code"))
    answer = client.post(f"{ROOT}/requests.json", data={**SENT, "api_key": key, **changes})
    assert answer.status_code == status
    (error,) = answer.get_json()
    assert error["description"].startswith(said)
    session.rollback()
    assert session.scalars(sa.select(Letter)).all() == []


def test_markup_and_control_characters_stay_text(
    client: FlaskClient, session: Session, world: World
) -> None:
    """The XML can be read whatever a letter holds."""
    entry = published(session, world)
    with writing() as unit:
        unit.get_one(ArchiveEntry, entry.id).text = "<b>&amp;]]>\x0b\ufffe"
    root = ElementTree.fromstring(client.get(f"{ROOT}/requests/{entry.id}.xml").data)
    assert "<b>&amp;]]>" in root.findtext("request/description", "")
