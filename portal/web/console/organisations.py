"""Organisations for the pickers of the console."""

from __future__ import annotations

from typing import Any

from flask import request

from portal.domain.access import Permission
from portal.domain.letters.states import Action
from portal.models import Organisation, db
from portal.queries.office.directory import places
from portal.queries.targets import find, readable_condition, target_condition, usual_targets
from portal.web.console.blueprint import console
from portal.web.console.letters.letter import require_letter
from portal.web.core.clock import today
from portal.web.core.people import current_actor, needs

WORDS_MAX = 60
MOST = 20


@console.get("/organisations.json")
@needs(Permission.LETTER_READ)
def organisations() -> dict[str, Any]:
    """Find organisations whose letters the person logged in may read."""
    within = readable_condition(current_actor())
    return _items(find(db.session(), within, _words()))


@console.get("/letters/<number>/organisations.json")
@needs(Permission.LETTER_READ)
def targets(number: str) -> dict[str, Any]:
    """Find organisations that ``action`` may take this letter to; without words, the usual ones."""
    letter, session = require_letter(number), db.session()
    asked = request.args.get("action", "")
    action = Action(asked) if asked in set(Action) else Action.TRANSFER
    if not _words():
        return _items(usual_targets(session, letter, action, today())[:MOST])
    return _items(find(session, target_condition(letter, action, today()), _words()))


def _words() -> str:
    return request.args.get("q", "").strip()[:WORDS_MAX]


def _items(found: list[Organisation]) -> dict[str, Any]:
    chosen = places(db.session(), found)
    return {"items": [{"id": p.id, "name": p.name, "path": p.path} for p in chosen]}
