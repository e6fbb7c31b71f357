"""Tokens of programs that hand in letters: making and withdrawing them."""

from __future__ import annotations

from datetime import datetime

from portal.domain.access import Actor, Permission
from portal.domain.errors import NotFound
from portal.domain.events import RecordAction
from portal.domain.tokens import NAME_MAX, hash_token, new_token
from portal.models import ApiToken
from portal.services.core.acting import record
from portal.services.core.permits import allow
from portal.services.core.typed_text import required
from portal.services.core.unit import writing


def create_token(name: str, key: bytes, actor: Actor, now: datetime) -> str:
    """Make a token and return its text, of which only a hash under ``key`` is kept.

    Raises :class:`InvalidInput` with ``name``.
    """
    allow(actor, Permission.TOKENS_EDIT)
    name, text = required("name", name, NAME_MAX, lines=False), new_token()
    with writing() as session:
        creator = actor.user_id
        row = ApiToken(name=name, hash=hash_token(key, text), creator_id=creator, created_at=now)
        session.add(row)
        session.flush()
        subject = f"token:{row.id}"
        record(session, RecordAction.CREATE_TOKEN, actor, now, subject=subject, reason=name)
    return text


def withdraw_token(token_id: int, actor: Actor, now: datetime) -> None:
    """Withdraw a token from this moment on; one that was withdrawn before stays so."""
    allow(actor, Permission.TOKENS_EDIT)
    with writing() as session:
        row = session.get(ApiToken, token_id)
        if row is None:
            raise NotFound
        if row.withdrawn_at is not None:
            return
        row.withdrawn_at = now
        subject = f"token:{row.id}"
        record(session, RecordAction.WITHDRAW_TOKEN, actor, now, subject=subject, reason=row.name)
