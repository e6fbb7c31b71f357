"""What number and query code open: a letter or a request for disclosure."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.letters.numbers import code_fits
from portal.models import DisclosureRequest, Letter


def opened_by(
    session: Session, table: type[Letter | DisclosureRequest], number: str, code: str, key: bytes
) -> int | None:
    """Return the id of what has ``number`` if ``code`` opens it.

    An unknown number, a row without a code and a wrong code cause the same work, so that neither
    answer nor time distinguishes them.
    """
    stored: sa.ColumnElement[str | None] | sa.orm.InstrumentedAttribute[str | None]
    stored = table.code_hash
    if table is Letter:
        stored = sa.func.coalesce(Letter.renewed_hash, Letter.code_hash)
    query = sa.select(table.id, stored.label("code_hash")).where(table.number == number)
    row = session.execute(query).one_or_none()
    fits = code_fits(key, number, code, row.code_hash if row is not None else None)
    return row.id if row is not None and fits else None
