"""The codec: Whoosh's own for what belongs to each document, our lists for the inverted text.

Whoosh's lists are pickled, compressed blocks of 128 postings, found through a hashed table. Bigrams
make many short lists, for which that costs a hundred bytes each, and long ones are slow to read.
"""

import os
from pathlib import Path
from typing import Any

from whoosh.codec.whoosh3 import W3Codec

from search_index.embedded.inversion import Inverter
from search_index.embedded.lists import FIELDS, WORDS, ListFiles, encoded, with_norms
from search_index.embedded.snapshot import Snapshot
from search_index.embedded.storage import mapped


class InvertedWriter:
    """A writer of the two files of a segment, from the lists that an ``Inverter`` has collected."""

    def __init__(self, storage: Any, segment: Any) -> None:
        self._storage, self._segment = storage, segment
        self.is_closed = False

    def add_postings(self, schema: object, lengths: object, lists: Any) -> None:
        """Write ``lists``, the lists of all documents of the segment by field."""
        documents = len(next(iter(lists.values())).lengths)
        terms, postings = encoded(lists, documents)
        for extension, pieces in ((W3Codec.TERMS_EXT, [terms]), (W3Codec.POSTS_EXT, postings)):
            file = self._segment.create_file(self._storage, extension)
            for piece in pieces:
                file.write(piece)
            file.close()

    def close(self) -> None:
        """End writing; what was not written is not wanted."""
        self.is_closed = True


class InvertedReader(ListFiles):
    """The lists of a segment in the place of Whoosh's reader of terms."""

    def __init__(self, storage: Any, segment: Any) -> None:
        folder = Path(storage.folder)
        names = (segment.make_filename(e) for e in (W3Codec.TERMS_EXT, W3Codec.POSTS_EXT))
        self._paths = [folder / name for name in names]
        self._states = self._now()
        super().__init__(*map(mapped, self._paths))

    def unchanged(self) -> bool:
        """Return whether the files are still those that were opened; nothing may write to them."""
        return self._now() == self._states

    def _now(self) -> list[tuple[int, int, int]]:
        states = map(os.stat, self._paths)
        return [(state.st_ino, state.st_size, state.st_mtime_ns) for state in states]

    def indexed_field_names(self) -> tuple[str, ...]:
        """Return the fields that have lists."""
        return FIELDS

    def close(self) -> None:
        """Do nothing: the files are unmapped when nobody uses their arrays."""


class LetterCodec(W3Codec):  # type: ignore[misc]
    """Whoosh's codec of the third generation with the posting lists of ``lists``."""

    length_stats = False

    def field_writer(self, storage: Any, segment: Any) -> InvertedWriter:
        """Return the writer of the posting lists of a segment."""
        return InvertedWriter(storage, segment)

    def terms_reader(self, storage: Any, segment: Any) -> InvertedReader:
        """Return the reader of the posting lists of a segment."""
        return InvertedReader(storage, segment)


class Pool:
    """The lists of a new segment, in the place of Whoosh's pool of postings.

    ``before`` is the index that the segment is added to, for the weights of words.
    """

    def __init__(self, before: Snapshot) -> None:
        self.inverter = Inverter()
        self._before = before

    def add(self, item: object) -> None:
        """Refuse a posting of Whoosh: no field of the schema has any."""
        raise TypeError("this index takes no single postings")

    def iter_postings(self) -> dict[str, Any]:
        """Return the lists of all documents, for ``InvertedWriter``."""
        lists = self.inverter.finish()
        words = lists[WORDS]
        others = self._before.frequencies(WORDS, words.terms)
        return lists | {WORDS: with_norms(words, others, self._before.count)}

    def cleanup(self) -> None:
        """Free all memory."""
        self.inverter = Inverter()
