"""Every route is known, has a permission, and is in the list beside this file.

After a deliberate change: ``LETTERBOX_TEST_WRITE_ROUTES=1 pytest tests/structure/test_routes.py``.
"""

import os
from pathlib import Path

from flask import Flask

from portal.domain.access import Permission

LIST = Path(__file__).parent / "routes.txt"


def described(app: Flask) -> list[str]:
    """Return a line for each route: endpoint, methods, path, permission."""
    lines = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        permission = getattr(app.view_functions[rule.endpoint], "permission", "none")
        lines.append(f"{rule.endpoint} {methods} {rule.rule} {permission}")
    return sorted(lines)


def test_routes_are_those_of_the_list(app: Flask) -> None:
    """A route that comes, goes or changes its permission changes the list with it."""
    lines = described(app)
    if os.environ.get("LETTERBOX_TEST_WRITE_ROUTES"):
        LIST.write_text("\n".join(lines) + "\n", "utf-8")
    known = LIST.read_text("utf-8").split("\n")[:-1]
    assert sorted(set(lines) - set(known)) == [], "routes that are not in the list"
    assert sorted(set(known) - set(lines)) == [], "routes of the list that are gone"


def test_every_route_has_a_permission(app: Flask) -> None:
    """A route is public, for staff, needs a token or a permission; none has forgotten to say."""
    allowed = {"public", "staff", "token"} | {str(p) for p in Permission}
    assert [line for line in described(app) if line.split()[-1] not in allowed] == []


def test_console_and_administration_are_never_public(app: Flask) -> None:
    """No route of the console or the administration is open to everybody."""
    closed = [line for line in described(app) if line.startswith(("console.", "admin."))]
    assert closed
    assert [line for line in closed if line.endswith(" public")] == []
