"""Whether what is kept is whole and agrees: the database, references, letters, the archive.

Each function returns the faults that it finds as lines for the operator; none of them changes
anything, and none names a person or a letter's text.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.integrity.binding import is_of_row
from portal.domain.integrity.letters import REPLAYED, contradiction
from portal.domain.integrity.ring import Unreadable
from portal.domain.letters.states import Publication
from portal.models import PUBLIC, ArchiveEntry, DisclosureRequest, Event, Letter, Model
from portal.models.base import Cipher, SenderKeys
from portal.models.disclosure import APPLICANT_TEXTS
from portal.models.letter import SENDER_TEXTS

MOST = 20
"""Faults of a kind that are listed; of the rest only the number is said."""
_CHUNK = 500

_INVALID = (
    "SELECT 'index ' || indexrelid::regclass FROM pg_index WHERE NOT indisvalid UNION ALL "
    "SELECT 'constraint ' || conname FROM pg_constraint WHERE NOT convalidated"
)


def damage(session: Session) -> list[str]:
    """Return what the database itself finds damaged.

    SQLite reads every page; PostgreSQL names indexes and constraints that do not hold.
    """
    sqlite = session.get_bind().dialect.name == "sqlite"
    query = f"PRAGMA integrity_check({MOST})" if sqlite else _INVALID
    rows = session.connection().exec_driver_sql(query).scalars().all()
    return [str(row) for row in rows if row != "ok"]


def lost_references(session: Session) -> list[str]:
    """Return the foreign keys that lead nowhere, with the number of rows."""
    faults = []
    for table in Model.metadata.sorted_tables:
        for constraint in table.foreign_key_constraints:
            parent = constraint.referred_table.alias("parent")
            pairs = [(each.parent, parent.c[each.column.name]) for each in constraint.elements]
            found = sa.exists().where(*(child == column for child, column in pairs))
            given = (child.is_not(None) for child, _ in pairs)
            query = sa.select(sa.func.count()).select_from(table).where(*given, ~found)
            if lost := session.scalar(query):
                names = ", ".join(child.name for child, _ in pairs)
                faults.append(f"{table.name}.{names}: {lost:,} rows refer to nothing")
    return faults


def unreadable_senders(session: Session) -> list[str]:
    """Return whether the data key fits: it must decrypt the oldest and the newest sender."""
    name = sa.type_coerce(Letter.sender_name, sa.Text)
    faults = []
    for order in (Letter.id.asc(), Letter.id.desc()):
        query = sa.select(Letter.number, name).where(Letter.sender_name.is_not(None))
        row = session.execute(query.order_by(order).limit(1)).first()
        if row is None or not row[1]:
            continue
        try:
            Cipher.decrypt(row[1])
        except Unreadable as error:
            needed = (
                f"needs the data key {error.key_id}" if error.key_id else "has another data key"
            )
            faults.append(f"the sender of {row[0]} cannot be decrypted: it {needed}")
    return list(dict.fromkeys(faults))


def moved_texts(session: Session, progress: Callable[[int], None]) -> list[str]:
    """Return the letters and requests whose encrypted texts do not belong to their row.

    ``progress`` gets the number of rows looked at since its last call. What cannot be decrypted at all is left
    to :func:`unreadable_senders`.
    """
    return [
        *_moved(session, Letter, SENDER_TEXTS, "sender_seal", progress),
        *_moved(session, DisclosureRequest, APPLICANT_TEXTS, "applicant_seal", progress),
    ]


def _moved(
    session: Session,
    model: type[Letter | DisclosureRequest],
    texts: Sequence[str],
    seal: str,
    progress: Callable[[int], None],
) -> Iterator[str]:
    table, last = cast(sa.Table, model.__table__), 0
    stored = [sa.type_coerce(table.c[name], sa.Text) for name in texts]
    while True:
        query = sa.select(table.c.id, table.c.number, table.c[seal], *stored).where(
            table.c.id > last
        )
        rows = session.execute(query.order_by(table.c.id).limit(_CHUNK)).all()
        if not rows:
            return
        last = rows[-1].id
        for _id, number, kept, *given in rows:
            try:
                plain = [Cipher.decrypt(text).decode() if text else None for text in given]
            except Unreadable:
                continue
            if not is_of_row(SenderKeys.key, table.name, number, plain, kept):
                yield f"{number}: name and contacts do not belong to it"
        progress(len(rows))


def contradictions(session: Session, progress: Callable[[int], None]) -> list[str]:
    """Return the letters that do not stand where their events say.

    ``progress`` gets the number of letters looked at since its last call.
    """
    faults: list[str] = []
    last = 0
    columns = (
        *(Letter.id, Letter.number, Letter.kind, Letter.category, Letter.received_at),
        Letter.state,
        *(Letter.publication, Letter.organisation_id, Letter.received_organisation_id),
        Letter.closed_at,
    )
    while True:
        query = sa.select(*columns).where(Letter.id > last).order_by(Letter.id).limit(_CHUNK)
        letters = session.execute(query).all()
        if not letters:
            return faults
        last = letters[-1].id
        events = _events(session, letters[0].id, last)
        for letter in letters:
            found = contradiction(letter, events.get(letter.id, ()))
            if found is not None:
                where = f"event {found.event_id}" if found.event_id else "the letter"
                faults.append(
                    f"{letter.number}: {where} has {found.what} {found.found}, "
                    f"its events lead to {found.expected}"
                )
        progress(len(letters))


def _events(session: Session, first: int, last: int) -> dict[int, list[Any]]:
    columns = (
        *(Event.id, Event.letter_id, Event.action, Event.axis, Event.from_state, Event.to_state),
        *(Event.actor_kind, Event.organisation_id, Event.to_organisation_id, Event.occurred_at),
        *(Event.reason_code, Event.subject),
    )
    query = (
        sa.select(*columns)
        .where(Event.letter_id.between(first, last), Event.axis.in_(REPLAYED))
        .order_by(Event.letter_id, Event.id)
    )
    grouped = itertools.groupby(session.execute(query), key=attrgetter("letter_id"))
    return {letter_id: list(rows) for letter_id, rows in grouped}


def archive_faults(session: Session) -> list[str]:
    """Return the letters whose publication and public copy do not agree."""
    public = PUBLIC
    published = Letter.publication == Publication.PUBLISHED
    copy = sa.exists().where(ArchiveEntry.letter_id == Letter.id, public)
    lacking = sa.select(Letter.number).where(published, ~copy).order_by(Letter.id)
    beyond = sa.select(Letter.number).where(~published, copy).order_by(Letter.id)
    return [
        *(f"{number}: published, but not in the archive" for number in session.scalars(lacking)),
        *(f"{number}: not published, but in the archive" for number in session.scalars(beyond)),
    ]


def listed(faults: Sequence[str]) -> Iterator[str]:
    """Yield the first faults and how many more there are."""
    yield from faults[:MOST]
    if len(faults) > MOST:
        yield f"and {len(faults) - MOST:,} more"
