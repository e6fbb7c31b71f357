"""The only door to the full-text index.

Everything the rest of the house needs of ``search_index`` is named here, so that another engine
would change this file alone.
"""

from __future__ import annotations

from pathlib import Path

from search_index.engine import Change, Delete, Document, SearchRequest, Upsert
from search_index.errors import (
    IndexDamaged,
    IndexLocked,
    IndexMissing,
    IndexOutdated,
    IndexUnwritable,
    SearchIndexError,
)
from search_index.highlight import fragments, mark
from search_index.query import ParsedQuery, parse
from search_index.results import Facets, Hit, SearchPage, SimilarHit
from search_index.whoosh_engine import WhooshEngine

__all__ = [
    "ArchiveIndex",
    "Change",
    "Delete",
    "Document",
    "Facets",
    "Hit",
    "IndexDamaged",
    "IndexLocked",
    "IndexMissing",
    "IndexOutdated",
    "IndexUnwritable",
    "ParsedQuery",
    "SearchIndexError",
    "SearchPage",
    "SearchRequest",
    "SimilarHit",
    "Upsert",
    "fragments",
    "mark",
    "open_index",
    "parse",
]

ArchiveIndex = WhooshEngine
_OPEN: dict[Path, ArchiveIndex] = {}


def open_index(folder: Path) -> ArchiveIndex:
    """Return the index in ``folder``; one object for each folder and process."""
    if folder not in _OPEN:
        _OPEN[folder] = ArchiveIndex(folder)
    return _OPEN[folder]
