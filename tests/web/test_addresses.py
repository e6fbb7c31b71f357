"""Numbers in addresses and forms that no row of the database can have."""

from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from flask import Flask

from portal.web.core.addresses import IdConverter
from tests.builders import World
from tests.pages import Client, get, login, post

LARGE = ("9" * 18, str(10**18), str(2**63 - 1))
"""Ids that the database could hold and that nothing has."""
BIG = (2**63, int("9" * 40), "9" * 5000)


@pytest.fixture(autouse=True)
def _morning(clock: datetime) -> Iterator[None]:
    with time_machine.travel(clock, tick=False):
        yield


def test_every_number_in_an_address_is_an_id(app: Flask) -> None:
    """No route takes a number that the database could not."""
    loose = [
        rule.rule
        for rule in app.url_map.iter_rules()
        for converter in rule._converters.values()
        if "<int" in rule.rule and type(converter).__name__.startswith("Integer")
    ]
    assert loose == []
    assert any(
        isinstance(c, IdConverter) for r in app.url_map.iter_rules() for c in r._converters.values()
    )


@pytest.mark.parametrize("number", BIG)
def test_a_number_too_large_is_no_page(client: Client, world: World, number: object) -> None:
    """An address with a number too large answers like one that does not exist."""
    addresses = (
        f"/archive/{number}",
        f"/organisations/{number}",
        f"/sitemap/{number}.xml",
        f"/api/v1/entries/{number}",
    )
    assert {client.get(address).status_code for address in addresses} == {404}


@pytest.mark.parametrize("number", LARGE)
def test_the_largest_ids_are_sought_and_not_found(
    client: Client, world: World, number: str
) -> None:
    """An id of 64 bits that nothing has is asked for like any other."""
    for address in (f"/archive/{number}", f"/organisations/{number}", f"/api/v1/entries/{number}"):
        assert client.get(address).status_code == 404, address
    assert client.get(f"/sitemap/{number}.xml").status_code == 200


@pytest.mark.parametrize(
    ("username", "path"),
    [
        ("office_administrator", "/admin/people/{}/disable"),
        ("office_administrator", "/admin/people/{}/enable"),
        ("office_administrator", "/admin/people/{}/password"),
        ("office_administrator", "/admin/people/1/grants/{}/remove"),
        ("office_administrator", "/admin/deadline-rules/{}/remove"),
        ("city_reviewer", "/console/reports/{}"),
    ],
)
def test_a_form_for_a_number_too_large_is_no_page(
    client: Client, world: World, username: str, path: str
) -> None:
    """A form sent to a number too large answers 404, whoever sends it."""
    login(client, username)
    token = get(client, "/account/").form("/account/logout").hidden["csrf_token"]
    for number in BIG[:2]:
        answer = client.post(path.format(number), data={"csrf_token": token})
        assert answer.status_code == 404, number


@pytest.mark.parametrize("forged", [{"role": "emperor"}, {"organisation": str(2**31)}])
def test_a_forged_choice_is_said_at_its_field(
    client: Client, world: World, forged: dict[str, str]
) -> None:
    """A role or an organisation that was never offered is refused at the field."""
    login(client, "office_administrator")
    person = f"/admin/people/{world.people['city_handler']}"
    given = {"role": "handler", "organisation": str(world["city"]), **forged}
    page = post(client, f"{person}/grants", given, page=person, status=422)
    (field,) = forged
    assert f"{field}-error" in page.ids
    whole = {"username": "wangmin", "name": "王敏", **given}
    assert f"{field}-error" in post(client, "/admin/people/new", whole, status=422).ids


NUL_PUBLIC = (
    "/archive?q=%00",
    "/archive?q=a%00b",
    "/archive?organisation=%00",
    "/statistics?organisation=%00",
    "/statistics/organisations.json?q=%00",
    "/statistics/data.json?organisation=%00",
    "/organisations.json?q=%00",
    "/disclosure?period=%00",
    "/write?organisation=%00",
    "/organisations/%00",
    "/api/v1/entries?q=%00",
    "/api/v1/entries/%00",
    "/track?number=%00",
)
NUL_CONSOLE = (
    "/console/?q=%00",
    "/console/statistics?organisation=%00",
    "/console/statistics/years?organisation=%00",
    "/console/statistics/letters?organisation=%00",
    "/console/statistics/letters?measure=declined&reason=%00",
    "/console/disclosure?q=%00",
    "/console/disclosure/organisations.json?q=%00",
    "/console/letters/%00",
)


@pytest.mark.parametrize("address", NUL_PUBLIC)
def test_nul_in_a_public_address_is_not_sought(client: Client, world: World, address: str) -> None:
    """NUL, which PostgreSQL refuses, is no part of what an address asks for."""
    assert client.get(address).status_code in (200, 302, 400, 404)


@pytest.mark.parametrize("address", NUL_CONSOLE)
def test_nul_in_an_address_of_the_office_is_not_sought(
    client: Client, world: World, address: str
) -> None:
    """NUL, which PostgreSQL refuses, is no part of what an address of the console asks for."""
    login(client, "city_dispatcher")
    assert client.get(address).status_code in (200, 302, 400, 404)


def test_nul_in_a_form_is_dropped(client: Client, world: World) -> None:
    """A number pasted with NUL in it is read without, and shown again without."""
    page = post(client, "/track", {"number": "2026\0ABC", "code": "ABC\0D"}, status=None)
    assert page.status in (200, 404, 422) and "2026ABC" in page.html and "\0" not in page.html


@pytest.mark.parametrize("typed", [*LARGE, "9" * 19, "9" * 40, "１２", "-1"])
def test_an_id_that_nothing_has_is_never_a_failure(
    client: Client, world: World, typed: str
) -> None:
    """Ids of any length, other digits and negative ones in a query or a form mean nothing."""
    for address in ("/archive", "/write", "/disclosure/new", "/api/v1/entries"):
        answer = client.get(address, query_string={"organisation": typed}, follow_redirects=True)
        assert answer.status_code in (200, 400, 404), address
    login(client, "office_administrator")
    assert client.get("/admin/organisations", query_string={"page": typed}).status_code == 200
    person = f"/admin/people/{world.people['city_handler']}"
    given = {"role": "handler", "organisation": typed}
    page = post(client, f"{person}/grants", given, page=person, status=422)
    assert "organisation-error" in page.ids
