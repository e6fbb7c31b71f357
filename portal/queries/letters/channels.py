"""Letters received, by the way in which they came."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.letters.states import Source
from portal.models import Letter, RateFact
from portal.queries.statistics.cache import cached_by_months
from portal.queries.statistics.filters import Question, received, where


def received_by_channel(session: Session, question: Question) -> dict[Source, int]:
    """Return how many of the letters received came in which way; together they are all of them.

    Ways in which none came are left out. Basis and view play no part: a letter is received once.
    """
    return cached_by_months(session, "channels", question.of_cohort, _count)


def _count(session: Session, question: Question) -> dict[Source, int]:
    number = sa.func.count()
    query = (
        sa.select(Letter.source, number)
        .join(RateFact, RateFact.letter_id == Letter.id)
        .where(*where(question), received(question.before))
        .group_by(Letter.source)
        .order_by(number.desc(), Letter.source)
    )
    return {source: int(letters) for source, letters in session.execute(query)}
