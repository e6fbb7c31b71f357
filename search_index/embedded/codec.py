"""The codec: Whoosh's codec with another format of posting lists.

Whoosh writes a list as pickled, compressed blocks of 128 postings. Bigrams make many short lists,
for which that costs eighty bytes each, and long ones are slow to read. Here a list is two runs of
plain arrays, document numbers with weights, then positions, each compressed where that is smaller:
a third of the size, and read at the speed of ``array``. The format::

    list      := flags:u8 count:u32 head_size:u32 body_size:u32 head body
    head      := differences of document numbers (u16 or u32), weights (f32; one if all are equal)
    body      := sizes of values (u16), values; absent for fields without positions
"""

import struct
import zlib
from array import array
from itertools import accumulate, pairwise
from typing import Any

from whoosh.codec.whoosh3 import W3Codec, W3PostingsWriter
from whoosh.matching import ListMatcher

_HEADER = struct.Struct("<BIII")
_WIDE_NUMBERS = 1
_ONE_WEIGHT = 2
_HEAD_COMPRESSED = 4
_BODY_COMPRESSED = 8
_COMPRESS_FROM = 64
_LEVEL = 3
_UNLIMITED = 1 << 31


class Values:
    """The encoded positions of a list, split at the first access."""

    def __init__(self, body: bytes, count: int, compressed: bool) -> None:
        self._body = body
        self._count = count
        self._compressed = compressed
        self._ends: list[int] = []

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, i: int) -> bytes:
        if not self._ends:
            if self._compressed:
                self._body = zlib.decompress(self._body)
                self._compressed = False
            sizes = array("H", self._body[: 2 * self._count])
            self._ends = list(accumulate(sizes, initial=2 * self._count))
            if self._ends[-1] != len(self._body):
                raise ValueError("the values of a posting list differ from their sizes")
        return self._body[self._ends[i] : self._ends[i + 1]]


class PostingList(ListMatcher):  # type: ignore[misc]
    """A whole posting list in memory: ascending ``numbers`` with their weights and values."""

    numbers: list[int]
    weights: "array[float]"
    values: Values | None

    def __init__(self, blob: bytes, format_: Any, term: Any, scorer: Any) -> None:
        self.numbers, self.weights, self.values = _decode(blob)
        super().__init__(self.numbers, self.weights, self.values, format_, scorer=scorer, term=term)

    def value(self) -> bytes:
        """Return the encoded positions at the current document, for merging."""
        return self.values[self._i] if self.values else b""

    def positions(self, i: int) -> "array[int]":
        """Return the positions of the term in the ``i``-th document of the list, ascending."""
        return array("H", self.values[i]) if self.values else array("H")


class PostingsWriter(W3PostingsWriter):  # type: ignore[misc]
    """A writer that collects a whole list and writes it at once."""

    def add_posting(
        self, id_: int, weight: float, vbytes: bytes, length: int | None = None
    ) -> None:
        """Add one document to the list; document numbers ascend."""
        self._ids.append(id_)
        self._weights.append(weight)
        if vbytes:
            self._values.append(vbytes)

    def _write_block(self, last: bool = False) -> None:
        self._maxweight = max(self._weights)
        self._terminfo.add_block(self)
        self._postfile.write(_encode(self._ids, self._weights, self._values))
        self._blockcount += 1
        self._new_block()


class LetterCodec(W3Codec):  # type: ignore[misc]
    """Whoosh's codec of the third generation with the posting lists of this module."""

    length_stats = False
    """Lengths by block serve Whoosh's own scoring alone, and cost a third of the time to build."""

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> PostingsWriter:
        """Return the writer of one field's posting lists."""
        if byteids:
            raise ValueError("this index keeps no term vectors")
        return PostingsWriter(dbfile, blocklimit=_UNLIMITED)

    def postings_reader(
        self, dbfile: Any, terminfo: Any, format_: Any, term: Any = None, scorer: Any = None
    ) -> PostingList:
        """Return the posting list that ``terminfo`` points to."""
        # Whoosh returns the length of the extent as a tuple; the list holds its length itself.
        offset, _ = terminfo.extent()
        _, _, head_size, body_size = _HEADER.unpack(dbfile.get(offset, _HEADER.size))
        blob = bytes(dbfile.get(offset, _HEADER.size + head_size + body_size))
        return PostingList(blob, format_, term, scorer)


def _encode(numbers: "array[int]", weights: "array[float]", values: list[bytes]) -> bytes:
    steps = [numbers[0]] + [b - a for a, b in pairwise(numbers)]
    wide = max(steps) > 0xFFFF
    flags = _WIDE_NUMBERS * wide
    head = array("I" if wide else "H", steps).tobytes()
    if min(weights) == max(weights):
        flags |= _ONE_WEIGHT
        head += weights[:1].tobytes()
    else:
        head += weights.tobytes()
    body = b""
    if values:
        body = array("H", map(len, values)).tobytes() + b"".join(values)
    if len(head) >= _COMPRESS_FROM:
        flags |= _HEAD_COMPRESSED
        head = zlib.compress(head, _LEVEL)
    if len(body) >= _COMPRESS_FROM:
        flags |= _BODY_COMPRESSED
        body = zlib.compress(body, _LEVEL)
    return _HEADER.pack(flags, len(numbers), len(head), len(body)) + head + body


def _decode(blob: bytes) -> "tuple[list[int], array[float], Values | None]":
    flags, count, head_size, _ = _HEADER.unpack_from(blob)
    end = _HEADER.size + head_size
    head, body = blob[_HEADER.size : end], blob[end:]
    if flags & _HEAD_COMPRESSED:
        head = zlib.decompress(head)
    steps = array("I" if flags & _WIDE_NUMBERS else "H")
    cut = count * steps.itemsize
    steps.frombytes(head[:cut])
    weights = array("f", head[cut:])
    if flags & _ONE_WEIGHT:
        weights *= count
    if not len(steps) == len(weights) == count:
        raise ValueError("a posting list is shorter than it says")
    numbers = list(accumulate(steps))
    values = Values(body, count, bool(flags & _BODY_COMPRESSED)) if body else None
    return numbers, weights, values
