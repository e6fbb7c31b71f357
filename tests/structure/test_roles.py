"""Every route answers each role as its permission and the table of grants say.

The routes are those of ``routes.txt``; the roles are held at the city's department, the
administrator's and the auditor's at the office. One site and one login per role serve all.
"""

import pytest

from portal.domain.access import GRANTS, Permission, Role
from tests.structure.site import INSTANCE_WIDE, NEWCOMER, ROUTES, Route, Site

pytestmark = pytest.mark.any_database

MASKS = ("/publication/mask-rest", "/publication/add-mask", "/publication/findings/")
"""Routes of readers where the service asks for more: to propose publication or to decide on it."""
ANYONE = [*Role, None]
OWN_PASSWORD = {"account.profile": 200, "account.password": 422}
LETTERS = "/console/letters/<number>"
REQUESTS = "/console/disclosure/<request_number>"
BY_TOKEN = [route for route in ROUTES if route.permission == "token"]
CLOSED = [route for route in ROUTES if route.permission not in ("public", "token")]


def _named(role: Role | None) -> str:
    return str(role or "nobody")


def holds(role: Role, permission: str) -> bool:
    """Return whether a role carries what a route asks for."""
    return permission == "staff" or Permission(permission) in GRANTS[role]


def refused_by_the_service(route: Route, role: Role) -> bool:
    """Return whether a role that may read letters may nevertheless not mark what is masked."""
    masking = {Permission.PUBLICATION_PROPOSE, Permission.PUBLICATION_DECIDE}
    return any(part in route.path for part in MASKS) and not masking & set(GRANTS[role])


@pytest.mark.parametrize("role", ANYONE, ids=_named)
@pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.permission == "public"], ids=str
)
def test_a_public_route_serves_everybody(site: Site, route: Route, role: Role | None) -> None:
    """Nobody is sent away from a public route, and it breaks for nobody."""
    status = site.ask(route, role)
    assert status < 500
    assert status not in (401, 403)


@pytest.mark.parametrize("role", ANYONE, ids=_named)
@pytest.mark.parametrize("route", BY_TOKEN, ids=str)
def test_a_route_for_programs_asks_for_a_token(site: Site, route: Route, role: Role | None) -> None:
    """No session opens a route for programs."""
    assert site.ask(route, role) in (401, 403)


@pytest.mark.parametrize("route", CLOSED, ids=str)
def test_a_closed_route_asks_for_a_login(site: Site, route: Route) -> None:
    """Whoever is not logged in is asked to log in, for a form with what was typed."""
    assert site.ask(route, None) == 401


@pytest.mark.parametrize("role", list(Role), ids=_named)
@pytest.mark.parametrize("route", CLOSED, ids=str)
def test_a_closed_route_serves_who_holds_its_permission(
    site: Site, route: Route, role: Role
) -> None:
    """A role without the permission gets 403; one that holds it gets an answer."""
    status = site.ask(route, role)
    if holds(role, route.permission):
        assert status < 500
        assert status != 401
        assert status != 403 or refused_by_the_service(route, role)
    else:
        assert status == 403


@pytest.mark.parametrize("role", [role for role in Role if role not in INSTANCE_WIDE], ids=_named)
@pytest.mark.parametrize(
    "route", [route for route in CLOSED if route.path.startswith(LETTERS)], ids=str
)
def test_a_letter_of_others_is_like_none(site: Site, route: Route, role: Role) -> None:
    """Who holds the permission elsewhere gets 404 for a letter out of reach."""
    status = site.ask(route, role, number=site.foreign)
    assert status == (404 if holds(role, route.permission) else 403)


@pytest.mark.parametrize("role", [role for role in Role if role not in INSTANCE_WIDE], ids=_named)
@pytest.mark.parametrize(
    "route", [route for route in CLOSED if route.path.startswith(REQUESTS)], ids=str
)
def test_a_request_of_others_is_like_none(site: Site, route: Route, role: Role) -> None:
    """Who holds the permission elsewhere gets 404 for a request for disclosure out of reach."""
    status = site.ask(route, role, request_number=site.foreign_request)
    assert status == (404 if holds(role, route.permission) else 403)


@pytest.mark.parametrize("route", CLOSED, ids=str)
def test_a_password_that_others_know_opens_its_change_alone(site: Site, route: Route) -> None:
    """Whoever has a password made up by somebody else is led to change it, whatever is asked."""
    assert site.ask(route, NEWCOMER) == OWN_PASSWORD.get(route.endpoint, 303)
