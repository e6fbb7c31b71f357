"""Who gets into which part of administration."""

import pytest

from tests.builders import World
from tests.pages import get
from tests.web.admin.conftest import Staff

RULES = (
    "/admin/organisations",
    "/admin/organisations.json",
    "/admin/organisations/new",
    "/admin/people",
    "/admin/people/new",
    "/admin/calendar",
    "/admin/deadline-rules",
    "/admin/deadline-rules/new",
)
AUDIT = ("/admin/audit", "/admin/audit.csv")


def test_the_administrator_opens_the_rules_and_not_the_trail(staff: Staff) -> None:
    """An administrator edits organisations, people and rules and does not read the audit trail."""
    client = staff("office_administrator")
    assert [get(client, url).status for url in RULES] == [200] * len(RULES)
    assert [client.get(url).status_code for url in AUDIT] == [403, 403]


def test_the_auditor_opens_the_trail_alone(staff: Staff) -> None:
    """An auditor reads the audit trail and nothing else of administration."""
    client = staff("office_auditor")
    assert [get(client, url).status for url in AUDIT] == [200, 200]
    assert [client.get(url).status_code for url in RULES] == [403] * len(RULES)


@pytest.mark.parametrize("role", ["dispatcher", "handler", "reviewer", "supervisor"])
def test_who_handles_letters_does_not_administer(staff: Staff, role: str) -> None:
    """A person with a role at letters gets into no section and is led to their own account."""
    client = staff(f"office_{role}")
    assert {client.get(url).status_code for url in RULES + AUDIT} == {403}
    assert client.get("/admin/").location == "/account/"


def test_the_first_page_names_the_own_sections(staff: Staff) -> None:
    """The first page shows the sections of the person at work and no others."""
    rules = get(staff("office_administrator"), "/admin/")
    assert "/admin/people" in rules.links
    assert "/admin/audit" not in rules.links
    trail = get(staff("office_auditor"), "/admin/")
    assert "/admin/audit" in trail.links
    assert "/admin/people" not in trail.links


def test_administration_offers_no_search_for_letters(staff: Staff, world: World) -> None:
    """Who reads no letters is offered no search for them and no way to the inbox."""
    page = get(staff("office_administrator"), "/admin/")
    assert "/console/" not in page.links
    assert all(form.action != "/console/" for form in page.forms)
