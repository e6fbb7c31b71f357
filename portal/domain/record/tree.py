"""The Merkle tree of RFC 6962, section 2.1: hashes, roots, and proofs of inclusion and consistency.

Every function reads the tree through ``node(level, index)``, the hash of the whole subtree over the
leaves ``index * 2**level`` up to ``(index + 1) * 2**level``, so that a proof reads as many stored
hashes as the tree has levels. Hashes are 32 bytes of SHA-256.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256

Node = Callable[[int, int], bytes]

EMPTY = sha256(b"").digest()
"""The root of the tree without leaves."""


def leaf_hash(content: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(b"\0" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash above two subtrees."""
    return sha256(b"\1" + left + right).digest()


class Growth:
    """A tree that leaves are added to: its size and the roots of its whole subtrees, widest first."""

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self.peaks = list(peaks)

    @classmethod
    def at(cls, size: int, node: Node) -> Growth:
        """Return the tree of the first ``size`` leaves."""
        return cls(size, (node(level, index) for level, index in _peaks(size)))

    def add(self, leaf: bytes) -> Iterator[tuple[int, int, bytes]]:
        """Add the hash of a leaf; yield level, index and hash of each subtree that is whole now."""
        level, index, value = 0, self.size, leaf
        self.size += 1
        yield level, index, value
        while index % 2:
            level, index, value = level + 1, index // 2, node_hash(self.peaks.pop(), value)
            yield level, index, value
        self.peaks.append(value)

    @property
    def root(self) -> bytes:
        """The root of the tree."""
        if not self.peaks:
            return EMPTY
        value = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            value = node_hash(peak, value)
        return value


def _peaks(size: int) -> Iterator[tuple[int, int]]:
    start = 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            yield level, start >> level
            start += 1 << level


def inclusion(position: int, size: int, node: Node) -> list[bytes]:
    """Return the proof that the leaf at ``position`` is among the first ``size`` leaves.

    The hashes stand from the leaf upwards (RFC 6962, section 2.1.1). Raises ValueError where there
    is no such leaf.
    """
    if not 0 <= position < size:
        raise ValueError(f"no leaf {position} among {size}")
    path, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if position < middle:
            path.append(_subtree(middle, end, node))
            end = middle
        else:
            path.append(_subtree(start, middle, node))
            start = middle
    return path[::-1]


def consistency(first: int, second: int, node: Node) -> list[bytes]:
    """Return the proof that the first ``second`` leaves begin with the first ``first``.

    The hashes stand as in RFC 6962, section 2.1.2; there are none where the sizes are equal. Raises
    ValueError for sizes that are no part of each other.
    """
    if not 0 < first <= second:
        raise ValueError(f"a tree of {second} leaves has no part of {first}")
    path, start, end, whole = [], 0, second, True
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            path.append(_subtree(middle, end, node))
            end = middle
        else:
            path.append(_subtree(start, middle, node))
            start, whole = middle, False
    if not whole:
        path.append(_subtree(start, end, node))
    return path[::-1]


def included_root(leaf: bytes, position: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that follows from a proof of inclusion; None where it has no such form.

    The steps are those of RFC 9162, section 2.1.3.2.
    """
    if not 0 <= position < size:
        return None
    at, last, value = position, size - 1, leaf
    for each in path:
        if last == 0:
            return None
        if at % 2 or at == last:
            value = node_hash(each, value)
            while at % 2 == 0 and at:
                at, last = at // 2, last // 2
        else:
            value = node_hash(value, each)
        at, last = at // 2, last // 2
    return value if last == 0 else None


def only_adds(first: int, second: int, roots: tuple[bytes, bytes], path: Sequence[bytes]) -> bool:
    """Return whether a proof of consistency shows that the second tree only adds to the first.

    ``roots`` are those of the two trees. The steps are those of RFC 9162, section 2.1.4.2; every
    tree adds to the one without leaves.
    """
    if first == 0:
        return not path and roots[0] == EMPTY
    if first >= second:
        return first == second and not path and roots[0] == roots[1]
    hashes = list(path)
    if first & (first - 1) == 0:
        hashes.insert(0, roots[0])
    if not hashes:
        return False
    at, last = first - 1, second - 1
    while at % 2:
        at, last = at // 2, last // 2
    old = new = hashes[0]
    for each in hashes[1:]:
        if last == 0:
            return False
        if at % 2 or at == last:
            old, new = node_hash(each, old), node_hash(each, new)
            while at % 2 == 0 and at:
                at, last = at // 2, last // 2
        else:
            new = node_hash(new, each)
        at, last = at // 2, last // 2
    return last == 0 and (old, new) == roots


def _split(size: int) -> int:
    """Return the largest power of two below ``size``, which is at least 2."""
    return 1 << ((size - 1).bit_length() - 1)


def _subtree(start: int, end: int, node: Node) -> bytes:
    """Return the root over the leaves from ``start`` to ``end``; ``start`` fits the tree."""
    size = end - start
    level = size.bit_length() - 1
    if size == 1 << level:
        return node(level, start >> level)
    middle = start + _split(size)
    return node_hash(_subtree(start, middle, node), _subtree(middle, end, node))
