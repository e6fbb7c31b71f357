"""Equal senders have equal hashes, others have not."""

import pytest

from portal.domain.letters.sender_keys import LENGTH, email_key, name_key, phone_key

KEY = b"k" * 32


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("张伟", " 张 伟 "),
        ("张伟", "张\n伟"),
        ("古丽米热·艾比布力", "古丽米热艾比布力"),
        ("古丽米热•艾比布力", "古丽米热・艾比布力"),
        ("John Smith", "ＪＯＨＮ smith"),
        ("J. Smith", "J Smith"),
    ],
)
def test_spellings_of_a_name_are_one(one: str, other: str) -> None:
    """Width, case, blanks and dots do not tell names apart."""
    assert name_key(KEY, one) == name_key(KEY, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("13900000001", "+86 139-0000-0001"),
        ("13900000001", "008613900000001"),
        ("13900000001", "１３９０００００００１"),
        ("02363151234", "023-6315 1234"),
    ],
)
def test_spellings_of_a_number_are_one(one: str, other: str) -> None:
    """Only the digits of a telephone number count, without the country before a mobile."""
    assert phone_key(KEY, one) == phone_key(KEY, other)


def test_case_of_an_address_does_not_count() -> None:
    """Addresses that differ in case are one."""
    assert email_key(KEY, "Zhou@Example.com ") == email_key(KEY, "zhou@example.com")


def test_other_senders_have_other_hashes() -> None:
    """Names, numbers and addresses that differ have hashes that differ, as have other keys."""
    assert name_key(KEY, "张伟") != name_key(KEY, "张玮")
    assert phone_key(KEY, "13900000001") != phone_key(KEY, "13900000002")
    assert phone_key(KEY, "8613900000001234") != phone_key(KEY, "139000000012345")
    assert email_key(KEY, "a@example.com") != email_key(KEY, "b@example.com")
    assert name_key(KEY, "张伟") != name_key(b"o" * 32, "张伟")


def test_a_hash_is_bound_to_what_it_is_of() -> None:
    """The same characters as a name, a number and an address have three hashes."""
    text = "1390000@0001"
    assert len({name_key(KEY, text), phone_key(KEY, text), email_key(KEY, text)}) == 3


@pytest.mark.parametrize("name", [None, "", "  ", "张", "·", "匿名", "网 友", "家长"])
def test_nobodys_name_has_no_hash(name: str | None) -> None:
    """What many senders write instead of their name makes no two of them one."""
    assert name_key(KEY, name) is None


def test_what_is_no_contact_has_no_hash() -> None:
    """Seven digits make a number and an at sign an address; less makes none."""
    assert phone_key(KEY, "123456") is None
    assert phone_key(KEY, "1234567") is not None
    assert phone_key(KEY, None) is None
    assert phone_key(KEY, "电话号码一二三四五六七") is None
    assert email_key(KEY, "example.com") is None
    assert email_key(KEY, None) is None


def test_hashes_stay_what_they_are() -> None:
    """Stored hashes are found again by later versions."""
    assert name_key(KEY, "张伟") == "b69ba27e6b501e1461e17ce991529c0d"
    assert phone_key(KEY, "13900000001") == "553e82c809312292a732cc479cccaadd"
    assert email_key(KEY, "zhou@example.com") == "96e582b692a92a4eabc5955f5a57d930"
    assert LENGTH == 32
