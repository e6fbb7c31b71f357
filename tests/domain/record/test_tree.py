"""The Merkle tree: the vectors of RFC 6962 in use, and its laws against plain recomputation."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.record.tree import (
    EMPTY,
    Growth,
    Node,
    consistency,
    included_root,
    inclusion,
    leaf_hash,
    node_hash,
    only_adds,
)

CONTENTS = (
    *("", "00", "10", "2021", "3031", "40414243", "5051525354555657"),
    "606162636465666768696a6b6c6d6e6f",
)
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
"""The leaves and roots with which implementations of certificate logs are tested."""
LEAVES = [leaf_hash(bytes.fromhex(content)) for content in CONTENTS]
Tree = tuple[list[bytes], int, int]


def plain_root(leaves: Sequence[bytes]) -> bytes:
    """Compute a root as RFC 6962 defines it, from the leaves alone."""
    if not leaves:
        return EMPTY
    if len(leaves) == 1:
        return leaves[0]
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return node_hash(plain_root(leaves[:middle]), plain_root(leaves[middle:]))


def tree_of(leaves: Sequence[bytes]) -> Node:
    """Return the tree over ``leaves``, which refuses subtrees that are not whole."""

    def node(level: int, index: int) -> bytes:
        start, end = index << level, (index + 1) << level
        assert end <= len(leaves)
        return plain_root(leaves[start:end])

    return node


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Draw leaves and two sizes, the first at most the second."""
    size = draw(st.integers(1, 70))
    first = draw(st.integers(1, size))
    return [leaf_hash(f"{draw(st.integers())} {i}".encode()) for i in range(size)], first, size


@pytest.mark.parametrize("size", range(1, 9))
def test_known_roots(size: int) -> None:
    """The roots of the known leaves are the published ones."""
    grown = Growth()
    for leaf in LEAVES[:size]:
        list(grown.add(leaf))
    assert grown.root.hex() == ROOTS[size - 1]


def test_the_empty_root() -> None:
    """Without leaves the root is SHA-256 of nothing."""
    assert Growth().root.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_known_inclusion() -> None:
    """The proof for the third of five leaves has the published hashes."""
    path = [each.hex() for each in inclusion(2, 5, tree_of(LEAVES))]
    assert path == [
        LEAVES[3].hex(),
        ROOTS[1],
        LEAVES[4].hex(),
    ]


def test_known_consistency() -> None:
    """The proof from six leaves to eight has the published hashes."""
    assert [each.hex() for each in consistency(6, 8, tree_of(LEAVES))] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@given(trees())
def test_growth_agrees_with_plain_recomputation(tree: Tree) -> None:
    """Leaf by leaf, and going on from a stored size, the root is that of the definition."""
    leaves, first, size = tree
    grown, known = Growth(), {}
    for leaf in leaves:
        for level, index, value in grown.add(leaf):
            assert (level, index) not in known
            known[level, index] = value
    assert grown.root == plain_root(leaves)
    assert all(tree_of(leaves)(*place) == value for place, value in known.items())
    resumed = Growth.at(first, tree_of(leaves))
    assert (resumed.size, resumed.root) == (first, plain_root(leaves[:first]))
    for leaf in leaves[first:]:
        list(resumed.add(leaf))
    assert (resumed.size, resumed.root) == (size, grown.root)


@given(trees(), st.data())
def test_inclusion_is_proved_for_the_leaf_and_no_other(tree: Tree, data: st.DataObject) -> None:
    """A proof leads to the root from its leaf and place, and not when anything is changed."""
    leaves, _, size = tree
    position = data.draw(st.integers(0, size - 1))
    path, root = inclusion(position, size, tree_of(leaves)), plain_root(leaves)
    assert len(path) <= size.bit_length()
    assert included_root(leaves[position], position, size, path) == root
    assert included_root(leaf_hash(b"other"), position, size, path) != root
    other = data.draw(st.integers(0, size - 1))
    assert other == position or included_root(leaves[position], other, size, path) != root
    assert included_root(leaves[position], position, size, [*path, root]) is None
    assert not path or included_root(leaves[position], position, size, path[:-1]) is None


@given(trees(), st.data())
def test_consistency_is_proved_for_what_was_only_added_to(tree: Tree, data: st.DataObject) -> None:
    """A proof joins the two roots, and no tree with a changed leaf."""
    leaves, first, size = tree
    old, new = plain_root(leaves[:first]), plain_root(leaves)
    path = consistency(first, size, tree_of(leaves))
    assert only_adds(first, size, (old, new), path)
    changed = list(leaves)
    changed[data.draw(st.integers(0, first - 1))] = leaf_hash(b"changed")
    bent = plain_root(changed)
    assert not only_adds(first, size, (old, bent), consistency(first, size, tree_of(changed)))
    assert not only_adds(first, size, (old, bent), path)
    assert not only_adds(first, size, (plain_root(changed[:first]), new), path)
    assert not only_adds(first, size, (old, new), [*path, old])
    assert not path or not only_adds(first, size, (old, new), path[:-1])


@pytest.mark.parametrize("position", [-1, 5, 6])
def test_there_is_no_proof_for_a_leaf_outside(position: int) -> None:
    """A place beyond the tree is refused, by who proves and by who verifies."""
    with pytest.raises(ValueError, match=f"no leaf {position} among 5"):
        inclusion(position, 5, tree_of(LEAVES))
    assert included_root(LEAVES[0], position, 5, []) is None


@pytest.mark.parametrize(("first", "second"), [(0, 5), (6, 5)])
def test_there_is_no_proof_between_such_sizes(first: int, second: int) -> None:
    """A tree has no part that is larger, and none without leaves needs a proof."""
    with pytest.raises(ValueError, match=f"a tree of {second} leaves has no part of {first}"):
        consistency(first, second, tree_of(LEAVES))


def test_every_tree_adds_to_the_empty_one() -> None:
    """The first head may have no leaves; a head never gets smaller."""
    root = bytes.fromhex(ROOTS[2])
    assert only_adds(0, 3, (EMPTY, root), [])
    assert not only_adds(0, 3, (root, root), [])
    assert not only_adds(0, 3, (EMPTY, root), [root])
    assert not only_adds(3, 2, (root, root), [])
    assert not only_adds(3, 3, (root, EMPTY), [])
    assert not only_adds(3, 3, (root, root), [root])
    assert not only_adds(3, 4, (root, root), [])
