"""The blueprint of the console, and the values of the person logged in for all of its pages."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask_login import current_user

from portal.domain.access import Permission, Role
from portal.models import db
from portal.queries.disclosure.queues import own_requests
from portal.web.core.clock import today
from portal.web.core.language import label
from portal.web.core.people import current_actor

console = Blueprint("console", __name__, url_prefix="/console")

AREAS: dict[str, frozenset[Permission]] = {
    "inbox": frozenset({Permission.LETTER_READ}),
    "disclosure": frozenset({Permission.DISCLOSURE_READ}),
    "day": frozenset({Permission.HANDLING_SUPERVISE}),
    "statistics": frozenset({Permission.RATES_READ}),
    "admin": frozenset(
        {
            Permission.AUDIT_READ,
            Permission.CALENDAR_EDIT,
            Permission.DEADLINE_RULES_EDIT,
            Permission.ORGANISATIONS_EDIT,
            Permission.USERS_EDIT,
        }
    ),
}
"""Areas of the header, each with the permissions of which one opens it."""


def areas() -> list[str]:
    """Return the areas that the person logged in may open; none with a one-time password."""
    if current_user.must_change_password:
        return []
    actor = current_actor()
    return [name for name, wanted in AREAS.items() if any(actor.holds(p) for p in wanted)]


def place_words(places: tuple[tuple[Role, str], ...]) -> list[str]:
    """Return roles with their organisations as people read them."""
    return [f"{label(role)} · {organisation}" for role, organisation in places]


@console.app_context_processor
def staff_words() -> dict[str, Any]:
    """Offer areas and roles to every page, for the header of the office."""
    if not current_user.is_authenticated:
        return {}
    return {
        "staff_areas": areas(),
        "staff_roles": place_words(current_user.places),
        "disclosure_waiting": own_requests(db.session(), current_actor(), today()),
    }
