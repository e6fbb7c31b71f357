"""The columns of the index, and how a document becomes their content.

``entry_id``, ``revision``, ``day``, ``kind``, ``organisations``, ``topic``
    one value for each document
``seal``
    a checksum of the six, because Whoosh reads a damaged column as zeros

The words of a document are in the lists that ``inversion`` makes. The texts themselves are not
stored: pages read them from the archive table.
"""

from zlib import crc32

from whoosh import columns, fields

from search_index.engine import Document

SCHEMA_VERSION = 5
"""Version of the columns, the lists and their encoding; an index of another one is outdated."""

COLUMNS = ("entry_id", "revision", "day", "kind", "organisations", "topic")


def create_schema() -> fields.Schema:
    """Return the schema of a new index."""
    return fields.Schema(
        entry_id=fields.COLUMN(columns.NumericColumn("Q")),
        revision=fields.COLUMN(columns.NumericColumn("I")),
        day=fields.COLUMN(columns.NumericColumn("I")),
        kind=fields.COLUMN(columns.RefBytesColumn()),
        organisations=fields.COLUMN(columns.RefBytesColumn()),
        topic=fields.COLUMN(columns.RefBytesColumn()),
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
    )
    return {**dict(zip(COLUMNS, values, strict=True)), "seal": seal(*values)}


def seal(
    entry_id: int, revision: int, day: int, kind: bytes, organisations: bytes, topic: bytes
) -> int:
    """Return the checksum of one document's columns."""
    return crc32(b"%d,%d,%d,%s,%s,%s" % (entry_id, revision, day, kind, organisations, topic))
