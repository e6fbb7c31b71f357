"""Keyed hashes of the senders' names and contacts, filled for the letters that are there.

Revision ID: sender_keys
Revises: archive_topic
"""

import sqlalchemy as sa
from alembic import op

from portal.domain.integrity.ring import Unreadable
from portal.domain.letters.sender_keys import email_key, name_key, phone_key
from portal.models.base import Cipher, SenderKeys

revision = "sender_keys"
down_revision = "archive_topic"
branch_labels = None
depends_on = None

COLUMNS = {"name_key": name_key, "phone_key": phone_key, "email_key": email_key}
BATCH = 1_000


def upgrade() -> None:
    """Add and fill the columns, then their indexes."""
    for name in COLUMNS:
        op.add_column("letter", sa.Column(name, sa.String(32)))
    _fill(op.get_bind())
    for name in COLUMNS:
        op.create_index(f"ix_letter_{name}", "letter", [name])


def _fill(connection: sa.Connection) -> None:
    encrypted = ("sender_name", "sender_phone", "sender_email")
    letter = sa.table("letter", *map(sa.column, ("id", *encrypted, *COLUMNS)))
    change = (
        sa.update(letter)
        .where(letter.c.id == sa.bindparam("row"))
        .values({name: sa.bindparam(f"new_{name}") for name in COLUMNS})
    )
    last = 0
    while True:
        query = sa.select(letter.c.id, *(letter.c[name] for name in encrypted))
        rows = connection.execute(
            query.where(letter.c.id > last).order_by(letter.c.id).limit(BATCH)
        ).all()
        if not rows:
            return
        last = rows[-1].id
        connection.execute(
            change,
            [
                {
                    "row": row_id,
                    **{
                        f"new_{name}": make(SenderKeys.key, _decrypted(value))
                        for (name, make), value in zip(COLUMNS.items(), values, strict=True)
                    },
                }
                for row_id, *values in rows
            ],
        )


def _decrypted(value: str | None) -> str | None:
    """Return the plain value; none where its key is lost."""
    if not value:
        return None
    try:
        return Cipher.decrypt(value).decode()
    except Unreadable:
        return None


def downgrade() -> None:
    """Drop the columns."""
    for name in COLUMNS:
        op.drop_index(f"ix_letter_{name}", "letter")
        op.drop_column("letter", name)
