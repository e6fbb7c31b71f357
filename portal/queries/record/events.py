"""The events of which the leaves of the record are made."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from portal.domain.events import Axis
from portal.domain.record.leaves import ENDED, PUBLIC
from portal.models import Event, Letter

_COLUMNS: tuple[Any, ...] = (
    *(Event.id, Event.letter_id, Event.axis, Event.from_state, Event.to_state),
    *(Event.occurred_at, Event.recorded_at, Letter.number, Letter.code_hash),
)


def counted() -> sa.Select[Any]:
    """Return the query for the events that are leaves, with the letters they belong to.

    It is the SQL twin of :func:`portal.domain.record.leaves.kind_of`.
    """
    received = sa.and_(Event.axis == Axis.HANDLING, Event.from_state.is_(None))
    return (
        sa.select(*_COLUMNS)
        .join(Letter, Letter.id == Event.letter_id)
        .where(sa.or_(received, _moved(Axis.HANDLING, ENDED), _moved(Axis.PUBLICATION, PUBLIC)))
    )


def _moved(axis: Axis, states: frozenset[str]) -> sa.ColumnElement[bool]:
    """Return whether an event enters or leaves ``states``."""
    before = sa.func.coalesce(Event.from_state, "").in_(sorted(states))
    after = sa.func.coalesce(Event.to_state, "").in_(sorted(states))
    return sa.and_(Event.axis == axis, sa.or_(before & ~after, ~before & after))
