"""Signed links and digits: good for one purpose and subject under one key."""

from portal.domain.messages.links import digits, opened, sign

KEY, OTHER = b"k" * 32, b"o" * 32


def test_a_link_opens_its_subject_for_its_purpose_only() -> None:
    """Another purpose, key, subject or signature opens nothing."""
    token = sign(KEY, "stop", "letter-7")
    assert opened(KEY, "stop", token) == "letter-7"
    assert opened(KEY, "confirm", token) is None
    assert opened(OTHER, "stop", token) is None
    assert opened(KEY, "stop", token.replace("7", "8", 1)) is None
    assert opened(KEY, "stop", token[:-1]) is None
    assert opened(KEY, "stop", "") is None
    assert opened(KEY, "stop", sign(KEY, "stop", "")) is None


def test_a_signature_has_a_hundred_bits() -> None:
    """It is twenty letters and digits behind the last dot."""
    assert sign(KEY, "stop", "a.b") == "a.b.2ybeoklzfbj5bwtdkumr"


def test_digits_are_six_and_differ_by_subject_purpose_and_key() -> None:
    """The same request always has the same digits, zeros at the front included."""
    found = [digits(KEY, "lost", str(number)) for number in range(200)]
    assert {len(each) for each in found} == {6}
    assert all(each.isdigit() for each in found)
    assert any(each.startswith("0") for each in found)
    assert len(set(found)) > 190
    assert digits(KEY, "lost", "1") == found[1]
    assert digits(KEY, "other", "1") != found[1]
    assert digits(OTHER, "lost", "1") != found[1]
