"""The errors of an index.

SearchIndexError
├── IndexMissing      there is no index yet: build it
├── IndexOutdated     built by another version of the analyzer or the schema: rebuild it
├── IndexDamaged      its files cannot be read: rebuild it
├── IndexLocked       another process is writing: try again later
└── IndexUnwritable   the disk is full or read-only: make room, then try again

Reading raises the first three; ``SearchEngine.rebuild`` repairs each of them.
"""


class SearchIndexError(Exception):
    """The base of all errors of this library; ``str()`` says what happened and what to do."""


class IndexMissing(SearchIndexError):
    """An index that has not been built yet."""


class IndexOutdated(SearchIndexError):
    """An index built by another version of the analyzer or of the schema."""


class IndexDamaged(SearchIndexError):
    """An index whose files cannot be read."""


class IndexLocked(SearchIndexError):
    """An index that another writer holds."""


class IndexUnwritable(SearchIndexError):
    """An index whose directory cannot be written to."""
