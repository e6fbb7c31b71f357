"""Blocks and heads to the byte, and a chain in which nothing can be changed unseen."""

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.audit.chain import (
    START,
    Block,
    Head,
    Sealed,
    Stored,
    block_fault,
    next_block,
    note_of,
    pack,
    read_note,
    unpack,
)
from portal.domain.audit.keys import AuditKey, AuditKeyRing
from portal.domain.audit.rows import ChainKind

RING = AuditKeyRing([b"a" * 32, b"b" * 32])
KEY, OLD, FOREIGN = RING.newest, AuditKey.of(b"b" * 32), AuditKey.of(b"c" * 32)
AT = datetime(2016, 6, 1, 1, 2, 3, tzinfo=UTC)
SEAL = b"s" * 16
HEAD = Head(2, 5, b"m" * 32, 3, 40, 7, 1, "[]", AT)

batches = st.lists(
    st.tuples(
        st.sampled_from(ChainKind),
        st.lists(
            st.tuples(st.integers(1, 9), st.binary(min_size=16, max_size=16)),
            min_size=1,
            max_size=3,
        ),
    ),
    min_size=1,
    max_size=4,
)


def chain(
    made: list[tuple[ChainKind, list[Sealed]]], keys: tuple[AuditKey, ...] = (KEY,)
) -> list[Stored]:
    """Return the blocks of the batches, each sealed with the next of ``keys``."""
    blocks: list[Stored] = []
    number, total, mac = 0, 0, START
    for turn, (kind, rows) in enumerate(made):
        key, packed = keys[turn % len(keys)], pack(rows)
        block = next_block(number, total, kind, packed, AT)
        number, total, mac = block.number, block.total, block.mac(key, mac)
        blocks.append(Stored(block, packed, key.id, mac))
    return blocks


def first_fault(blocks: list[Stored]) -> int | None:
    """Return the place of the first block with a fault."""
    previous = START
    for place, stored in enumerate(blocks):
        if block_fault(RING, previous, stored) is not None:
            return place
        previous = stored.mac
    return None


def test_rows_are_packed() -> None:
    """Eight bytes of the id and sixteen of the seal for each; a torn end is dropped."""
    rows = [(1, SEAL), (258, b"t" * 16)]
    packed = b"\0\0\0\0\0\0\0\1" + SEAL + b"\0\0\0\0\0\0\1\2" + b"t" * 16
    assert pack(rows) == packed
    assert unpack(packed) == rows
    assert unpack(packed[:-1]) == rows[:1]
    assert unpack(b"") == []


def test_a_block_counts_on() -> None:
    """Number and total go on from the block before, the digest is that of the packed rows."""
    packed = pack([(1, SEAL), (2, SEAL)])
    block = next_block(4, 10, ChainKind.READ, packed, AT)
    assert block == Block(5, ChainKind.READ, 2, 12, sha256(packed).digest(), AT)


def test_the_mac_of_a_block_is_written_out() -> None:
    """It covers the MAC before, kind, numbers, moment and digest."""
    block = Block(5, ChainKind.READ, 2, 12, b"d" * 32, AT)
    said = b"5 2 12 2016-06-01T01:02:03.000000+00:00"
    assert block.mac(KEY, b"p" * 32) == KEY.mac(b"block", b"p" * 32, b"read", said, b"d" * 32)
    assert bytes(32) == START


def test_the_signature_of_a_head_is_written_out() -> None:
    """It covers everything that the head says."""
    said = b"2 5 3 40 7 1 2016-06-01T01:02:03.000000+00:00"
    assert HEAD.sign(KEY) == KEY.mac(b"head", said, b"m" * 32, b"[]")


@given(batches, st.data())
def test_whatever_is_changed_in_a_chain_is_found_where_it_is(
    made: list[tuple[ChainKind, list[Sealed]]], data: st.DataObject
) -> None:
    """A whole chain has no fault; of a changed one the first changed block is named."""
    blocks = chain(made, (OLD, KEY))
    assert first_fault(blocks) is None
    place = data.draw(st.integers(0, len(blocks) - 1))
    stored = blocks[place]
    block = stored.block
    changed = data.draw(
        st.sampled_from(
            [
                replace(stored, block=replace(block, number=block.number + 1)),
                replace(stored, block=replace(block, total=block.total + 1)),
                replace(stored, block=replace(block, count=block.count + 1)),
                replace(stored, block=replace(block, digest=b"x" * 32)),
                replace(stored, block=replace(block, sealed_at=datetime(2017, 1, 1, tzinfo=UTC))),
                replace(stored, packed=(stored.packed or b"")[24:]),
                replace(stored, packed=(stored.packed or b"") + pack([(99, SEAL)])),
                replace(stored, mac=b"x" * 32),
            ]
        )
    )
    assert first_fault([*blocks[:place], changed, *blocks[place + 1 :]]) == place


@given(batches)
def test_a_block_that_is_taken_out_or_moved_is_found(
    made: list[tuple[ChainKind, list[Sealed]]],
) -> None:
    """Without a block the next one does not fit, unless it was the last."""
    blocks = chain(made)
    for place in range(len(blocks) - 1):
        assert first_fault(blocks[:place] + blocks[place + 1 :]) == place
        swapped = [*blocks]
        swapped[place : place + 2] = reversed(swapped[place : place + 2])
        assert first_fault(swapped) == place


def test_faults_of_a_block_are_told_apart() -> None:
    """A key that is not there, a broken binding, other seals: each in its words."""
    stored = chain([(ChainKind.EVENT, [(1, SEAL)])])[0]
    assert block_fault(RING, START, stored) is None
    foreign = chain([(ChainKind.EVENT, [(1, SEAL)])], (FOREIGN,))[0]
    absent = f"was sealed with the key {FOREIGN.id.hex()}, which is not here"
    assert block_fault(RING, START, foreign) == absent
    assert block_fault(RING, b"x" * 32, stored) == "was changed, or the one before"
    other = replace(stored, packed=pack([(2, SEAL)]))
    assert block_fault(RING, START, other) == "has other seals than were made"


def test_without_the_block_before_only_the_seals_are_compared() -> None:
    """What cannot be known is no fault of the block."""
    stored = chain([(ChainKind.EVENT, [(1, SEAL)])])[0]
    assert block_fault(RING, None, stored) is None
    other = replace(stored, packed=b"")
    assert block_fault(RING, None, other) == "has other seals than were made"


def test_a_block_stands_without_its_seals() -> None:
    """The rows of a block can be removed, its place in the chain stays."""
    blocks = chain([(ChainKind.READ, [(1, SEAL)]), (ChainKind.EVENT, [(1, SEAL)])])
    assert first_fault([replace(blocks[0], packed=None), blocks[1]]) is None


@pytest.mark.parametrize(
    "other",
    [
        replace(HEAD, number=3),
        replace(HEAD, total=6),
        replace(HEAD, mac=b"n" * 32),
        replace(HEAD, adopted_id=4),
        replace(HEAD, event_id=41),
        replace(HEAD, read_id=8),
        replace(HEAD, removed=2),
        replace(HEAD, gaps="[[]]"),
        replace(HEAD, sealed_at=datetime(2017, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_changed_head_has_another_signature(other: Head) -> None:
    """Nothing that the head says can be changed without the key."""
    assert other.sign(KEY) != HEAD.sign(KEY)


def test_heads_are_noted_and_read() -> None:
    """A noted head is the number of rows and the MAC in hex."""
    mac = bytes(range(32))
    assert HEAD.noted == "5:" + "6d" * 32
    assert note_of(12, mac) == f"12:{mac.hex()}"
    assert read_note(f" 12:{mac.hex()}\n") == (12, mac)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12",
        "12:",
        "12:abcd",
        f"-1:{'ab' * 32}",
        f"x:{'ab' * 32}",
        f"１２:{'ab' * 32}",
        f"1:{'g' * 64}",
    ],
)
def test_what_is_no_noted_head_is_refused(text: str) -> None:
    """Anything else raises."""
    with pytest.raises(ValueError, match="COUNT:MAC|hexadecimal"):
        read_note(text)
