"""Seals that bind encrypted names and contacts to their row.

Revision ID: row_seals
Revises: public_files
"""

import sqlalchemy as sa
from alembic import op

from portal.domain.integrity.binding import SEAL_LENGTH, row_seal
from portal.domain.integrity.ring import Unreadable
from portal.models.base import Cipher, SenderKeys

revision = "row_seals"
down_revision = "public_files"
branch_labels = None
depends_on = None

BATCH = 1_000
TABLES = {
    "letter": ("sender_seal", ("sender_name", "sender_phone", "sender_email")),
    "disclosure_request": (
        "applicant_seal",
        ("applicant", "identity", "phone", "email", "address"),
    ),
}


def upgrade() -> None:
    """Add the columns and seal what is there."""
    for table, (seal, texts) in TABLES.items():
        op.add_column(table, sa.Column(seal, sa.String(SEAL_LENGTH)))
        _fill(op.get_bind(), table, seal, texts)


def _fill(connection: sa.Connection, name: str, seal: str, texts: tuple[str, ...]) -> None:
    table = sa.table(name, *map(sa.column, ("id", "number", seal, *texts)))
    change = (
        sa.update(table)
        .where(table.c.id == sa.bindparam("row"))
        .values({seal: sa.bindparam("made")})
    )
    last = 0
    while True:
        query = sa.select(table.c.id, table.c.number, *(table.c[text] for text in texts))
        rows = connection.execute(
            query.where(table.c.id > last).order_by(table.c.id).limit(BATCH)
        ).all()
        if not rows:
            return
        last = rows[-1].id
        made = [
            {"row": row_id, "made": row_seal(SenderKeys.key, name, number, _decrypted(given))}
            for row_id, number, *given in rows
        ]
        connection.execute(change, made)


def _decrypted(given: list[str | None]) -> list[str | None]:
    """Return the plain texts; none where their key is lost."""
    try:
        return [Cipher.decrypt(text).decode() if text else None for text in given]
    except Unreadable:
        return [None]


def downgrade() -> None:
    """Drop the columns."""
    for table, (seal, _texts) in TABLES.items():
        op.drop_column(table, seal)
