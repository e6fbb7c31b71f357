"""Inserting a row, or changing the one that is there: in one statement, for many writers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.models import Model


def upsert(
    session: Session,
    table: type[Model],
    rows: Sequence[Mapping[str, Any]],
    keys: Sequence[InstrumentedAttribute[Any]],
    changed: Callable[[Any], Mapping[str, Any]],
) -> Any:
    """Return a statement that inserts ``rows``, or changes those whose ``keys`` are there already.

    ``changed`` gets the columns of the row that was to be inserted and returns the new values.
    """
    dialect: Any = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    insert = dialect.insert(table).values(rows)
    return insert.on_conflict_do_update(index_elements=keys, set_=changed(insert.excluded))
