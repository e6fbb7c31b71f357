"""The names of ``search_index`` that the portal uses; no other module imports that package.

Callers get a ``SearchEngine``, so that another engine changes this module alone.
"""

from __future__ import annotations

from pathlib import Path

from portal.config import Settings
from search_index.analysis import dictionary_words, normalise, written_forms
from search_index.answers import answering, is_certain
from search_index.embedded.whoosh_engine import WhooshEngine
from search_index.engine import (
    Change,
    Delete,
    Document,
    Nearness,
    SearchEngine,
    SearchRequest,
    Upsert,
)
from search_index.errors import (
    IndexDamaged,
    IndexLocked,
    IndexMissing,
    IndexOutdated,
    IndexUnwritable,
    SearchIndexError,
)
from search_index.highlight import fragments, mark, passage
from search_index.query import MAX_CHARACTERS, ParsedQuery, is_one_word, parse, words_of
from search_index.results import Facets, Hit, SearchPage, SimilarHit
from search_index.synonyms import MOST_ALTERNATIVES, NO_SYNONYMS, Group, Synonyms

__all__ = [
    "MAX_CHARACTERS",
    "MOST_ALTERNATIVES",
    "NO_SYNONYMS",
    "Change",
    "Nearness",
    "Delete",
    "Document",
    "Facets",
    "Group",
    "Hit",
    "IndexDamaged",
    "IndexLocked",
    "IndexMissing",
    "IndexOutdated",
    "IndexUnwritable",
    "ParsedQuery",
    "SearchEngine",
    "SearchIndexError",
    "SearchPage",
    "SearchRequest",
    "SimilarHit",
    "Synonyms",
    "Upsert",
    "answering",
    "dictionary_words",
    "fragments",
    "is_certain",
    "is_one_word",
    "mark",
    "normalise",
    "open_index",
    "parse",
    "passage",
    "words_of",
    "written_forms",
]

_OPEN: dict[Path, SearchEngine] = {}


def open_index(settings: Settings) -> SearchEngine:
    """Return the index of the instance; one object for each folder and process."""
    folder = settings.index_folder
    if folder not in _OPEN:
        _OPEN[folder] = WhooshEngine(folder)
    return _OPEN[folder]
