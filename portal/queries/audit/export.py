"""The rows of the audit trail with their seals, in the order of the chain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.audit.chain import unpack
from portal.domain.audit.rows import ChainKind
from portal.domain.periods import midnight
from portal.models import Event, Letter, ReadEvent, User
from portal.queries.audit.chain import TABLES, stored_blocks

_DAY = timedelta(days=1)
_HIDDEN = frozenset({"reason", "detail"})
"""Free text of events, which may be part of the correspondence, and what was searched for, which may be a name.

The page shows both to auditors."""


def exported(
    session: Session,
    first: date,
    last: date,
    progress: Callable[[int], None] = lambda n: None,
) -> Iterator[dict[str, Any]]:
    """Yield what was recorded from ``first`` to ``last``, civil days, with position, block and seal.

    Rows without a seal come last. ``progress`` gets the number of sealed rows passed since its last call.
    """
    start, end = midnight(first), midnight(last + _DAY)
    sealed: dict[ChainKind, int] = dict.fromkeys(ChainKind, 0)
    for stored in stored_blocks(session):
        block, rows = stored.block, unpack(stored.packed or b"")
        if rows:
            ids = [row_id for row_id, _seal in rows]
            found = _rows(session, block.kind, start, end, ids)
            for position, (row_id, seal) in enumerate(rows, block.total - block.count + 1):
                sealed[block.kind] = max(sealed[block.kind], row_id)
                if row_id in found:
                    yield {
                        "position": position,
                        **found[row_id],
                        "block": block.number,
                        "seal": seal.hex(),
                    }
        progress(block.count)
    for kind, after in sealed.items():
        for row in _rows(session, kind, start, end, None, after).values():
            yield {"position": None, **row, "block": None, "seal": None}


def _rows(
    session: Session,
    kind: ChainKind,
    start: datetime,
    end: datetime,
    ids: list[int] | None,
    after: int = 0,
) -> dict[int, dict[str, Any]]:
    model = TABLES[kind]
    table = model.__table__
    columns = [column for column in table.columns if column.name not in _HIDDEN]
    query = (
        sa.select(*columns, User.username, Letter.number)
        .select_from(model)
        .outerjoin(User, User.id == model.actor_id)
        .outerjoin(Letter, Letter.id == model.letter_id)
        .where(model.recorded_at >= start, model.recorded_at < end)
        .order_by(model.id)
    )
    if ids is None:
        query = query.where(model.id > after)
    elif ids[-1] - ids[0] <= 2 * len(ids):
        query = query.where(model.id.between(ids[0], ids[-1]))
    else:
        query = query.where(model.id.in_(ids))
    return {row.id: {"kind": str(kind), **_plain(row)} for row in session.execute(query)}


def _plain(row: sa.Row[*tuple[Any, ...]]) -> dict[str, Any]:
    return {name: _value(value) for name, value in row._mapping.items()}


def _value(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return str(value) if isinstance(value, str) else value


COLUMNS = list(
    dict.fromkeys(
        [
            "position",
            "kind",
            *(
                column.name
                for model in (Event, ReadEvent)
                for column in model.__table__.columns
                if column.name not in _HIDDEN
            ),
            "username",
            "number",
            "block",
            "seal",
        ]
    )
)
"""The columns of the export, in the order of a table."""
