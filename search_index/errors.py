"""What can go wrong with an index.

SearchIndexError
├── IndexMissing      there is no index yet: build it
├── IndexOutdated     built by another version of the analyzer or the schema: rebuild it
├── IndexDamaged      its files cannot be read: rebuild it
├── IndexLocked       another process is writing: try again later
└── IndexUnwritable   the disk is full or refuses to be written: make room, then try again

Reading raises the first three; each of them is healed by `SearchEngine.rebuild`.
"""


class SearchIndexError(Exception):
    """Base of all errors of this library; `str()` says what happened and what to do."""


class IndexMissing(SearchIndexError):
    """No index has been built in this directory."""


class IndexOutdated(SearchIndexError):
    """The index was built by another version of the analyzer or of the schema."""


class IndexDamaged(SearchIndexError):
    """The files of the index cannot be read."""


class IndexLocked(SearchIndexError):
    """Another writer holds the index."""


class IndexUnwritable(SearchIndexError):
    """The directory of the index cannot be written to."""
