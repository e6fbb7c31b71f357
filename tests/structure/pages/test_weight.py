"""What a first visit of a public page costs somebody who pays for each byte."""

import re

import pytest
from flask.testing import FlaskClient

from portal.domain.access import SYSTEM
from portal.models import db
from portal.services.office.organisations import NewOrganisation, add_organisations
from portal.tools.samples.organisations import sample_organisations
from tests.builders import START
from tests.structure.site import ROUTES, Site

HEAVIEST = 60_000
"""Bytes of a page with all that it loads, as they travel."""
MORE = ("/archive?q=路灯", "/en/archive?q=路灯", "/en/", "/en/archive", "/en/statistics")
MAIN = "js/main.js"
_LOADED = re.compile(r'(?:href|src)="(/static/[^"#]+)')
_IMPROVEMENT = re.compile(r'"([^"]+)": "\./([\w-]+\.js)"')
_ATTRIBUTE = re.compile(r"\[([\w-]+)\]")


@pytest.fixture(scope="module")
def large(site: Site) -> Site:
    """The site with the organisations of a city, whose 110 members stand in the tables."""
    with site.app.app_context():
        top, *below = sample_organisations()
        rows = [
            NewOrganisation(
                each.code,
                each.name,
                each.kind,
                "office" if each.parent_code == top.code else each.parent_code,
                each.short_name,
            )
            for each in below
        ]
        add_organisations(rows, SYSTEM, START)
        db.session.remove()
    return site


def travelled(client: FlaskClient, address: str) -> tuple[str, int]:
    """Return a file and how many bytes of it travel to a browser."""
    plain = client.get(address)
    assert plain.status_code == 200, address
    small = client.get(address, headers={"Accept-Encoding": "gzip, deflate, br"})
    return plain.get_data(as_text=True), len(small.data)


def loaded_by(client: FlaskClient, page: str) -> set[str]:
    """Return the addresses of all files that a browser loads for a page, optional scripts included."""
    loaded = set(_LOADED.findall(page))
    main = next(each for each in loaded if each.endswith(MAIN))
    for selector, name in _IMPROVEMENT.findall(travelled(client, main)[0]):
        if any(attribute in page for attribute in _ATTRIBUTE.findall(selector)):
            loaded.add(main.replace(MAIN, f"js/{name}"))
    return loaded


def test_a_first_visit_is_light(large: Site) -> None:
    """Page, style sheets, scripts and pictures of each public page are 60 kB at most."""
    client, weights = large.app.test_client(), {}
    pages = [large.path(r) for r in ROUTES if r.method == "GET" and r.permission == "public"]
    for path in (*pages, *MORE):
        answer = client.get(path)
        if answer.status_code == 200 and b"<html" in answer.data:
            page, weight = travelled(large.app.test_client(), path)
            weights[path] = weight + sum(travelled(client, a)[1] for a in loaded_by(client, page))
    assert {"/", "/statistics", "/archive", "/hot", "/en/statistics"} <= weights.keys()
    assert {path: weight for path, weight in weights.items() if weight > HEAVIEST} == {}
