"""What protects every route alike: tokens of forms, headers of pages.

The routes are those of ``routes.txt``, so that one that is added is held to the same.
"""

import pytest

from portal.domain.access import GRANTS, Permission, Role
from tests.structure.site import ROUTES, Route, Site

pytestmark = pytest.mark.any_database

SIGNED = {"public.stop_now", "receipts.receive"}
"""Routes that trust no cookie: a signature in the address or the body says what they may do."""
SENT = [route for route in ROUTES if route.method == "POST" and route.permission != "token"]
FORMS = [route for route in SENT if route.endpoint not in SIGNED]
PAGES = [route for route in ROUTES if route.method == "GET"]
MAIL = "admin.messages_mail"
"""The words of a mail as its reader sees them, with the style inside that mail programs need."""


def a_role_of(route: Route) -> Role | None:
    """Return a role that ``route`` serves; ``None`` for a route that serves everybody."""
    if route.permission in ("public", "token"):
        return None
    if route.permission == "staff":
        return Role.HANDLER
    return next(role for role in Role if Permission(route.permission) in GRANTS[role])


@pytest.mark.parametrize("route", FORMS, ids=str)
def test_a_form_without_its_token_is_refused(site: Site, route: Route) -> None:
    """A form sent from elsewhere, without the token of a page, changes nothing for who holds the permission."""
    assert site.answer(route, a_role_of(route), with_token=False).status_code == 400


@pytest.mark.parametrize("route", [r for r in SENT if r.endpoint in SIGNED], ids=str)
def test_what_needs_no_token_trusts_no_session(site: Site, route: Route) -> None:
    """Where a signature counts, one that is made up does nothing, and a session is not looked at."""
    assert getattr(site.app.view_functions[route.endpoint], "without_session", False)
    assert site.answer(route, Role.HANDLER, with_token=False).status_code in (401, 404)


@pytest.mark.parametrize("route", FORMS, ids=str)
def test_a_form_of_another_site_is_refused(site: Site, route: Route) -> None:
    """What another site has a browser send is refused, whatever the page allows its own readers."""
    sent = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
    answer = site.answer(route, a_role_of(route), with_token=False, headers=sent)
    assert answer.status_code == 400


def policy_of(header: str) -> dict[str, list[str]]:
    """Return the sources of each directive of a Content-Security-Policy."""
    parts = [directive.split() for directive in header.split(";")]
    return {part[0]: part[1:] for part in parts if part}


@pytest.mark.parametrize("route", PAGES, ids=str)
def test_a_page_runs_and_frames_nothing_of_others(site: Site, route: Route) -> None:
    """Every answer that a browser shows has no script but our files, and no frame around it."""
    answer = site.answer(route, a_role_of(route))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    policy = policy_of(answer.headers["Content-Security-Policy"])
    assert policy["default-src"] == ["'none'"]
    assert policy["frame-ancestors"] == ["'none'"]
    if route.endpoint == MAIL:
        assert "script-src" not in policy
        assert policy["sandbox"] == []
    else:
        assert policy["script-src"] == policy["style-src"] == ["'self'"]
        assert policy["form-action"] == ["'self'"]
        assert policy["base-uri"] == ["'none'"]
