"""The fields of the index, and how a document becomes their content.

``text``
    bigrams and words of title, text and reply, with positions; weights as in BM25F
``characters``
    the distinct Han characters, for queries of one character
``entry``
    the entry id as a unique term, to find what is to be replaced
``entry_id``, ``revision``, ``day``, ``kind``, ``organisations``
    columns: one value for each document
``seal``
    column: a checksum of the five, because Whoosh reads a damaged column as zeros

The texts themselves are not stored: pages read them from the archive table.
"""

from array import array
from collections.abc import Iterable
from zlib import crc32

from whoosh import columns, fields, formats

from search_index.analysis import LetterAnalyzer
from search_index.engine import Document

SCHEMA_VERSION = 3
"""Version of the fields and their encoding; an index of another version is outdated."""

TEXT = "text"
CHARACTERS = "characters"
ENTRY = "entry"
COLUMNS = ("entry_id", "revision", "day", "kind", "organisations")

TITLE_WEIGHT = 3.0
REPLY_WEIGHT = 1.0
GAP = 8
"""Positions left free between title, text and reply, so that no phrase spans two of them."""

LAST_POSITION = 65_535
"""Positions are 16 bits wide; beyond this character words are found and phrases are not."""

Posting = tuple[bytes, int, float, bytes]
_ANALYZER = LetterAnalyzer()


class PositionsFormat(formats.Format):  # type: ignore[misc]
    """Positions as an array of 16-bit numbers: half the size of Whoosh's pickled lists."""

    def fixed_value_size(self) -> None:
        """Return ``None``: values differ in length."""

    def decode_positions(self, value: bytes) -> "array[int]":
        """Return the positions of one posting, ascending."""
        return array("H", value)


class PostingsField(fields.FieldType):  # type: ignore[misc]
    """A field whose postings ``document_fields`` has computed."""

    def __init__(self, format: formats.Format, *, scorable: bool) -> None:
        super().__init__(format, analyzer=None, scorable=scorable)

    def index(self, value: list[Posting], **kwargs: object) -> list[Posting]:
        """Return the postings (term, frequency, weight, encoded positions) unchanged."""
        return value


def create_schema() -> fields.Schema:
    """Return the schema of a new index."""
    return fields.Schema(
        **{
            TEXT: PostingsField(PositionsFormat(), scorable=True),
            CHARACTERS: PostingsField(formats.Existence(), scorable=False),
            ENTRY: fields.ID(unique=True),
            "entry_id": fields.COLUMN(columns.NumericColumn("Q")),
            "revision": fields.COLUMN(columns.NumericColumn("I")),
            "day": fields.COLUMN(columns.NumericColumn("I")),
            "kind": fields.COLUMN(columns.RefBytesColumn()),
            "organisations": fields.COLUMN(columns.RefBytesColumn()),
            "seal": fields.COLUMN(columns.NumericColumn("I")),
        }
    )


def document_fields(document: Document) -> dict[str, object]:
    """Return the fields of ``document`` for Whoosh; raise ``ValueError`` on ids below 1."""
    if document.entry_id < 1 or document.revision < 0:
        raise ValueError(
            f"entry {document.entry_id}, revision {document.revision}: "
            "ids start at 1, revisions at 0"
        )
    parts = (
        (document.title, TITLE_WEIGHT),
        (document.text, 1.0),
        (document.reply, REPLY_WEIGHT),
    )
    characters = set().union(*(_ANALYZER.characters(text) for text, _ in parts))
    values = (
        document.entry_id,
        document.revision,
        document.answered_on.toordinal(),
        document.kind.encode(),
        ",".join(map(str, document.organisation_ids)).encode(),
    )
    return {
        TEXT: _text_postings(parts),
        CHARACTERS: [(c.encode(), 1, 1.0, b"") for c in characters],
        ENTRY: str(document.entry_id),
        **dict(zip(COLUMNS, values, strict=True)),
        "seal": seal(*values),
    }


def seal(entry_id: int, revision: int, day: int, kind: bytes, organisations: bytes) -> int:
    """Return the checksum of one document's columns."""
    return crc32(b"%d,%d,%d,%s,%s" % (entry_id, revision, day, kind, organisations))


def _text_postings(parts: Iterable[tuple[str, float]]) -> list[Posting]:
    positions: dict[str, list[int]] = {}
    weights: dict[str, float] = {}
    first = 0
    for text, weight in parts:
        found, end = _ANALYZER.positions(text, first)
        for term, places in found.items():
            positions.setdefault(term, []).extend(places)
            weights[term] = weights.get(term, 0.0) + weight * len(places)
        first = end + GAP
    return [
        (term.encode(), len(places), weights[term], _encode(places))
        for term, places in positions.items()
    ]


def _encode(places: list[int]) -> bytes:
    if places[-1] > LAST_POSITION:
        places = [place for place in places if place <= LAST_POSITION]
    return array("H", places).tobytes()
