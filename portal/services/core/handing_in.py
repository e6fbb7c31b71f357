"""Taking in what a form hands in once, whether a letter or a request for disclosure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.domain.letters.numbers import derive_query_code, hash_code
from portal.models import DisclosureRequest, Letter
from portal.models.base import fingerprint
from portal.services.core.unit import writing

Row = TypeVar("Row", Letter, DisclosureRequest)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender takes away; the code is shown once and kept only as a keyed hash."""

    id: int
    number: str
    code: str


def hand_in(
    table: type[Row],
    form_token: str,
    code_key: bytes,
    make: Callable[[Session], Row],
    enter: Callable[[Session, Row], None],
) -> Receipt:
    """Store the numbered row of ``make`` and let ``enter`` record it.

    The same ``form_token`` again gives the same receipt.
    """
    form_key, code = fingerprint(form_token), derive_query_code(code_key, form_token)

    def take_in() -> Receipt:
        with writing() as session:
            row = session.scalar(sa.select(table).where(table.form_key == form_key))
            if row is None:
                row = make(session)
                row.form_key = form_key
                row.code_hash = hash_code(code_key, row.number, code)
                enter(session, row)
            return Receipt(row.id, row.number, code)

    try:
        return take_in()
    except IntegrityError:
        # The other half of a double click got there first; the second look finds its row.
        return take_in()
