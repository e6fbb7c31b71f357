"""Whether the keys of the instance are those of its database."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from portal.domain.integrity.keys import check_value
from portal.models import KeyCheck, db
from portal.queries.integrity import unreadable_senders, wrong_keys
from portal.services.core.unit import writing


class WrongKey(Exception):
    """The key ``name`` is not the one with which the database was written."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def ensure_keys(keys: Mapping[str, bytes]) -> None:
    """Compare ``keys`` with the check values of the database, and keep those that it lacks.

    Raises :class:`WrongKey`. A database that knows no value of the data key yet must have a sender
    that the key decrypts, or none.
    """
    session = db.session()
    known = set(session.scalars(sa.select(KeyCheck.name)))
    wrong = wrong_keys(session, keys)
    unknown = sorted(keys.keys() - known)
    if "data" in unknown and unreadable_senders(session):
        wrong.append("data")
    session.rollback()
    if wrong:
        raise WrongKey(wrong[0])
    if unknown:
        with writing() as unit:
            unit.add_all(
                KeyCheck(name=name, value=check_value(name, keys[name])) for name in unknown
            )
