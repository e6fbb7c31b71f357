"""The district that a public entry speaks of.

Revision ID: archive_place
Revises: correction
"""

import sqlalchemy as sa
from alembic import op

from portal.domain.archive.places import place_name, place_of

revision = "archive_place"
down_revision = "correction"
branch_labels = None
depends_on = None

# 64 bits wide; see the first migration.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PUBLIC = sa.text("unpublished_at IS NULL")
BATCH = 500


def upgrade() -> None:
    """Add the column with its index; entries get the district as if they were published now."""
    with op.batch_alter_table("archive_entry") as batch:
        key = sa.ForeignKey("organisation.id", name="fk_archive_entry_place_id_organisation")
        batch.add_column(sa.Column("place_id", Id, key))
    op.create_index(
        "ix_archive_entry_place",
        "archive_entry",
        ["place_id", "id"],
        sqlite_where=PUBLIC,
        postgresql_where=PUBLIC,
    )
    connection = op.get_bind()
    rows = connection.execute(
        sa.text(
            "SELECT id, name FROM organisation WHERE kind = 'district_government' AND level = 1"
        )
    )
    districts = {row.id: place_name(row.name) for row in rows}
    if not districts:
        return
    chosen = sa.text(
        "SELECT archive_entry.id, organisation.path, archive_entry.title, archive_entry.text"
        " FROM archive_entry JOIN organisation ON organisation.id = archive_entry.organisation_id"
        " WHERE archive_entry.id > :last ORDER BY archive_entry.id LIMIT :most"
    )
    update = sa.text("UPDATE archive_entry SET place_id = :place WHERE id = :entry")
    last = 0
    while found := connection.execute(chosen, {"last": last, "most": BATCH}).all():
        last = found[-1].id
        places = [
            {"entry": row.id, "place": place_of(row.path, row.title, row.text, districts)}
            for row in found
        ]
        if known := [each for each in places if each["place"] is not None]:
            connection.execute(update, known)


def downgrade() -> None:
    """Drop what was added."""
    op.drop_index("ix_archive_entry_place", "archive_entry")
    with op.batch_alter_table("archive_entry") as batch:
        batch.drop_column("place_id")
