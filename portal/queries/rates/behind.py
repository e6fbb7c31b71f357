"""The letters behind a figure, as far as the person who asks may read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor
from portal.domain.letters import Kind, Publication, State
from portal.models import Letter, Organisation
from portal.queries.rates.passes import Question, counted
from portal.queries.scope import letters_for


@dataclass(frozen=True, slots=True)
class BehindRow:
    """One letter as a list shows it."""

    number: str
    title: str
    kind: Kind
    state: State
    publication: Publication
    organisation: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Behind:
    """A page of letters; ``total`` is the figure, ``readable`` how many of them may be read."""

    rows: list[BehindRow]
    total: int
    readable: int
    page: int
    pages: int


def behind(
    session: Session, actor: Actor, question: Question, measure: str, page: int, per_page: int
) -> Behind:
    """Return one page of the letters that ``measure`` counts, the oldest first.

    Raises KeyError for a measure that is not counted.
    """
    ids = counted(question, measure).subquery()
    total = session.scalar(sa.select(sa.func.count()).select_from(ids)) or 0
    where = (Letter.id.in_(sa.select(ids.c.letter_id)), letters_for(actor))
    readable = session.scalar(sa.select(sa.func.count()).select_from(Letter).where(*where)) or 0
    pages = max(1, -(-readable // per_page))
    page = min(max(page, 1), pages)
    rows = session.execute(
        sa.select(
            Letter.number, Letter.title, Letter.kind, Letter.state, Letter.publication,
            sa.func.coalesce(sa.func.nullif(Organisation.short_name, ""), Organisation.name),
            Letter.received_at,
        )
        .join(Organisation, Organisation.id == Letter.organisation_id)
        .where(*where)
        .order_by(Letter.received_at, Letter.id)
        .limit(per_page)
        .offset((page - 1) * per_page)
    )  # fmt: skip
    return Behind([BehindRow(*row) for row in rows], total, readable, page, pages)
