"""A ring encrypts with its newest key and reads what any of its keys wrote, in AES and in SM4."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SM3, Hash
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.integrity import ciphers
from portal.domain.integrity.ciphers import Sm4, Unsupported, sm4_block
from portal.domain.integrity.ring import (
    PREFIX_LENGTH,
    CipherName,
    Ring,
    Unreadable,
    cipher_of,
    is_named,
    key_of,
    prefix,
)

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
OLD_ID = "ea6b410b"
BOTH = tuple(CipherName)
KEYS = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=4, unique=True)


@given(st.data(), KEYS, st.binary(max_size=200), st.sampled_from(BOTH), st.sampled_from(BOTH))
def test_any_order_of_the_keys_reads_what_any_of_them_wrote(
    data: st.DataObject, keys: list[bytes], content: bytes, wrote: CipherName, writes: CipherName
) -> None:
    """Whichever key and cipher wrote, a ring that has the key somewhere reads it."""
    text = Ring([data.draw(st.sampled_from(keys))], wrote).encrypt(content)
    assert Ring(data.draw(st.permutations(keys)), writes).decrypt(text) == content


@pytest.mark.parametrize("cipher", BOTH)
def test_a_text_names_version_cipher_and_newest_key(cipher: CipherName) -> None:
    """The beginning is that of the ring, of a fixed length, and no two texts are the same."""
    ring = Ring([OLD, NEW], cipher)
    first, second = ring.encrypt(b"138"), ring.encrypt(b"138")
    assert first != second
    assert ring.prefix == f"2.{cipher}.{OLD_ID}."
    assert len(ring.prefix) == PREFIX_LENGTH
    assert first.startswith(ring.prefix)
    assert (is_named(first), cipher_of(first), key_of(first)) == (True, cipher, OLD_ID)
    assert ring.ids[0] == OLD_ID and len(ring.ids) == 2


def test_a_key_given_twice_counts_once() -> None:
    """The ring keeps the first place of each key."""
    assert Ring([OLD, NEW, OLD]).ids == Ring([OLD, NEW]).ids


def test_a_key_that_is_missing_is_named() -> None:
    """Who cannot read a text learns which key it needs."""
    with pytest.raises(Unreadable) as caught:
        Ring([NEW]).decrypt(Ring([OLD]).encrypt(b"138"))
    assert caught.value.key_id == OLD_ID
    assert OLD_ID in str(caught.value)


@pytest.mark.parametrize("text", ["", "2.", "2.des.ea6b410b.AAAA", "2.aes.ea6b410b", "gAAAAA"])
def test_what_is_no_cipher_text_is_unreadable(text: str) -> None:
    """A text of another form needs no key by name."""
    with pytest.raises(Unreadable) as caught:
        Ring([OLD]).decrypt(text)
    assert caught.value.key_id is None
    assert str(caught.value) == "not readable"


@pytest.mark.parametrize("cipher", BOTH)
@given(place=st.integers(min_value=0, max_value=500), bit=st.integers(min_value=0, max_value=7))
def test_a_changed_text_is_refused(cipher: CipherName, place: int, bit: int) -> None:
    """One bit anywhere behind the beginning is noticed."""
    ring = Ring([OLD], cipher)
    text = ring.encrypt("渝A12345 13912345678".encode())
    sealed = bytearray(urlsafe_b64decode(text[PREFIX_LENGTH:]))
    sealed[place % len(sealed)] ^= 1 << bit
    with pytest.raises(Unreadable):
        ring.decrypt(ring.prefix + urlsafe_b64encode(bytes(sealed)).decode())


@pytest.mark.parametrize("made", ["", "AAAA", "not base64 at all"])
def test_a_short_sm4_text_is_refused(made: str) -> None:
    """A text without room for vector and check value is unreadable, and no other error."""
    ring = Ring([OLD], CipherName.SM4)
    with pytest.raises(Unreadable) as caught:
        ring.decrypt(ring.prefix + made)
    assert caught.value.key_id == OLD_ID


def test_an_sm4_text_belongs_to_the_key_it_names() -> None:
    """What one ring wrote under a name is not taken under another name of the same key."""
    made = Sm4(OLD).encrypt(b"138", b"one")
    assert Sm4(OLD).decrypt(made, b"one") == b"138"
    with pytest.raises(Unreadable):
        Ring([OLD], CipherName.SM4).decrypt(prefix("sm4", OLD_ID) + made)


def test_the_format_of_earlier_versions_is_read() -> None:
    """A bare Fernet token of any key of the ring is read."""
    text = Fernet(urlsafe_b64encode(OLD)).encrypt(b"138").decode()
    assert not is_named(text)
    assert Ring([NEW, OLD]).decrypt(text) == b"138"
    with pytest.raises(Unreadable):
        Ring([NEW]).decrypt(text)


def test_texts_that_databases_hold_stay_readable() -> None:
    """Kept texts of both ciphers are read for ever: derivation of the keys and layout never change."""
    ring = Ring([NEW, OLD], CipherName.SM4)
    assert ring.decrypt(AES_TEXT) == "周晓兰".encode()
    assert ring.decrypt(SM4_TEXT) == "周晓兰".encode()


AES_TEXT = "2.aes.ea6b410b.gAAAAABrDZ1WLZlDFr77UUqUTPzPhROigJv-QDCQv87jxza6VmzxWz7qaLtv-b_F4ZiYyrb5G1sbkseqp4y2LtlIpE5NuQaM5g=="
SM4_TEXT = "2.sm4.ea6b410b.99--YjteaNdVCBBDPn8jEinApjKWgU8uWU_iNYpLS5mwIPUCDAh90XgvCd46Mqcr5R7IRkyKDxQnxVCYva9S9Q=="


def test_sm4_is_that_of_the_standard() -> None:
    """The first example of GB/T 32907-2016, appendix A."""
    text = bytes.fromhex("0123456789abcdeffedcba9876543210")
    assert sm4_block(text, text).hex() == "681edf34d206965e86b3e94f536e4246"


@pytest.mark.parametrize(
    ("text", "digest"),
    [
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_sm3_is_that_of_the_standard(text: bytes, digest: str) -> None:
    """The examples of GB/T 32905-2016, appendix A."""
    made = Hash(SM3())
    made.update(text)
    assert made.finalize().hex() == digest


def test_a_system_without_sm4_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where OpenSSL lacks the cipher, the ring is refused with its own error."""

    def lacking(key: bytes) -> None:
        raise UnsupportedAlgorithm("no SM4")

    monkeypatch.setattr(ciphers, "SM4", lacking)
    with pytest.raises(Unsupported, match="SM4"):
        Ring([OLD], CipherName.SM4)
    assert Ring([OLD]).encrypt(b"")
