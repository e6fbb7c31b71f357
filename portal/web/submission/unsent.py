"""What was typed into a form and looked at, but not sent: kept for the browser that typed it.

It is in the database, encrypted. The browser has a secret in its session, without which nobody can
open what is kept under the token of a form.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping

from flask import session

from portal.domain.errors import Unavailable
from portal.models import db
from portal.models.base import fingerprint
from portal.queries.unsent import unsent_content
from portal.services.core.unsent import erase_unsent, keep_unsent
from portal.web.core.clock import now
from portal.web.core.rate_limits import address, give_back, take

KEEPING_LIMIT = "200 per hour"
"""How often a network may have forms kept; beyond, a preview has no address of its own."""
LONGEST = 200_000
"""Characters of what is kept; a form with more is refused anyway."""
_SECRET = "unsent"  # noqa: S105  the key of the session, no secret


def keep(form: str, token: str, fields: Mapping[str, str]) -> bool:
    """Keep the fields of the form with ``token``; return whether they are kept.

    ``form`` is the name under which the forms of a page are kept.
    """
    content, network = json.dumps(fields, ensure_ascii=False), ("unsent", address())
    if len(content) > LONGEST or take(KEEPING_LIMIT, network):
        return False
    session.setdefault(_SECRET, secrets.token_urlsafe(16))
    try:
        keep_unsent(_key(form, token), content, now())
    except Unavailable:
        give_back(KEEPING_LIMIT, network)
        return False
    return True


def kept(form: str, token: str) -> dict[str, str] | None:
    """Return the fields that this browser has kept of the form with ``token``."""
    if _SECRET not in session:
        return None
    content = unsent_content(db.session(), _key(form, token), now())
    return None if content is None else dict(json.loads(content))


def erase(form: str, token: str) -> None:
    """Erase what is kept of the form with ``token``; what stays is swept after a day."""
    if _SECRET not in session:
        return
    try:
        erase_unsent(_key(form, token))
    except Unavailable:
        return


def draft_key(token: str) -> str:
    """Return the key under which files wait for the form that has ``token`` to be sent."""
    session.setdefault(_SECRET, secrets.token_urlsafe(16))
    return fingerprint(f"{session[_SECRET]}.files.{token}")


def _key(form: str, token: str) -> str:
    return fingerprint(f"{session[_SECRET]}.{form}.{token}")
