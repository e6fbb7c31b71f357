"""Organisations for the pickers of the console."""

from __future__ import annotations

from flask import request

from portal.domain.access import Permission
from portal.domain.letters.states import Action
from portal.models import Organisation, db
from portal.queries.disclosure.queues import handled_places
from portal.queries.scope import Condition
from portal.queries.targets import (
    WORDS_MAX,
    find,
    readable_condition,
    target_condition,
    usual_targets,
)
from portal.web.console.blueprint import console
from portal.web.console.letters.letter import require_letter
from portal.web.core.clock import today
from portal.web.core.people import current_actor, needs
from portal.web.core.pickers import Items, staff_choices

MOST = 20


@console.get("/organisations.json")
@needs(Permission.LETTER_READ)
def organisations() -> Items:
    """Find organisations whose letters the person logged in may read."""
    return staff_choices(_found(readable_condition(current_actor())))


@console.get("/disclosure/organisations.json")
@needs(Permission.DISCLOSURE_READ)
def disclosure_organisations() -> Items:
    """Find organisations whose requests the person may read, or ``to=register`` new ones for."""
    actor = current_actor()
    if request.args.get("to") == "register":
        return staff_choices(_found(handled_places(actor, today())))
    return staff_choices(_found(readable_condition(actor, Permission.DISCLOSURE_READ)))


@console.get("/letters/<number>/organisations.json")
@needs(Permission.LETTER_READ)
def targets(number: str) -> Items:
    """Find organisations that ``action`` may take this letter to; without words, the usual ones."""
    letter = require_letter(number)
    asked = request.args.get("action", "")
    action = Action(asked) if asked in set(Action) else Action.TRANSFER
    if not _words():
        return staff_choices(usual_targets(db.session(), letter, action, today())[:MOST])
    return staff_choices(_found(target_condition(letter, action, today())))


def _words() -> str:
    return request.args.get("q", "").strip()[:WORDS_MAX]


def _found(within: Condition) -> list[Organisation]:
    return find(db.session(), within, _words())
