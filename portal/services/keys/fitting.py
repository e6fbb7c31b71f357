"""Whether the keys of the instance are those of its database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from portal.domain.integrity.keys import DATA, check_value, data_name, key_id
from portal.domain.record.heads import public_key
from portal.models import KeyCheck, db
from portal.queries.integrity import unreadable_senders
from portal.queries.keys import lacking_keys, wrong_keys
from portal.queries.record.tree import newest_head
from portal.services.core.unit import writing


class WrongKey(Exception):
    """The key ``name`` is not the one with which the database was written.

    Of a ring of data keys ``key_id`` is the one that is missing, where that is known.
    """

    def __init__(self, name: str, key_id: str | None = None) -> None:
        super().__init__(name)
        self.name, self.key_id = name, key_id


def ensure_keys(keys: Mapping[str, bytes], data_keys: Sequence[bytes]) -> None:
    """Compare the keys with the check values of the database, and keep those that it lacks.

    ``data_keys`` is the ring, the newest first. Raises :class:`WrongKey`. A database that knows no value of a key
    yet must have a sender that the ring decrypts, or none, and a head of the record that the key has signed, or none.
    """
    session = db.session()
    kept = set(session.scalars(sa.select(KeyCheck.name)))
    wrong = wrong_keys(session, keys)
    lacking = lacking_keys(session, map(key_id, data_keys))
    known = any(name.startswith(f"{DATA}-") for name in kept)
    if not known and unreadable_senders(session):
        wrong.append(DATA)
    head = newest_head(session) if "record" in keys.keys() - kept else None
    if head is not None and head.public_key != public_key(keys["record"]).hex():
        wrong.append("record")
    session.rollback()
    if lacking:
        raise WrongKey(DATA, lacking[0])
    if wrong:
        raise WrongKey(wrong[0])
    values = {name: check_value(name, key) for name, key in keys.items()}
    # Of a ring that the database knows only the newest key can be a new one; the others may have been dropped.
    for key in data_keys[:1] if known else data_keys:
        values[data_name(key_id(key))] = check_value(DATA, key)
    if unknown := sorted(values.keys() - kept):
        with writing() as unit:
            unit.add_all(KeyCheck(name=name, value=values[name]) for name in unknown)
