"""What the database needs of the keys: which values each has encrypted, and how far a rotation is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.integrity.keys import DATA, check_value
from portal.domain.integrity.ring import PREFIX_LENGTH, is_named
from portal.models import KeyCheck, KeyRotation, Model
from portal.models.base import EncryptedText


def encrypted_columns() -> dict[sa.Table, list[sa.Column[str]]]:
    """Return the columns that hold cipher texts, by table, in the order in which a rotation takes them."""
    found = {
        table: [column for column in table.columns if isinstance(column.type, EncryptedText)]
        for table in sorted(Model.metadata.tables.values(), key=lambda table: table.name)
    }
    return {table: columns for table, columns in found.items() if columns}


def values_by_prefix(session: Session) -> Counter[str]:
    """Return how many values begin with which version, cipher and key; ``""`` for those that name no key."""
    found: Counter[str] = Counter()
    for columns in encrypted_columns().values():
        for column in columns:
            stored = sa.type_coerce(column, sa.Text)
            start = sa.func.substr(stored, 1, PREFIX_LENGTH).label("start")
            given = sa.and_(stored.is_not(None), stored != "")
            counted = sa.select(start, sa.func.count()).where(given).group_by(start)
            for text, count in session.execute(counted):
                found[text if is_named(text) else ""] += count
    return found


def wrong_keys(session: Session, keys: Mapping[str, bytes]) -> list[str]:
    """Return the names of those of ``keys`` that are not the keys of the database."""
    kept = {row.name: row.value for row in session.scalars(sa.select(KeyCheck))}
    values = {name: check_value(name, key) for name, key in keys.items()}
    return sorted(name for name in kept.keys() & values.keys() if kept[name] != values[name])


def lacking_keys(session: Session, ids: Iterable[str]) -> list[str]:
    """Return the ids of the data keys that the database needs and that are not among ``ids``."""
    names = session.scalars(sa.select(KeyCheck.name).where(KeyCheck.name.startswith(f"{DATA}-")))
    return sorted({name.removeprefix(f"{DATA}-") for name in names} - set(ids))


def running_rotation(session: Session) -> KeyRotation | None:
    """Return the rotation that is not at its end."""
    query = sa.select(KeyRotation).where(KeyRotation.ended_at.is_(None))
    return session.scalar(query.order_by(KeyRotation.id.desc()).limit(1))
