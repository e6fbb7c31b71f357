"""Letters that their senders keep under the identity with which they sign in."""

from __future__ import annotations

import sqlalchemy as sa

from portal.models import Letter
from portal.services.core.unit import writing


def keep_letter(letter_id: int, citizen_key: str) -> None:
    """Put a letter among those of a citizen; the caller knows that the citizen has opened it.

    A letter that another citizen keeps goes over: whoever has number and code has the letter.
    """
    with writing() as session:
        kept = sa.update(Letter).where(Letter.id == letter_id).values(citizen_key=citizen_key)
        session.execute(kept)
