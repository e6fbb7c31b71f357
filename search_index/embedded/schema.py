"""The columns of the index, and how a document becomes their content.

``entry_id``, ``revision``, ``day``, ``kind``, ``organisations``, ``topic``, ``place``, ``rating``
    one value for each document
``seal``
    a checksum of the eight, because Whoosh reads a damaged column as zeros

The words of a document are in the lists that ``inversion`` makes. The texts themselves are not
stored: pages read them from the archive table.
"""

from zlib import crc32

from whoosh import columns, fields

from search_index.engine import Document

SCHEMA_VERSION = 7
"""Version of the columns, the lists and their encoding; an index of another one is outdated."""

COLUMNS = ("entry_id", "revision", "day", "kind", "organisations", "topic", "place", "rating")


def create_schema() -> fields.Schema:
    """Return the schema of a new index."""
    return fields.Schema(
        entry_id=fields.COLUMN(columns.NumericColumn("Q")),
        revision=fields.COLUMN(columns.NumericColumn("I")),
        day=fields.COLUMN(columns.NumericColumn("I")),
        kind=fields.COLUMN(columns.RefBytesColumn()),
        organisations=fields.COLUMN(columns.RefBytesColumn()),
        topic=fields.COLUMN(columns.RefBytesColumn()),
        place=fields.COLUMN(columns.NumericColumn("Q")),
        rating=fields.COLUMN(columns.RefBytesColumn()),
        seal=fields.COLUMN(columns.NumericColumn("I")),
    )


def document_columns(document: Document) -> dict[str, object]:
    """Return the columns of ``document``; raise ``ValueError`` on ids below 1."""
    if document.entry_id < 1 or document.revision < 0:
        raise ValueError(
            f"entry {document.entry_id}, revision {document.revision}: "
            "ids start at 1, revisions at 0"
        )
    values = (
        document.entry_id,
        document.revision,
        document.answered_on.toordinal(),
        document.kind.encode(),
        ",".join(map(str, document.organisation_ids)).encode(),
        document.topic.encode(),
        document.place,
        document.rating.encode(),
    )
    return {**dict(zip(COLUMNS, values, strict=True)), "seal": seal(*values)}


def seal(
    entry_id: int,
    revision: int,
    day: int,
    kind: bytes,
    organisations: bytes,
    topic: bytes,
    place: int,
    rating: bytes,
) -> int:
    """Return the checksum of one document's columns."""
    numbers = b"%d,%d,%d,%d" % (entry_id, revision, day, place)
    return crc32(b",".join((numbers, kind, organisations, topic, rating)))
