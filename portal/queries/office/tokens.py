"""The tokens of programs: the list of the administration, and whose a token is."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.tokens import hash_token
from portal.models import ApiToken


def all_tokens(session: Session) -> Sequence[ApiToken]:
    """Return every token, those in use first, the newest first."""
    query = sa.select(ApiToken).order_by(ApiToken.withdrawn_at.is_not(None), ApiToken.id.desc())
    return session.scalars(query).all()


def valid_token(session: Session, text: str, key: bytes) -> ApiToken | None:
    """Return the token in use that ``text`` is, or ``None``."""
    return session.scalar(
        sa.select(ApiToken).where(
            ApiToken.hash == hash_token(key, text), ApiToken.withdrawn_at.is_(None)
        )
    )
