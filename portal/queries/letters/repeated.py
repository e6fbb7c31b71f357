"""Letters that an open one may repeat: of the same sender, or of nearly the same text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor, Permission, can
from portal.domain.letters.likeness import NEARLY_SAME, likeness, pairs_of
from portal.domain.letters.states import ENDED_STATES, OPEN_STATES, State
from portal.models import Letter, Organisation
from portal.queries.scope import Condition, letters_for

COMPARED = 300
"""Letters of which the text is compared: those received nearest in time, half of them later."""
MOST_SENT = 20
"""Letters of the same sender that are looked at, the newest."""
MOST_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Repeated:
    """Another letter, how much it says the same in per cent, and whether its sender is the same.

    ``mergeable`` says whether the letter of the page can be merged into it.
    """

    number: str
    title: str
    state: State
    organisation: str
    received_at: datetime
    degree: int
    same_sender: bool
    mergeable: bool


def repeated_letters(session: Session, actor: Actor, letter: Letter) -> list[Repeated]:
    """Return the letters that an open ``letter`` may repeat, the likest first.

    Only what ``actor`` may read; letters of the same sender only where ``actor`` may uncover the
    senders of both. The work is bounded, whatever the letterbox holds.
    """
    if letter.state not in OPEN_STATES:
        return []
    rows = {row.id: row for row in _near_in_time(session, actor, letter)}
    sent = {row.id: row for row in _of_same_sender(session, actor, letter)}
    ours = pairs_of(letter.title, letter.text)
    found = []
    for row in (rows | sent).values():
        degree = likeness(ours, pairs_of(row.title, row.text))
        if degree >= NEARLY_SAME or row.id in sent:
            found.append(_repeated(letter, row, degree, same_sender=row.id in sent))
    found.sort(key=lambda each: (-each.degree, each.received_at, each.number))
    return found[:MOST_SHOWN]


def _repeated(letter: Letter, row: Any, degree: float, *, same_sender: bool) -> Repeated:
    ended = row.state in ENDED_STATES or row.state is State.MERGED
    same_report = (row.never_public, row.accused_id) == (letter.never_public, letter.accused_id)
    return Repeated(
        number=row.number,
        title=row.title,
        state=row.state,
        organisation=row.brief_name,
        received_at=row.received_at,
        degree=int(100 * degree),
        same_sender=same_sender,
        mergeable=same_report and not ended,
    )


_COLUMNS: tuple[Any, ...] = (
    Letter.id,
    Letter.number,
    Letter.title,
    Letter.text,
    Letter.state,
    Letter.received_at,
    Letter.never_public,
    Letter.accused_id,
    Organisation.brief_name,
)


def _rows(*where: Condition) -> sa.Select[Any]:
    query = sa.select(*_COLUMNS).join(Organisation, Organisation.id == Letter.organisation_id)
    return query.where(Letter.state != State.WITHDRAWN, *where)


def _near_in_time(session: Session, actor: Actor, letter: Letter) -> list[sa.Row[Any]]:
    mine = (Letter.id != letter.id, letters_for(actor))
    at = Letter.received_at
    before = _rows(*mine, at <= letter.received_at).order_by(at.desc(), Letter.id.desc())
    after = _rows(*mine, at > letter.received_at).order_by(at, Letter.id)
    return [
        *session.execute(before.limit(COMPARED // 2)),
        *session.execute(after.limit(COMPARED // 2)),
    ]


def _of_same_sender(session: Session, actor: Actor, letter: Letter) -> Sequence[sa.Row[Any]]:
    columns = (Letter.name_key, Letter.phone_key, Letter.email_key)
    values = (letter.name_key, letter.phone_key, letter.email_key)
    same = [
        column == value for column, value in zip(columns, values, strict=True) if value is not None
    ]
    if not same or not can(actor, Permission.CONTACTS_REVEAL, letter):
        return []
    mine = letters_for(actor, Permission.CONTACTS_REVEAL)
    query = _rows(Letter.id != letter.id, sa.or_(*same), mine)
    return session.execute(query.order_by(Letter.received_at.desc()).limit(MOST_SENT)).all()
